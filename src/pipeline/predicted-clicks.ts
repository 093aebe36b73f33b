import { candidateCapacity } from '../domain/candidates.ts';
import { exponentials } from '../math/exponential.ts';
import type { Run } from './run.ts';

const shares = new Float32Array(candidateCapacity);

/**
 * Writes the predicted click probability of each place of the slate into the record: the blend is a logarithmic
 * opinion pool, so e^score over its sum over all candidates is the share that the pool gives an item. NaN where
 * nobody scored the item: behind a score stage that was replaced, and on the last rung of the ladder.
 * O(candidates), no allocation.
 */
export function predictClicks({ candidates, record, slateCount, slateRows }: Run): void {
  const { predicted } = record;
  const scored = record.degradations.every(({ stage, action }) => !replacesScores(stage, action));
  const { count, scores } = candidates;
  let best = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < count; row++) if (scores[row] > best) best = scores[row];
  shares.set(count === shares.length ? scores : scores.subarray(0, count));
  exponentials(shares, count, best);
  let sum = 0;
  for (let row = 0; row < count; row++) sum += shares[row];
  for (let place = 0; place < slateCount; place++) {
    const row = slateRows[place];
    predicted[place] = scored && row >= 0 ? shares[row] / sum : Number.NaN;
  }
}

const replacesScores = (stage: string, action: string): boolean =>
  stage === 'score' && action !== 'skip_component';
