import { latencyBounds, markCount, meaningOf } from './marks.ts';

/** Latency buckets: one more than bounds. */
export const bucketCount = latencyBounds.length + 1;
const boundRatio = latencyBounds[1] / latencyBounds[0];

/**
 * A quantile of latencies out of their bucket counts, in seconds: the place inside the bucket is worked out on the
 * logarithm of time, as the buckets are even there. Beyond the last bound it is that bound; NaN without counts. O(buckets).
 *
 * @example latencyQuantile([4, 4], .5) // 0.0005, the bound between the two buckets
 */
export function latencyQuantile(counts: ArrayLike<number>, share: number): number {
  let left = share * sumOf(counts);
  if (!(left > 0)) return Number.NaN;
  for (let b = 0; b < latencyBounds.length; b++) {
    const count = counts[b] ?? 0;
    if (left <= count) return latencyBounds[b] * boundRatio ** (left / count - 1);
    left -= count;
  }
  return latencyBounds[latencyBounds.length - 1];
}

/**
 * The first bucket that is slow: of those above the bucket of the past 95th percentile the one from which on the share
 * of requests has grown most, the nearest where several have. A percentile cannot be summed over leaves, but the
 * requests above a bound can. Without a past its place is taken by the present. O(buckets).
 */
export function slowBucket(past: ArrayLike<number>, present: ArrayLike<number>): number {
  const pastTotal = sumOf(past);
  const presentTotal = sumOf(present);
  const base = pastTotal > 0 ? past : present;
  let slowest = 1;
  for (let below = base[0]; below < 0.95 * sumOf(base); slowest++) below += base[slowest];
  let best = slowest;
  let bestGrowth = Number.NEGATIVE_INFINITY;
  for (let b = slowest; b < bucketCount; b++) {
    const growth =
      sumOf(present, b) / Math.max(1, presentTotal) - sumOf(past, b) / Math.max(1, pastTotal);
    if (growth <= bestGrowth) continue;
    bestGrowth = growth;
    best = b;
  }
  return Math.min(best, bucketCount - 1);
}

/** Counts by latency bucket out of counts by mark. */
export function bucketsOf(counts: Float64Array): Float64Array {
  const buckets = new Float64Array(bucketCount);
  for (let mark = 0; mark < markCount; mark++) {
    const meaning = meaningOf(mark);
    if (meaning.kind === 'time') buckets[meaning.bucket] += counts[mark];
  }
  return buckets;
}

function sumOf(counts: ArrayLike<number>, first = 0): number {
  let sum = 0;
  for (let b = first; b < counts.length; b++) sum += counts[b];
  return sum;
}
