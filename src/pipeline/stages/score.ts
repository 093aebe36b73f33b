import { blend } from '../../math/blend.ts';
import { runInTrace } from '../../telemetry/context.ts';
import { graphComponentsOf, type Scorer } from '../algorithm.ts';
import { assertCount, assertScores, pendingOf, prepareScores } from '../contract.ts';
import { byDeadline } from '../deadline.ts';
import type { Run } from '../run.ts';
import type { Probe, Stage } from '../stage.ts';

/** The stage that blends the normalised scores of all scorers; one that fails has no say. */
export function scoreStage(scorers: readonly Scorer[], budgetMs = Number.POSITIVE_INFINITY): Stage {
  const weights = new Float32Array(scorers.length);
  const blendAll = (run: Run): void => {
    let working = 0;
    for (let s = 0; s < scorers.length; s++) {
      working += run.hasSay[s];
      weights[s] = run.hasSay[s] * scorers[s].weight * (run.intent.weights[s] ?? 1);
    }
    if (working === 0) throw run.failure;
    const { count, contributions, scores } = run.candidates;
    blend({ count, weights, columns: contributions, totals: scores });
  };
  return {
    name: 'score',
    component: 'blend',
    components: scorers.map(({ name }) => name),
    graphComponents: graphComponentsOf(scorers),
    needs: ['candidates'],
    provides: ['scores'],
    onError: 'fallback',
    essential: false,
    budgetMs,
    run(run, probe) {
      const late: Promise<void>[] = [];
      for (let s = 0; s < scorers.length; s++) {
        const pending = scoreOne(run, probe, { scorer: scorers[s], s, budgetMs });
        if (pending !== undefined) late.push(pending);
      }
      return late.length === 0 ? blendAll(run) : Promise.all(late).then(() => blendAll(run));
    },
    instead: retrievalOrder,
  };
}

/** Runs one scorer; one that calls out is waited for until the deadline, beside the others. */
function scoreOne(
  run: Run,
  probe: Probe,
  { scorer, s, budgetMs }: { scorer: Scorer; s: number; budgetMs: number },
): Promise<void> | undefined {
  const { candidates } = run;
  const { count } = candidates;
  const column = candidates.contribution(s);
  const end = () => {
    assertCount(candidates, count);
    assertScores(column, count);
    run.hasSay[s] = 1;
    probe.lap(s, count);
  };
  run.hasSay[s] = 0;
  try {
    if (scorer.unavailable !== undefined) throw scorer.unavailable;
    prepareScores(column, count);
    const pending = pendingOf(
      scorer.isRemote
        ? runInTrace(run.record, () => scorer.score(run, candidates, column))
        : scorer.score(run, candidates, column),
    );
    if (pending === undefined) {
      end();
      return undefined;
    }
    return byDeadline(pending, Math.min(run.remainingMs(), budgetMs))
      .then(end)
      .catch((cause) => giveUp(run, probe, { s, cause }));
  } catch (cause) {
    giveUp(run, probe, { s, cause });
    return undefined;
  }
}

/** What a failed or late scorer wrote, or still writes, is not read. */
function giveUp(run: Run, probe: Probe, { s, cause }: { s: number; cause: unknown }): void {
  run.candidates.renew(s);
  run.failure = cause;
  probe.failed(s, cause);
}

/** Without scores the rank at the retriever decides. */
function retrievalOrder(run: Run): void {
  const { count, scores, sourceRank, contributions } = run.candidates;
  for (let row = 0; row < count; row++) scores[row] = 1 / (1 + sourceRank[row]);
  for (const column of contributions) column.fill(0, 0, count);
}
