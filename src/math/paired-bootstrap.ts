import { createRng } from './rng.ts';

/** How two things that were measured on the same cases differ. */
export interface PairedDifference {
  /** Mean of `a - b`. */
  readonly mean: number;
  /** The 95 % interval of the mean: its 2.5 % and 97.5 % percentiles among the resamples. */
  readonly low: number;
  readonly high: number;
  /** Share of the resamples in which the mean is below 0, so `a` is worse. */
  readonly worseShare: number;
}

/** How often cases are drawn anew, and the seed of the draws. */
export interface BootstrapOptions {
  readonly resamples?: number;
  readonly seed?: number;
}

/**
 * Paired percentile bootstrap (Efron & Tibshirani 1993, chapter 13): case i of `a` and of `b` is the same case. Without
 * cases everything is 0. Throws RangeError for columns of different length. O(resamples · cases).
 *
 * @example pairedBootstrap(Float64Array.of(1, 1), Float64Array.of(0, 0)) // mean 1, low 1, high 1, worseShare 0
 */
export function pairedBootstrap(
  a: Float64Array,
  b: Float64Array,
  { resamples = 1000, seed = 1 }: BootstrapOptions = {},
): PairedDifference {
  if (a.length !== b.length)
    throw new RangeError(`columns have ${a.length} and ${b.length} cases, expected equally many`);
  const cases = a.length;
  if (cases === 0) return { mean: 0, low: 0, high: 0, worseShare: 0 };
  const differences = a.map((value, i) => value - b[i]);
  const rng = createRng(seed);
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let i = 0; i < cases; i++) sum += differences[rng.below(cases)];
    means[r] = sum / cases;
  }
  means.sort();
  const at = (share: number) => means[Math.min(resamples - 1, Math.floor(share * resamples))];
  return {
    mean: differences.reduce((sum, value) => sum + value, 0) / cases,
    low: at(0.025),
    high: at(0.975),
    worseShare: means.filter((mean) => mean < 0).length / resamples,
  };
}
