import { expect, test } from 'vitest';
import { increase, tickScale } from '../../../src/anomaly/watched/increase.ts';

test('a total that grew tells by how much, and one that stood still tells 0', () => {
  expect(increase(12, 5)).toBe(7);
  expect(increase(5, 5)).toBe(0);
});

test('nothing is known of a total at first, after a reset, and where it is no number', () => {
  expect(increase(5, Number.NaN)).toBeNaN();
  expect(increase(3, 5)).toBeNaN();
  expect(increase(Number.NaN, 5)).toBeNaN();
  expect(increase(Number.POSITIVE_INFINITY, 5)).toBeNaN();
  expect(increase(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBeNaN();
});

test('counts of a somewhat uneven tick are brought to the usual length', () => {
  expect(tickScale(30, 30)).toBe(1);
  expect(tickScale(45, 30)).toBeCloseTo(2 / 3, 12);
  expect(tickScale(15, 30)).toBe(2);
  expect(tickScale(90, 30)).toBeCloseTo(1 / 3, 12);
});

test.each([91, 3600, 9, 0, -30, Number.NaN, Number.POSITIVE_INFINITY])(
  'a tick of %s seconds is no evidence where 30 are usual',
  (seconds) => {
    expect(tickScale(seconds, 30)).toBeNaN();
  },
);
