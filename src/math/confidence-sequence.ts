/** What was estimated so far. */
export interface Estimate {
  readonly value: number;
  /** Variance of the estimate itself, not of one sample. */
  readonly variance: number;
  /** Samples that it is made of. */
  readonly samples: number;
}

/** How sure, and where it should be tightest. */
export interface ConfidenceOptions {
  /** Chance that any of all intervals ever looked at misses the truth. */
  readonly alpha?: number;
  /** Number of samples at which the interval is as narrow as it can be. */
  readonly tightestAt?: number;
}

/** An interval around a value. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * An interval that may be looked at after every sample: with probability 1 - alpha all of them hold the truth at once,
 * so a decision at any moment is as sound as one at a time fixed before. The asymptotic confidence sequence of
 * Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (Annals of Statistics 52, 2024, theorem 2.2):
 *
 *     value ± √(variance · (nρ² + 1) / (nρ²) · ln((nρ² + 1) / α²))
 *
 * which is the mixture sequential probability ratio test of Johari, Pekelis & Walsh (2015) with a normal mixture of
 * variance ρ²σ². Estimates must be nearly normal: it is for samples in hundreds. At `tightestAt` it is about 1.5 times as
 * wide as an interval for one look. Throws RangeError for a variance that is negative or not finite, samples under 1,
 * and an alpha outside of 0 to 1. O(1).
 *
 * @example confidenceSequence({ value: 0.1, variance: 1e-5, samples: 9000 }) // { value: .1, low: .0904, high: .1096 }
 */
export function confidenceSequence(
  { value, variance, samples }: Estimate,
  { alpha = 0.05, tightestAt = 10_000 }: ConfidenceOptions = {},
): Interval {
  if (!(variance >= 0 && variance < Number.POSITIVE_INFINITY))
    throw new RangeError(`variance is ${variance}, expected a finite number of at least 0`);
  if (!(samples >= 1)) throw new RangeError(`samples are ${samples}, expected at least 1`);
  if (!(alpha > 0 && alpha < 1))
    throw new RangeError(`alpha is ${alpha}, expected between 0 and 1`);
  const information = samples * mixtureRate(alpha, tightestAt);
  const radius = Math.sqrt(
    variance * (1 + 1 / information) * Math.log((information + 1) / alpha ** 2),
  );
  return { value, low: value - radius, high: value + radius };
}

/** ρ² that makes the sequence tightest at a number of samples (same paper, appendix B.2). */
function mixtureRate(alpha: number, tightestAt: number): number {
  const evidence = -2 * Math.log(alpha);
  return (evidence + Math.log(evidence + 1)) / tightestAt;
}
