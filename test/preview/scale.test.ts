import fc from 'fast-check';
import { expect, test } from 'vitest';
import { axisRange, linearScale, niceTicks } from './scale.ts';

test('ticks are round values inside the range', () => {
  expect(niceTicks([0, 0.93], 4)).toEqual([0, 0.25, 0.5, 0.75]);
  expect(niceTicks([-3, 7], 5)).toEqual([-2, 0, 2, 4, 6]);
  expect(niceTicks([0.0001, 0.0009], 4)).toEqual([0.0002, 0.0004, 0.0006, 0.0008]);
});

test('whatever the range, ticks ascend, stay inside and are few', () => {
  const bound = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(bound, fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (low, length) => {
      const range = [low, low + length] as const;
      const ticks = niceTicks(range, 5);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks).toEqual(ticks.toSorted((one, other) => one - other));
      const slack = length * 1e-6 + Math.abs(low) * 1e-6;
      for (const tick of ticks) {
        expect(tick).toBeGreaterThanOrEqual(range[0] - slack);
        expect(tick).toBeLessThanOrEqual(range[1] + slack);
      }
    }),
  );
});

test('an axis begins and ends where the panel says, else where the values do, and has a length', () => {
  expect(axisRange([3, 7, Number.NaN])).toEqual([3, 7]);
  expect(axisRange([3, 7], { min: 0, max: 1 })).toEqual([0, 1]);
  expect(axisRange([0, 0], { min: 0 })).toEqual([0, 1]);
  expect(axisRange([])).toEqual([0, 1]);
});

test('a scale maps the ends of its range on the ends of its pixels, and no length on the first', () => {
  expect(linearScale([0, 10], [100, 0]).at(2.5)).toBe(75);
  expect(linearScale([4, 4], [100, 0]).at(4)).toBe(100);
});
