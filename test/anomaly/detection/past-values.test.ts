import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PastValues } from '../../../src/anomaly/detection/past-values.ts';

function pastOf(values: readonly number[]): PastValues {
  const past = new PastValues(2);
  for (const value of values) past.add(1, value);
  return past;
}

test('there is no nearest value before the first', () => {
  expect(pastOf([]).nearest(1, 3)).toBeNaN();
  expect(pastOf([4]).nearest(0, 3)).toBeNaN();
});

test('up to eight values are known exactly', () => {
  const values = [8, 1, 64, 2, 32, 4, 16, 128];
  const past = pastOf(values);
  for (const value of values) expect(past.nearest(1, value)).toBe(value);
  expect(past.nearest(1, 0)).toBe(1);
  expect(past.nearest(1, 1000)).toBe(128);
  expect(past.nearest(1, 47)).toBe(32);
  expect(past.nearest(1, 49)).toBe(64);
});

test('a gap between two groups of values stays, however many values there are', () => {
  const past = pastOf(Array.from({ length: 2000 }, (_, i) => (i % 2) * 1000 + ((i * 37) % 100)));
  expect(past.nearest(1, 50)).toBe(50);
  expect(past.nearest(1, 1050)).toBe(1050);
  expect(past.nearest(1, 400)).toBe(98);
  expect(past.nearest(1, 700)).toBe(1001);
});

test('every past value is covered, and the nearest is never farther than the truly nearest', () => {
  const value = fc.float({ min: -1000, max: 1000, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), value, (values, probe) => {
      const past = pastOf(values);
      for (const one of values) expect(past.nearest(1, one) - one).toBe(0);
      const gap = Math.min(...values.map((one) => Math.abs(one - probe)));
      expect(Math.abs(past.nearest(1, probe) - probe)).toBeLessThanOrEqual(gap);
    }),
    { numRuns: 500 },
  );
});
