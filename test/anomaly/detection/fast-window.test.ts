import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FastWindow } from '../../../src/anomaly/detection/fast-window.ts';

function windowOf(values: readonly number[], size = values.length): FastWindow {
  const window = new FastWindow(2, size);
  for (const value of values) window.push(1, value);
  return window;
}

test('the percentiles are of type 7: linear between the order statistics, as numpy.percentile has it', () => {
  // numpy.percentile([15, 20, 35, 40, 50], [5, 95]) = 16, 48
  const window = windowOf([50, 15, 40, 20, 35]);
  const sides = [15.9, 16, 16.1, 35, 47.9, 48, 48.1, 50];
  expect(sides.map((value) => window.beyond(1, value, 0.05))).toEqual([-1, 0, 0, 0, 0, 0, 1, 1]);
});

/** Hyndman & Fan 1996, definition 7. */
function typeSeven(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const low = Math.floor(position);
  const weight = position - low;
  return weight === 0 ? sorted[low] : sorted[low] + weight * (sorted[low + 1] - sorted[low]);
}

/** Values are told apart to a 512th. */
const gridded = (value: number) => Math.round(value * 512) / 512;

test('beyond says what comparing with a sorted copy says, for any values and ties', () => {
  const value = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.float({ min: -5, max: 5, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 40, maxLength: 130 }), value, (values, probe) => {
      const sorted = Array.from(Float64Array.from(values.slice(-120), gridded).sort());
      const [low, high] = [0.05, 0.95].map((share) => typeSeven(sorted, share));
      const expected = gridded(probe) > high ? 1 : gridded(probe) < low ? -1 : 0;
      expect(windowOf(values, 120).beyond(1, probe, 0.05)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

test('a value between two lies below a percentile that is the greater one of them', () => {
  const values = [-2, -1.5, ...new Array(39).fill(0)];
  expect(windowOf(values, 120).beyond(1, -1, 0.05)).toBe(-1);
  const mirrored = values.map((value) => -value);
  expect(windowOf(mirrored, 120).beyond(1, 1, 0.05)).toBe(1);
});

test('a full window forgets the oldest value', () => {
  const window = windowOf([1000, 1, 2, 3], 3);
  expect(window.beyond(1, 4, 0.05)).toBe(1);
  window.push(1, 7);
  expect(window.beyond(1, 4, 0.05)).toBe(0);
  expect(window.beyond(1, 1, 0.05)).toBe(-1);
});

test('a window is ready with 40 values, and empty again once cleared', () => {
  const window = windowOf(Array.from({ length: 40 }, (_, i) => i));
  expect(window.isReady(0)).toBe(false);
  expect(window.isReady(1)).toBe(true);
  window.clear(1);
  expect(window.isReady(1)).toBe(false);
});
