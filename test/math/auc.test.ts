import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auc, groupedAuc } from '../../src/math/auc.ts';

const area = (scores: readonly number[], positive: readonly number[]) =>
  auc(Float64Array.from(scores), Uint8Array.from(positive));

test('five scores worked by hand', () => {
  // Positives .8 and .4: .8 is above all three negatives, .4 above one of them and equal to another.
  expect(area([0.8, 0.4, 0.4, 0.6, 0.1], [1, 1, 0, 0, 0])).toBeCloseTo((3 + 1.5) / 6, 12);
});

test('all in order is 1, all wrong 0, all equal a half', () => {
  expect(area([1, 2, 3], [0, 1, 1])).toBe(1);
  expect(area([3, 2, 1], [0, 1, 1])).toBe(0);
  expect(area([2, 2, 2, 2], [0, 1, 1, 0])).toBe(0.5);
});

test('one class has no area', () => {
  expect(area([1, 2], [1, 1])).toBeUndefined();
  expect(area([1, 2], [0, 0])).toBeUndefined();
  expect(area([], [])).toBeUndefined();
});

test('a score that is no number and columns of different lengths are refused', () => {
  expect(() => area([1, Number.NaN], [0, 1])).toThrow(/NaN/);
  expect(() => area([1, 2, 3], [0, 1])).toThrow(/2 rows, expected 3/);
});

test('infinite scores stand at the ends', () => {
  expect(area([Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY], [0, 0, 1])).toBe(1);
});

const rows = fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.nat(1)), { maxLength: 40 });

test('is the share of pairs in order, ties as half', () => {
  fc.assert(
    fc.property(rows, (list) => {
      const [hits, misses] = [1, 0].map((y) => list.filter(([, label]) => label === y));
      const wins = hits.flatMap(([a]) => misses.map(([b]) => (a > b ? 1 : a === b ? 0.5 : 0)));
      const mean = wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
      const found = area(
        list.map(([score]) => score),
        list.map(([, y]) => y),
      );
      if (wins.length === 0) expect(found).toBeUndefined();
      else expect(found).toBeCloseTo(mean, 12);
    }),
  );
});

test('the grouped area weighs each group by its rows and leaves those of one class out', () => {
  const scores = Float32Array.of(5, 9, 1, 2, 3, 7, 7);
  const positive = Uint8Array.of(1, 0, 0, 1, 1, 1, 1);
  const groups = Uint32Array.of(4, 4, 9, 9, 9, 2, 2);
  // Group 4 is 0 in 2 rows, group 9 is 1 in 3 rows, group 2 has no negatives.
  expect(groupedAuc(scores, positive, groups)).toBeCloseTo(3 / 5, 12);
  expect(groupedAuc(scores, new Uint8Array(7), groups)).toBeUndefined();
  expect(groupedAuc(scores, positive, new Uint32Array(7))).toBe(auc(scores, positive));
});
