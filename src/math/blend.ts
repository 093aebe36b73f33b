/** The columns of one blend; row r is the same candidate in each. */
export interface BlendColumns {
  readonly count: number;
  /** Weight of each column. */
  readonly weights: Float32Array;
  /**
   * Raw scores, one column a scorer, 0 is no opinion and more is better; replaced by what each contributed to
   * the total.
   */
  readonly columns: readonly Float32Array[];
  readonly totals: Float32Array;
}

/** In even shares: far below it a scorer's word grows with the share, far above with its logarithm. */
const floor = 0.1;

/** Coefficients of t to t^6 of a polynomial for ln(1 + t), t in [0, 1], exact at both ends; error below 2e-6. */
const [c1, c2, c3, c4, c5, c6] = [
  0.999885753, -0.497651086, 0.316599881, -0.191594482, 0.083529574, -0.017622459,
];

const chunk = 512;
const values = new Float32Array(chunk);
/** The same memory: exponent and mantissa of the values. */
const bits = new Int32Array(values.buffer);

/**
 * Smoothed logarithmic opinion pool (Genest & Zidek 1986). Each column becomes shares that sum to one; a candidate with
 * the share p of n candidates gets weight · ln(1 + p · n / floor), and the total is the sum over the columns. So a
 * scorer's scale does not matter, no opinion adds 0, and what scorers agree on multiplies, as it does for
 * independent evidence. A score that is negative or not finite counts as no opinion; the number of those is returned.
 * O(count · columns), no allocation, the same on every machine.
 *
 * @example blend({ count: 2, weights: [1], columns: [[1, 3]], totals }) // 0, totals = [3.04, 4.11]
 */
export function blend({ count, weights, columns, totals }: BlendColumns): number {
  let refused = 0;
  totals.fill(0, 0, count);
  for (let s = 0; s < weights.length; s++) {
    const column = columns[s];
    let sum = 0;
    for (let row = 0; row < count; row++) {
      const score = column[row];
      // Also false for NaN.
      if (score >= 0 && score < Number.POSITIVE_INFINITY) sum += score;
      else {
        column[row] = 0;
        refused += 1;
      }
    }
    const scale = sum > 0 ? count / (floor * sum) : 0;
    if (scale === 0 || weights[s] === 0) column.fill(0, 0, count);
    else pool(column, count, { scale, weight: weights[s], totals });
  }
  return refused;
}

/** Replaces each score x by weight · ln(1 + scale · x) and adds it to the totals. */
function pool(
  column: Float32Array,
  count: number,
  { scale, weight, totals }: { scale: number; weight: number; totals: Float32Array },
): void {
  for (let from = 0; from < count; from += chunk) {
    const size = Math.min(chunk, count - from);
    for (let i = 0; i < size; i++) values[i] = 1 + scale * column[from + i];
    for (let i = 0; i < size; i++) {
      const t = (bits[i] & 0x7fffff) / 0x800000;
      const fraction = (((((c6 * t + c5) * t + c4) * t + c3) * t + c2) * t + c1) * t;
      const part = weight * (((bits[i] >>> 23) - 127) * Math.LN2 + fraction);
      column[from + i] = part;
      totals[from + i] += part;
    }
  }
}
