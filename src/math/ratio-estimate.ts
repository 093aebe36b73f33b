/** A ratio of two sums and how sure it is. */
export interface RatioEstimate {
  /** NaN where there is nothing below the line. */
  readonly ratio: number;
  /** Variance of the ratio; NaN with fewer than two groups. */
  readonly variance: number;
  /** Sum below the line. */
  readonly total: number;
  /** Groups that have anything. */
  readonly groups: number;
}

/**
 * The ratio of two sums over groups that are independent of each other, and its variance by the delta method: with
 * residuals e = y - ratio · x it is B / (B - 1) · Σe² / (Σx)² over the B groups that have anything (Cochran 1977,
 * Sampling Techniques, 6.4; Deng, Knoblich & Lu 2018 for experiments). Samples inside a group may depend on each other
 * in any way. O(groups).
 *
 * @example ratioEstimate([1, 0, 2], [10, 10, 10]) // { ratio: .1, variance: .003333, total: 30, groups: 3 }
 */
export function ratioEstimate(above: ArrayLike<number>, below: ArrayLike<number>): RatioEstimate {
  let [sum, total, groups] = [0, 0, 0];
  for (let g = 0; g < below.length; g++) {
    sum += above[g];
    total += below[g];
    if (below[g] > 0) groups += 1;
  }
  const ratio = sum / total;
  let squares = 0;
  for (let g = 0; g < below.length; g++) squares += (above[g] - ratio * below[g]) ** 2;
  const variance = ((groups / (groups - 1)) * squares) / total ** 2;
  return { ratio, variance: groups > 1 ? variance : Number.NaN, total, groups };
}
