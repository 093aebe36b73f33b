import { createOpinionPool, type OpinionPool } from './kernels/opinion-pool.ts';

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

/** Made on first use, so that a thread that never blends compiles nothing. */
let pool: OpinionPool | undefined;

/**
 * Smoothed logarithmic opinion pool (Genest & Zidek 1986). Each column becomes shares that sum to one; a candidate with
 * the share p of n candidates gets weight · ln(1 + p · n / floor), and the total is the sum over the columns. So a
 * scorer's scale does not matter, no opinion adds 0, and what scorers agree on multiplies, as it does for
 * independent evidence. A score that is negative or not finite counts as no opinion; the number of those is returned.
 * O(count · columns), no allocation.
 *
 * @example blend({ count: 2, weights: [1], columns: [[1, 3]], totals }) // 0, totals = [3.04, 4.11]
 */
export function blend({ count, weights, columns, totals }: BlendColumns): number {
  pool ??= createOpinionPool();
  return pool({ count, weights, room: count / floor, columns, totals });
}
