/**
 * A quantile of values of which only the bucket is known, as `histogram_quantile` of Prometheus estimates it
 * (prometheus/promql/quantile.go, `bucketQuantile`): the values of a bucket are spread evenly over it. The first bucket
 * begins at 0, or is its bound where that is 0 or less; what fell into the last one, which has no bound, reads as the
 * highest bound there is. NaN without values or without bounds. `rank` is above 0 and at most 1; `bounds` ascend, and
 * `counts`, one longer or more, holds what fell into each bucket by itself. O(buckets).
 *
 * @example bucketQuantile(0.5, { bounds: [1, 2, 4], counts: [2, 2, 4, 0] }) // 2
 * @example bucketQuantile(0.95, { bounds: [1, 2, 4], counts: [2, 2, 4, 0] }) // 3.8
 */
export function bucketQuantile(
  rank: number,
  { bounds, counts }: { bounds: ArrayLike<number>; counts: ArrayLike<number> },
): number {
  const finite = bounds.length;
  let total = 0;
  for (let bucket = 0; bucket <= finite; bucket++) total += counts[bucket];
  if (!(total > 0) || finite === 0) return Number.NaN;

  const wanted = rank * total;
  let below = 0;
  let bucket = 0;
  while (bucket < finite && below + counts[bucket] < wanted) {
    below += counts[bucket];
    bucket += 1;
  }
  if (bucket === finite) return bounds[finite - 1];
  if (bucket === 0 && bounds[0] <= 0) return bounds[0];
  const from = bucket === 0 ? 0 : bounds[bucket - 1];
  return from + (bounds[bucket] - from) * ((wanted - below) / counts[bucket]);
}
