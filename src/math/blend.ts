/** The columns of one blend; row r is the same candidate in each. */
export interface BlendColumns {
  readonly count: number;
  /** Weight of each column. */
  readonly weights: Float32Array;
  /** Raw scores, one column a scorer; replaced by what each contributed to the total. */
  readonly columns: readonly Float32Array[];
  readonly totals: Float32Array;
}

/**
 * Weighted sum of columns that are each scaled to sum to one, so that no scorer's scale decides.
 * O(count · columns), no allocation.
 *
 * @example blend({ count: 2, weights: [1], columns: [[1, 3]], totals }) // totals = [.25, .75]
 */
export function blend({ count, weights, columns, totals }: BlendColumns): void {
  totals.fill(0, 0, count);
  for (let s = 0; s < weights.length; s++) {
    const column = columns[s];
    let sum = 0;
    for (let row = 0; row < count; row++) sum += Math.abs(column[row]);
    const factor = sum > 0 ? weights[s] / sum : 0;
    for (let row = 0; row < count; row++) {
      column[row] *= factor;
      totals[row] += column[row];
    }
  }
}
