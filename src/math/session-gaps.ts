import { entropyBits } from './entropy.ts';

/** How evenly spread and how recent the events of a session are. */
export interface SessionFreshness {
  /** Entropy of the gaps over the bins of the window; 0 for fewer than two gaps. */
  entropyBits: number;
  /** Entropy over its maximum log2(bins), 0 to 1. */
  normalisedEntropy: number;
  /** 0 to 1, see `freshnessOf`. */
  freshness: number;
  /** Events in the window. */
  events: number;
}

/** Enough for gaps up to 2^53 ms. */
const maxBins = 54;
const counts = new Uint32Array(maxBins);

/**
 * Bin of the time between two events: floor(log2(ms)), 0 below 2 ms, at most `bins - 1`. Exact for gaps up to 2^53 ms.
 *
 * @example gapBin(1000, 19) // 9
 */
export function gapBin(gapMs: number, bins: number): number {
  if (!(gapMs >= 2)) return 0;
  // Leading zeros of the integer part, since a rounded logarithm can reach the next power of two.
  const log = gapMs < 2 ** 32 ? 31 - Math.clz32(gapMs) : 63 - Math.clz32(gapMs / 2 ** 32);
  return Math.min(log, bins - 1);
}

/**
 * How many bins the gaps of a window need: floor(log2(windowMs)) + 1. Throws RangeError unless the window is 2 ms to
 * 2^53 ms: a single bin has no entropy to compare with.
 *
 * @example gapBins(300_000) // 19
 */
export function gapBins(windowMs: number): number {
  if (!(windowMs >= 2 && windowMs <= 2 ** 53))
    throw new RangeError(`window is ${windowMs} ms, expected 2 to 2^53`);
  return gapBin(windowMs, maxBins) + 1;
}

/**
 * Measures a session at `nowMs` from the times of its events, ascending epoch ms, the first `count` of `atMs`, and
 * writes into `out`. A session without an event in (nowMs - windowMs, nowMs] has no events and freshness 0. Else the
 * events measured are those of the window that ends at the last one: between events the entropy stands still and only
 * the idle time counts, as in numbers kept per event, and freshness never rises by waiting. An event after `nowMs`
 * counts as now. The bins are fixed by the window, so one occupied bin has entropy 0. Throws RangeError for a count
 * beyond the list, and as `gapBins` does. O(events in the window), no allocation.
 *
 * @example sessionFreshness(Float64Array.of(0, 1000, 5000), 3, { nowMs: 5000, windowMs: 300_000 }, out).entropyBits // 1
 */
export function sessionFreshness(
  atMs: Float64Array,
  count: number,
  { nowMs, windowMs }: { readonly nowMs: number; readonly windowMs: number },
  out: SessionFreshness,
): SessionFreshness {
  if (!(Number.isInteger(count) && count >= 0 && count <= atMs.length))
    throw new RangeError(`count is ${count}, expected 0 to ${atMs.length}`);
  const bins = gapBins(windowMs);
  const last = count > 0 ? Math.min(atMs[count - 1], nowMs) : Number.NEGATIVE_INFINITY;
  out.events = last > nowMs - windowMs ? countGaps(atMs, count, { last, windowMs, bins }) + 1 : 0;
  const gaps = Math.max(0, out.events - 1);
  out.entropyBits = gaps < 2 ? 0 : entropyBits(counts);
  out.normalisedEntropy = Math.min(1, out.entropyBits / Math.log2(bins));
  out.freshness = weigh(out.normalisedEntropy, gaps, 1 - (nowMs - last) / windowMs);
  return out;
}

/**
 * Freshness from numbers kept per event: (1 - normalised entropy) · recency · support, 0 to 1, with recency = 1 - idle
 * / window, not below 0, and support = gaps / (gaps + 2). So one event reads 0, few read little, and a session idle
 * for the window reads 0.
 *
 * @example freshnessOf({ normalisedEntropy: 0.5, gaps: 6, idleMs: 60_000, windowMs: 300_000 }) // 0.3
 */
export function freshnessOf(parts: {
  readonly normalisedEntropy: number;
  readonly gaps: number;
  readonly idleMs: number;
  readonly windowMs: number;
}): number {
  return weigh(parts.normalisedEntropy, parts.gaps, 1 - parts.idleMs / parts.windowMs);
}

function weigh(normalisedEntropy: number, gaps: number, recency: number): number {
  if (gaps === 0) return 0;
  return (1 - normalisedEntropy) * Math.min(1, Math.max(0, recency)) * (gaps / (gaps + 2));
}

/** Counts the gaps between the events of the window that ends at `last`; answers how many there are. */
function countGaps(
  atMs: Float64Array,
  count: number,
  { last, windowMs, bins }: { last: number; windowMs: number; bins: number },
): number {
  counts.fill(0);
  const from = last - windowMs;
  let later = last;
  let gaps = 0;
  for (let i = count - 2; i >= 0 && atMs[i] > from; i--) {
    const at = Math.min(atMs[i], last);
    counts[gapBin(later - at, bins)] += 1;
    later = at;
    gaps += 1;
  }
  return gaps;
}
