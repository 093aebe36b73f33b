import type { Reranker } from '../algorithm.ts';
import { scoreOrder } from '../algorithms/score-order.ts';
import { assertCount, assertDone, assertOrder } from '../contract.ts';
import type { Stage } from '../stage.ts';

/** The stage that orders the best candidates; when it fails, the order of the scores stands. */
export function rerankStage(reranker: Reranker, budgetMs: number | undefined): Stage {
  return {
    name: 'rerank',
    component: reranker.name,
    components: [],
    needs: ['scores'],
    provides: ['order'],
    onError: 'fallback',
    essential: false,
    budgetMs,
    run(run) {
      const { candidates } = run;
      const { count } = candidates;
      assertDone(reranker.rerank(run, candidates, run.request.n));
      assertCount(candidates, count);
      assertOrder(candidates, run.reserve.isOrdered);
    },
    instead(run) {
      scoreOrder.rerank(run, run.candidates, run.request.n);
    },
  };
}
