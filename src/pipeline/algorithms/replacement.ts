import type { Algorithms } from '../catalogue.ts';
import { historyBits } from '../history.ts';

/** How much is left of the score of what a user knows. */
export interface ReplacementOptions {
  readonly positiveDecay: number;
  readonly readDecay: number;
}

/**
 * Lets what the user has wanted or seen come again behind what is new: its score is multiplied. Who wanted it counts
 * before who saw it. The features stage must have read the `history`; the session counts as seen in any case.
 */
export function replacement({
  positiveDecay,
  readDecay,
}: ReplacementOptions): Algorithms['stages'] {
  return {
    adjust({ history, intent: { recent } }, { count, items, scores }) {
      for (let row = 0; row < count; row++) {
        const done = history.of(items[row]);
        if ((done & historyBits.positive) !== 0) scores[row] *= positiveDecay;
        else if (done !== 0 || recent.includes(items[row])) scores[row] *= readDecay;
      }
    },
  };
}

/** Brings the items of the session so far, the latest first: those that `replacement` lets come again. */
export const recentRetriever: Algorithms['retrievers'] = {
  retrieve({ intent: { recent } }, hits, limit) {
    for (let at = recent.length - 1; at >= 0 && hits.count < limit; at--) {
      const item = recent[at];
      if (recent.indexOf(item, at + 1) >= 0) continue;
      hits.items[hits.count] = item;
      hits.scores[hits.count++] = 1;
    }
  },
};
