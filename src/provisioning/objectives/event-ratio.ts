/** What is bad of all there is, each a rate of PromQL. */
export interface EventRatio {
  readonly bad: string;
  readonly total: string;
}

/** Events of which some are bad by a label: none are 0, not nothing, while there are any. */
export function failures(bad: string, total: string): EventRatio {
  return { bad: `${bad}\nor\n0 * ${total}`, total };
}

/**
 * Events that are bad beyond a bound. Without an event the share within it is no number, which would spoil every sum
 * over time that it is part of.
 */
export function beyond(within: string, total: string): EventRatio {
  return { bad: `(1 - ${within}) * (${total} > 0)\nor\n0 * ${total}`, total };
}
