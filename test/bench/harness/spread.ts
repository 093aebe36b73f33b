/** Middle and quartiles of a handful of rounds. */
export interface Spread {
  readonly median: number;
  /** First and third quartile. */
  readonly iqr: readonly [number, number];
}

/**
 * The quantile of unsorted values, interpolated between neighbours (type 7).
 *
 * @example quantileOf([1, 2, 3, 4], 0.5) // 2.5
 */
export function quantileOf(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

/**
 * Median and interquartile range.
 *
 * @example spreadOf([1, 2, 3]) // { median: 2, iqr: [1.5, 2.5] }
 */
export function spreadOf(values: readonly number[]): Spread {
  return {
    median: round(quantileOf(values, 0.5)),
    iqr: [round(quantileOf(values, 0.25)), round(quantileOf(values, 0.75))],
  };
}

/**
 * Spread of a statistic of whole rounds by resampling rounds with replacement, for statistics such as
 * a ratio of differences that no single round can give.
 */
export function bootstrap<Round>(
  rounds: readonly Round[],
  statistic: (sample: readonly Round[]) => number,
  { random, draws = 500 }: { random: () => number; draws?: number },
): Spread {
  const results = Array.from({ length: draws }, () =>
    statistic(rounds.map(() => rounds[Math.floor(random() * rounds.length)])),
  );
  const { iqr } = spreadOf(results);
  return { median: round(statistic(rounds)), iqr };
}

/** Four significant digits, so that tables stay readable. */
export function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : value;
}
