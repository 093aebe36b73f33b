import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketQuantile } from '../../../src/anomaly/watched/bucket-quantile.ts';

const bounds = [0.1, 0.2, 0.4, 1];

test('a quantile stands inside its bucket as histogram_quantile of Prometheus puts it', () => {
  const counts = [10, 20, 10, 8, 2];
  // 25 of 50: the 15th of the 20 between 0.1 and 0.2.
  expect(bucketQuantile(0.5, { bounds, counts })).toBeCloseTo(0.175, 12);
  // 10 of 50: the last of the first bucket, which begins at 0.
  expect(bucketQuantile(0.2, { bounds, counts })).toBeCloseTo(0.1, 12);
  expect(bucketQuantile(0.1, { bounds, counts })).toBeCloseTo(0.05, 12);
  // 45 of 50: the fifth of the eight between 0.4 and 1.
  expect(bucketQuantile(0.9, { bounds, counts })).toBeCloseTo(0.775, 12);
  // 47.5 of 50: 7.5 of these eight.
  expect(bucketQuantile(0.95, { bounds, counts })).toBeCloseTo(0.9625, 12);
});

test('what is above all bounds reads as the highest of them', () => {
  expect(bucketQuantile(0.95, { bounds, counts: [0, 0, 0, 0, 7] })).toBe(1);
  expect(bucketQuantile(0.97, { bounds, counts: [10, 20, 10, 8, 2] })).toBe(1);
});

test('a first bucket that ends at 0 or below reads as its bound', () => {
  expect(bucketQuantile(0.5, { bounds: [0, 1, 2], counts: [6, 2, 2, 0] })).toBe(0);
  expect(bucketQuantile(0.5, { bounds: [-3, 1], counts: [6, 2, 0] })).toBe(-3);
  // 9.5 of 10: 1.5 of the two between 1 and 2.
  expect(bucketQuantile(0.95, { bounds: [0, 1, 2], counts: [6, 2, 2, 0] })).toBe(1.75);
});

test('empty buckets on the way do not matter', () => {
  expect(bucketQuantile(0.5, { bounds, counts: [0, 0, 4, 0, 0] })).toBeCloseTo(0.3, 12);
  expect(bucketQuantile(1, { bounds, counts: [4, 0, 0, 0, 0] })).toBe(0.1);
});

test('without values, bounds or numbers there is no quantile', () => {
  expect(bucketQuantile(0.5, { bounds, counts: [0, 0, 0, 0, 0] })).toBeNaN();
  expect(bucketQuantile(0.5, { bounds: [], counts: [9] })).toBeNaN();
  expect(bucketQuantile(0.5, { bounds, counts: [1, Number.NaN, 0, 0, 0] })).toBeNaN();
});

test('the estimate is never a bucket away from the value at that rank', () => {
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.constantFrom(0.05, 0.5, 0.95, 1), (list, rank) => {
      const counts = new Array(bounds.length + 1).fill(0);
      const bucketOf = (value: number) => bounds.findIndex((bound) => value <= bound);
      for (const value of list) counts[bucketOf(value)] += 1;
      const sorted = list.toSorted((a, b) => a - b);
      const truth = bucketOf(sorted[Math.max(0, Math.ceil(rank * list.length) - 1)]);
      const estimate = bucketQuantile(rank, { bounds, counts });
      expect(estimate).toBeLessThanOrEqual(bounds[truth]);
      expect(estimate).toBeGreaterThanOrEqual(bounds[truth - 1] ?? 0);
    }),
  );
});
