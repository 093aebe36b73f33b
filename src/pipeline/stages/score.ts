import { blend } from '../../math/blend.ts';
import type { Scorer } from '../algorithm.ts';
import type { Run } from '../run.ts';
import type { Probe, Stage } from '../stage.ts';

/** The stage that blends the normalised scores of all scorers; one that fails has no say. */
export function scoreStage(scorers: readonly Scorer[], budgetMs: number | undefined): Stage {
  const weights = new Float32Array(scorers.length);
  return {
    name: 'score',
    component: 'blend',
    components: scorers.map(({ name }) => name),
    needs: ['candidates'],
    provides: ['scores'],
    onError: 'fallback',
    essential: false,
    budgetMs,
    run(run, probe) {
      let working = 0;
      for (let s = 0; s < scorers.length; s++) {
        const works = scoreOne(run, probe, { scorer: scorers[s], s });
        weights[s] = works ? scorers[s].weight * (run.intent.weights[s] ?? 1) : 0;
        working += works ? 1 : 0;
      }
      if (working === 0) throw new Error('every scorer failed, expected at least one to work');
      const { count, contributions, scores } = run.candidates;
      blend({ count, weights, columns: contributions, totals: scores });
    },
    instead: retrievalOrder,
  };
}

/** Answers whether the scorer's column can be used. */
function scoreOne(run: Run, probe: Probe, { scorer, s }: { scorer: Scorer; s: number }): boolean {
  const { candidates } = run;
  const column = candidates.contribution(s);
  try {
    if (scorer.unavailable !== undefined) throw scorer.unavailable;
    scorer.score(run, candidates, column);
    checkFinite(scorer.name, column, candidates.count);
    probe.lap(s, candidates.count);
    return true;
  } catch (cause) {
    column.fill(0, 0, candidates.count);
    probe.failed(s, cause);
    return false;
  }
}

/** A scorer wrote something that is not a finite number. */
export class InvalidOutputError extends Error {}

function checkFinite(name: string, column: Float32Array, count: number): void {
  // A sum is finite when all its terms are, short of an overflow that no sane score comes near. Two sums
  // at once, as each addition waits for the one before it.
  let even = 0;
  let odd = 0;
  const paired = count & ~1;
  for (let row = 0; row < paired; row += 2) {
    even += column[row];
    odd += column[row + 1];
  }
  const sum = even + odd + (paired < count ? column[paired] : 0);
  if (!Number.isFinite(sum)) {
    throw new InvalidOutputError(`scorer ${name} wrote a score that is not finite`);
  }
}

/** Without scores the rank at the retriever decides. */
function retrievalOrder(run: Run): void {
  const { count, scores, sourceRank, contributions } = run.candidates;
  for (let row = 0; row < count; row++) scores[row] = 1 / (1 + sourceRank[row]);
  for (const column of contributions) column.fill(0, 0, count);
}
