import type { ItemVectors } from '../known/item-columns.ts';

/** The diversity of a slate: of the first `count` of `items`, dense indices of 0 and up. */
type SlateDiversity = (vectors: ItemVectors, items: Int32Array, count: number) => number;

/**
 * Makes the measure of intra-list diversity (Ziegler et al. 2005) for slates of up to `maxPlaces` items: the mean of
 * (1 - cosine) / 2 over all pairs, 0 to 1. Items without a learnt vector are left out; NaN where fewer than two are
 * left. The squared length of a sum of m unit vectors is m plus the cosines of all pairs, so no pair is visited:
 * O(count · dimensions), no allocation.
 *
 * @example
 * const diversity = createSlateDiversity(100);
 * diversity(vectors, Int32Array.of(3, 4), 2); // 0.5 where the vectors are at right angles
 */
export function createSlateDiversity(maxPlaces: number): SlateDiversity {
  const rows = new Int32Array(maxPlaces);
  return ({ values, norms, dimensions, count: known }, items, count) => {
    let m = 0;
    for (let place = 0; place < count; place++) {
      const item = items[place];
      if (item < known && norms[item] > 0) rows[m++] = item * dimensions;
    }
    if (m < 2) return Number.NaN;
    let squares = 0;
    for (let j = 0; j < dimensions; j++) {
      let sum = 0;
      for (let k = 0; k < m; k++) sum += values[rows[k] + j];
      squares += sum * sum;
    }
    const meanCosine = (squares - m) / (m * (m - 1));
    return Math.min(1, Math.max(0, (1 - meanCosine) / 2));
  };
}
