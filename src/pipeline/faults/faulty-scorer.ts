import { createRng } from '../../math/rng.ts';
import type { RequestContext, Scorer } from '../algorithm.ts';
import { pendingOf } from '../contract.ts';
import type { ScoreMode } from './fault.ts';
import type { Strike } from './fault-play.ts';

/** A scorer that spoils what it wrote for the requests that `strikeOf` names. */
export function faultyScorer(
  scorer: Scorer,
  strikeOf: (context: RequestContext) => Strike<'bad-model'> | undefined,
): Scorer {
  return {
    ...scorer,
    score(context, candidates, scores) {
      const spoilScores = () => {
        const struck = strikeOf(context);
        if (struck === undefined) return;
        spoil[struck.fault.mode](scores.subarray(0, candidates.count), struck.seed);
      };
      const pending = pendingOf(scorer.score(context, candidates, scores));
      return pending === undefined ? spoilScores() : Promise.resolve(pending).then(spoilScores);
    },
  };
}

const spoil: Readonly<Record<ScoreMode, (scores: Float32Array, seed: number) => void>> = {
  inverted: invert,
  shuffled: (scores, seed) =>
    // Bits change places as well as numbers do.
    createRng(seed).shuffle(new Int32Array(scores.buffer, scores.byteOffset, scores.length)),
  invalid: (scores) => void scores.fill(Number.NaN),
};

/** The worst first, in the same range: below zero the blend would hear no opinion. */
function invert(scores: Float32Array): void {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  for (let row = 0; row < scores.length; row++) scores[row] = least + most - scores[row];
}
