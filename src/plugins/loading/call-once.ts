import type { AlgorithmKind, Algorithms } from '../../pipeline/catalogue.ts';
import {
  assertCount,
  assertDone,
  assertOrder,
  assertScores,
  HitCheck,
  prepareScores,
  takeVerdict,
} from '../../pipeline/contract.ts';
import type { Run } from '../../pipeline/run.ts';

/** Items that a retriever is asked for, and rows that a filter judges. */
const few = 5;

type CallOnce = {
  readonly [Kind in AlgorithmKind]: (made: Algorithms[Kind], run: Run) => Promise<void>;
};

/**
 * Calls an algorithm of a kind once on a run, and throws what is wrong with what it does. It keeps to plain code: a thread
 * that may be ended at any moment must hold no WebAssembly, which Node.js does not always survive.
 */
export const callOnce: CallOnce = {
  async retrievers(made, run) {
    const hits = run.hitsOf(0, few);
    await made.retrieve(run, hits, few);
    new HitCheck().assert(hits, few, run.table.size);
  },
  async scorers(made, run) {
    const { candidates } = run;
    const { count } = candidates;
    const scores = candidates.contribution(0);
    prepareScores(scores, count);
    await made.score(run, candidates, scores);
    assertCount(candidates, count);
    assertScores(scores, count);
  },
  async rerankers(made, run) {
    const { candidates } = run;
    const { count } = candidates;
    assertDone(made.rerank(run, candidates, run.request.n));
    assertCount(candidates, count);
    assertOrder(candidates, run.reserve.isOrdered);
  },
  async filters(made, run) {
    const { keep, verdict, chunk, candidates } = run;
    keep.fill(1, 0, few);
    verdict.fill(1, 0, few);
    chunk.set(candidates.items.subarray(0, few));
    assertDone(made.judge(run, chunk, few, verdict));
    takeVerdict(keep, verdict, few);
  },
  async stages(made, run) {
    const { count, items } = run.candidates;
    const scores = new Float32Array(count + 1);
    prepareScores(scores, count);
    scores.set(run.candidates.scores.subarray(0, count));
    await made.adjust(run, { count, items, scores });
    assertScores(scores, count);
  },
};
