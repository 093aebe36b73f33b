/** How well one list of items foresaw what was wanted. */
export interface ListQuality {
  /** Wanted items in the list / wanted items. */
  readonly recall: number;
  /** Wanted items in the list / places of the list, be they filled or not. */
  readonly precision: number;
  /** Binary gain, log2 discount, over that of the best list of the same length (Järvelin & Kekäläinen 2002). */
  readonly ndcg: number;
  /** 1 / rank of the first wanted item, 0 when there is none. */
  readonly reciprocalRank: number;
  /** 1 when any wanted item is in the list. */
  readonly hit: number;
}

/**
 * Judges the first `cutoff` places of a list, best first: `isWanted(place)` says whether the item there was wanted, of
 * `wanted` items in all, at least 1. Recall divides by all wanted items, as LightGCN's evaluation does, not by at most
 * `cutoff`. O(cutoff).
 *
 * @example listQuality((place) => place === 1, 2, 20) // recall 0.5, precision 0.05, ndcg 0.387, reciprocalRank 0.5, hit 1
 */
export function listQuality(
  isWanted: (place: number) => boolean,
  wanted: number,
  cutoff: number,
): ListQuality {
  let hits = 0;
  let gain = 0;
  let best = 0;
  let first = Number.POSITIVE_INFINITY;
  for (let place = 0; place < cutoff; place++) {
    const discounted = 1 / Math.log2(place + 2);
    if (place < wanted) best += discounted;
    if (!isWanted(place)) continue;
    hits += 1;
    gain += discounted;
    first = Math.min(first, place + 1);
  }
  return {
    recall: hits / wanted,
    precision: hits / cutoff,
    ndcg: gain / best,
    reciprocalRank: 1 / first,
    hit: Math.min(1, hits),
  };
}
