/** The lesser part of a mixture is then below the last digit of the greater one. */
const farApart = 40;

/** Counts at leaves as a distribution that a common effect, a `factor` of the means or of the odds, moves. */
export interface CountFamily {
  readonly actual: Float64Array;
  readonly expected: Float64Array;
  /** Variance of the logarithm of each mean, or of its odds: how well it is known. Above 0. */
  readonly uncertainty: Float64Array;
  /** Whether the leaf says anything. */
  says(leaf: number): boolean;
  /** Mean of a leaf under an effect. */
  mean(leaf: number, factor: number): number;
  /** Derivative of the logarithm of the mean by that of the factor, 0 to 1. */
  slope(leaf: number, factor: number): number;
  /** ln p of a leaf under an effect, where its mean or odds are uncertain by that variance; but for a constant. */
  logDensity(leaf: number, factor: number, uncertainty: number): number;
}

/**
 * ln (e^a + e^b), without overflow: the logarithm of a mixture of which both parts are given by theirs.
 *
 * @example logAdd(0, 0) // 0.693, which is ln 2
 */
export function logAdd(a: number, b: number): number {
  const difference = a - b;
  if (difference > farApart) return a;
  if (difference < -farApart) return b;
  return difference > 0
    ? a + Math.log1p(Math.exp(-difference))
    : b + Math.log1p(Math.exp(difference));
}
