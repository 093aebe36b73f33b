import { expect, test } from 'vitest';
import { latencyQuantile, slowBucket } from '../../../src/anomaly/cube/latency.ts';
import { latencyBounds } from '../../../src/anomaly/cube/marks.ts';

/** Counts by bucket. */
const buckets = (counts: Record<number, number>) =>
  Array.from({ length: 32 }, (_, bucket) => counts[bucket] ?? 0);

test('a quantile lies inside its bucket by the logarithm of time', () => {
  // 7.5 buckets a decade: half a bucket is a factor of 10^(1/15).
  expect(latencyQuantile(buckets({ 10: 4 }), 0.5)).toBeCloseTo(
    latencyBounds[9] * 10 ** (1 / 15),
    12,
  );
  expect(latencyQuantile(buckets({ 3: 50, 20: 50 }), 0.5)).toBeCloseTo(latencyBounds[3], 12);
  expect(latencyQuantile(buckets({ 3: 90, 20: 10 }), 0.95)).toBeCloseTo(
    Math.sqrt(latencyBounds[19] * latencyBounds[20]),
    12,
  );
});

test('a quantile without requests is no number, and beyond the last bound it is that bound', () => {
  expect(latencyQuantile(buckets({}), 0.5)).toBeNaN();
  expect(latencyQuantile(buckets({ 31: 5 }), 0.5)).toBe(latencyBounds[30]);
});

test('slow begins above the bucket of the past 95th percentile', () => {
  const past = buckets({ 5: 95, 6: 5 });
  expect(slowBucket(past, past)).toBe(6);
  expect(slowBucket(buckets({ 5: 94, 6: 6 }), buckets({ 5: 94, 6: 6 }))).toBe(7);
});

test('of the bounds above that percentile slow begins where the share has grown most', () => {
  const past = buckets({ 5: 96, 7: 4 });
  // From 6 on 4 % became 30 %, from 8 on 0 % became 30 %.
  expect(slowBucket(past, buckets({ 5: 70, 12: 30 }))).toBe(8);
  // Nothing grew: the nearest bound.
  expect(slowBucket(past, buckets({ 5: 100 }))).toBe(8);
});

test('slow has a bound without a past, without requests, and where all are slow', () => {
  expect(slowBucket(buckets({}), buckets({ 4: 100 }))).toBe(5);
  expect(slowBucket(buckets({}), buckets({}))).toBe(1);
  expect(slowBucket(buckets({ 31: 9 }), buckets({ 31: 9 }))).toBe(31);
});
