import { gammaln } from 'simple-statistics';
import { weightSum } from './entropy.ts';

/** Outcome of a test for sample ratio mismatch. */
export interface SampleRatio {
  /** Pearson's Σ (count - expected)² / expected. */
  readonly statistic: number;
  /** How likely a statistic this great is where counts do follow the shares, 0 to 1. */
  readonly pValue: number;
  readonly degreesOfFreedom: number;
}

/**
 * Pearson's chi-square test (Pearson 1900) that the counts of an experiment's arms follow the planned shares, which
 * are normalised inside. A small p-value says that assignment or logging is broken. Throws RangeError for fewer than
 * two arms, unequal lengths, a share of 0, and counts or shares as `weightSum` does. O(arms).
 *
 * @example sampleRatioMismatch([821_588, 815_482], [0.5, 0.5]).pValue // 1.8e-6
 */
export function sampleRatioMismatch(
  counts: ArrayLike<number>,
  shares: ArrayLike<number>,
): SampleRatio {
  const arms = counts.length;
  if (arms < 2 || shares.length !== arms)
    throw new RangeError(
      `arms are ${arms} counts and ${shares.length} shares, expected two or more`,
    );
  const perShare = weightSum(counts) / weightSum(shares);
  let statistic = 0;
  for (let i = 0; i < arms; i++) {
    const expected = shares[i] * perShare;
    if (expected === 0) throw new RangeError(`share ${i} is 0, expected more`);
    statistic += (counts[i] - expected) ** 2 / expected;
  }
  const degreesOfFreedom = arms - 1;
  return { statistic, pValue: chiSquareTail(statistic, degreesOfFreedom), degreesOfFreedom };
}

/**
 * Probability that a chi-square variable is at least `statistic`: the regularised incomplete gamma function
 * Q(degrees / 2, statistic / 2) (Abramowitz & Stegun 26.4.19). Power series (6.5.29) below the mean, continued
 * fraction (6.5.31) above, both to double precision in O(√degrees) steps near the mean, fewer far from it. Throws
 * RangeError for a statistic that is negative or not finite and for degrees that are not positive.
 *
 * @example chiSquareTail(3.841, 1) // 0.05
 */
export function chiSquareTail(statistic: number, degreesOfFreedom: number): number {
  if (!(statistic >= 0 && statistic < Number.POSITIVE_INFINITY))
    throw new RangeError(`statistic is ${statistic}, expected a finite number of at least 0`);
  if (!(degreesOfFreedom > 0))
    throw new RangeError(`degrees of freedom is ${degreesOfFreedom}, expected more than 0`);
  const [a, x] = [degreesOfFreedom / 2, statistic / 2];
  const front = Math.exp(a * Math.log(x) - x - gammaln(a));
  return x < a + 1 ? 1 - front * lowerSeries(a, x) : front * upperFraction(a, x);
}

/** 1/a + x/(a(a+1)) + x²/(a(a+1)(a+2)) + ... */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * Number.EPSILON; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** 1/(x+1-a- 1(1-a)/(x+3-a- 2(2-a)/(x+5-a- ...))), by Lentz's method (Numerical Recipes 6.2). */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let value = d;
  for (let n = 1, change = 0; Math.abs(change - 1) > 1e-15; n++) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    change = c * d;
    value *= change;
  }
  return value;
}
