import type { Comparison } from './compare-generations.ts';
import type { GateOptions } from './generations-schema.ts';

/** A median that grew by less than so many milliseconds is no reason to hold anything back. */
const harmlessMs = 1;
/** Of fewer requests the median time is mostly chance. */
const leastRequests = 20;

/**
 * Why a generation should not be published by itself; nothing where it holds what the gate asks.
 *
 * @example judgeComparison({ ...comparison, overlap: 0.2 }, { ...gate, minOverlap: 0.5 })
 * // ['overlap is 0.20, expected at least 0.50']
 */
export function judgeComparison(comparison: Comparison, gate: GateOptions): readonly string[] {
  const { requests, overlap, rankAgreement = 1, medianMs, degraded } = comparison;
  const ratio = medianMs.after / medianMs.before;
  const isSlower = requests >= leastRequests && medianMs.after - medianMs.before >= harmlessMs;
  const increase = degraded.after - degraded.before;
  return [
    ...least('overlap', overlap, gate.minOverlap),
    ...least('rank agreement', rankAgreement, gate.minRankAgreement),
    ...(isSlower ? most('latency ratio', ratio, gate.maxLatencyRatio) : []),
    ...most('increase of degraded answers', increase, gate.maxDegradedIncrease),
  ];
}

const least = (what: string, got: number, bound: number): string[] =>
  got >= bound ? [] : [`${what} is ${got.toFixed(2)}, expected at least ${bound.toFixed(2)}`];

const most = (what: string, got: number, bound: number): string[] =>
  got <= bound ? [] : [`${what} is ${got.toFixed(2)}, expected at most ${bound.toFixed(2)}`];
