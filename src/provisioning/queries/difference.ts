/**
 * How much of something there was in how many trials, each between 0 and 1: PromQL of two rates over one window, both
 * without labels.
 */
export interface Rates {
  readonly sum: string;
  readonly trials: string;
}

/** The difference of two shares or means, and the interval that it lies in with 95 % confidence. */
export interface Difference {
  readonly difference: string;
  readonly lower: string;
  readonly upper: string;
}

/** Quantile of the normal distribution for 95 %, two-sided. */
const z = 1.96;

/**
 * PromQL of candidate minus baseline, by the normal approximation with one hit and one miss added to each side
 * (Agresti and Caffo, 2000), which keeps the interval honest where hits are few or none. For means of values within
 * 0 and 1 the variance m(1 - m) is the greatest there can be, so their interval is on the wide side. Trials count as
 * independent of each other.
 */
export function differenceOf(
  { baseline, candidate }: { readonly baseline: Rates; readonly candidate: Rates },
  windowSeconds: number,
): Difference {
  const hits = ({ sum }: Rates) => `((${sum} or vector(0)) * ${windowSeconds} + 1)`;
  const count = ({ trials }: Rates) => `((${trials} > 0) * ${windowSeconds} + 2)`;
  const mean = (rates: Rates) => `${hits(rates)} / ${count(rates)}`;
  // p (1 - p) / n with p = hits / n.
  const variance = (rates: Rates) =>
    `${hits(rates)} * (${count(rates)} - ${hits(rates)}) / ${count(rates)} ^ 3`;
  const difference = `${mean(candidate)} - ${mean(baseline)}`;
  const half = `${z} * sqrt(${variance(candidate)} + ${variance(baseline)})`;
  return { difference, lower: `${difference} - ${half}`, upper: `${difference} + ${half}` };
}
