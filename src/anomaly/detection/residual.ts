/** What a series measures. */
export type SeriesKind = 'level' | 'count' | 'ratio';

/** Kinds as the columns hold them. */
export const kindCodes = { level: 0, count: 1, ratio: 2 } as const satisfies Record<
  SeriesKind,
  number
>;

/** What one tick says of one series. */
export interface Sample {
  readonly kind: number;
  /** A level, a count, or the hits a trial. */
  readonly value: number;
  /** Of a ratio, more than 0. */
  readonly trials: number;
}

/** Least expected count, and least distance of a ratio from 0 and 1, that a residual is taken against. */
const leastCount = 1e-3;
const leastRatio = 1e-6;

/** Half of half an event: a whole number is taken this much nearer to what was expected, as its tail counts it half. */
const correction = 0.25;

/**
 * How far a value lies from what was expected. A level answers the plain difference. A count answers a signed number
 * of standard deviations under the Poisson law and a ratio one under the binomial law: the signed root of the deviance
 * (McCullagh & Nelder 1989, 2.3) of the count moved by a quarter towards its mean, which is within 0.3 of the normal
 * score of the mid-p value from a mean of 0.2 on. O(1).
 *
 * @example residualOf({ kind: kindCodes.count, value: 5, trials: 0 }, 20) // -3.93, as Φ(-3.93) = 4.2e-5 = P(X < 5) + P(X = 5) / 2
 */
export function residualOf({ kind, value, trials }: Sample, expected: number): number {
  if (kind === kindCodes.level) return value - expected;
  return kind === kindCodes.count
    ? countResidual(value, Math.max(expected, leastCount))
    : ratioResidual(value, trials, Math.min(Math.max(expected, leastRatio), 1 - leastRatio));
}

function countResidual(count: number, mean: number): number {
  const moved = towards(count, mean);
  if (moved === mean) return 0;
  const deviance = 2 * (moved * Math.log(moved / mean) - moved + mean);
  return moved > mean ? Math.sqrt(Math.max(0, deviance)) : -Math.sqrt(Math.max(0, deviance));
}

function ratioResidual(ratio: number, trials: number, p: number): number {
  const mean = trials * p;
  const moved = towards(ratio * trials, mean);
  if (moved === mean) return 0;
  const hits = moved * Math.log(moved / mean);
  const misses = (trials - moved) * Math.log((trials - moved) / (trials - mean));
  const root = Math.sqrt(2 * Math.max(0, hits + misses));
  return moved > mean ? root : -root;
}

function towards(count: number, mean: number): number {
  if (count > mean) return Math.max(mean, count - correction);
  return Math.min(mean, count + correction);
}
