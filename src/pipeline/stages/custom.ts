import { candidateCapacity } from '../../domain/candidates.ts';
import type { CustomStage } from '../algorithm.ts';
import { assertScores, pendingOf, prepareScores } from '../contract.ts';
import { byDeadline } from '../deadline.ts';
import type { Run } from '../run.ts';
import type { Stage } from '../stage.ts';

/** A stage of a plugin: it changes the scores, all of them or, when it fails or is late, none. */
export function customStage(custom: CustomStage, budgetMs = Number.POSITIVE_INFINITY): Stage {
  return {
    name: 'custom',
    component: custom.name,
    components: [],
    needs: ['scores'],
    provides: ['scores'],
    onError: 'failOpen',
    essential: false,
    budgetMs,
    run(run) {
      const { count, items } = run.candidates;
      // A copy of its own for each call: a late stage goes on writing into it.
      const scores = new Float32Array(candidateCapacity);
      prepareScores(scores, count);
      scores.set(run.candidates.scores.subarray(0, count));
      const take = () => takeScores(run, scores, count);
      const pending = pendingOf(custom.adjust(run, { count, items, scores }));
      if (pending === undefined) return take();
      return byDeadline(pending, Math.min(run.remainingMs(), budgetMs)).then(take);
    },
  };
}

function takeScores({ candidates }: Run, scores: Float32Array, count: number): void {
  assertScores(scores, count);
  candidates.scores.set(scores.subarray(0, count));
}
