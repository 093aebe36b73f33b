import { expect, test } from 'vitest';
import { RecentMean } from '../../../src/signals/gathering/recent-mean.ts';

test('older values count less', () => {
  const mean = new RecentMean();
  for (const value of [1, 1, 4]) mean.add(value);
  expect([mean.value, mean.samples]).toEqual([2, 3]);
  mean.fade(1 / 3);
  mean.add(5);
  expect([mean.value, mean.samples]).toEqual([3.5, 2]);
});

test('it is null before the first value and when less than half of one is left', () => {
  const mean = new RecentMean();
  expect(mean.value).toBeNull();
  mean.add(7);
  mean.fade(0.5);
  expect(mean.value).toBe(7);
  mean.fade(0.9);
  expect([mean.value, mean.samples]).toEqual([null, 0]);
});

test('values that are not finite are left out', () => {
  const mean = new RecentMean();
  for (const value of [Number.NaN, 2, Number.POSITIVE_INFINITY]) mean.add(value);
  expect([mean.value, mean.samples]).toEqual([2, 1]);
});
