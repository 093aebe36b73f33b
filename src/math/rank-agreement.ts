/** How far two lists of items agree; each names an item once. */
export interface RankAgreement {
  /** Items in both lists divided by the length of the longer one, 0 to 1; 1 for two empty lists. */
  readonly overlap: number;
  /** Kendall's tau of the order of the items in both, -1 to 1; undefined for fewer than two such items. */
  readonly kendallTau: number | undefined;
}

/**
 * Compares two lists, best first: which items they share, and in which order. Kendall's tau (Kendall 1938) of m common
 * items is 1 - 4 · inversions / (m · (m - 1)), the inversions counted while sorting (Knight 1966).
 * O(n + m · log m), n the items of both lists.
 *
 * @example rankAgreement([1, 2, 3, 4], [2, 1, 4, 9]) // { overlap: 0.75, kendallTau: 0.333… }
 */
export function rankAgreement(list: ArrayLike<number>, other: ArrayLike<number>): RankAgreement {
  const rankOf = new Map<number, number>();
  for (let rank = 0; rank < list.length; rank++) rankOf.set(list[rank], rank);
  const ranks: number[] = [];
  for (let place = 0; place < other.length; place++) {
    const rank = rankOf.get(other[place]);
    if (rank !== undefined) ranks.push(rank);
  }
  const common = ranks.length;
  const longer = Math.max(list.length, other.length);
  return {
    overlap: longer === 0 ? 1 : common / longer,
    kendallTau: common < 2 ? undefined : 1 - (4 * inversionsOf(ranks)) / (common * (common - 1)),
  };
}

/** Pairs in the wrong order, by a merge sort of the numbers in place. */
function inversionsOf(numbers: number[]): number {
  if (numbers.length < 2) return 0;
  const left = numbers.slice(0, numbers.length >> 1);
  const right = numbers.slice(left.length);
  let inversions = inversionsOf(left) + inversionsOf(right);
  for (let at = 0, l = 0, r = 0; at < numbers.length; at++) {
    if (r === right.length || left[l] < right[r]) numbers[at] = left[l++];
    else {
      inversions += left.length - l;
      numbers[at] = right[r++];
    }
  }
  return inversions;
}
