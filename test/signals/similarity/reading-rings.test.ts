import fc from 'fast-check';
import { linearRegression } from 'simple-statistics';
import { expect, test } from 'vitest';
import { ReadingRings } from '../../../src/signals/similarity/reading-rings.ts';

function ringsOf(size: number, items = 1): ReadingRings {
  const rings = new ReadingRings(size);
  rings.grow(items);
  return rings;
}

test('readings are in time order, so a falling similarity has a negative slope', () => {
  const rings = ringsOf(10);
  // Sorted by value, as a set scored by similarity would be, the slope of these is +0.02.
  for (let i = 0; i < 10; i++) expect(rings.push(0, 0.9 - 0.02 * i, 1000 * i)).toBe(true);
  expect(rings.slope(0)).toBeCloseTo(-0.02, 12);
  for (let i = 10; i < 20; i++) rings.push(0, 0.72 + 0.03 * (i - 9), 1000 * i);
  expect(rings.slope(0)).toBeCloseTo(0.03, 12);
});

test('there is no slope before as many readings as are kept', () => {
  const rings = ringsOf(3);
  for (const value of [0.9, 0.8]) rings.push(0, value, 5);
  expect(rings.isFull(0)).toBe(false);
  expect(rings.slope(0)).toBeNaN();
  rings.push(0, 0.7, 5);
  expect(rings.isFull(0)).toBe(true);
  expect(rings.slope(0)).toBeCloseTo(-0.1, 12);
});

test('a reading that is older than the last is left out', () => {
  const rings = ringsOf(2);
  rings.push(0, 0.5, 1000);
  expect(rings.push(0, 0.9, 999)).toBe(false);
  expect(rings.push(0, 0.4, 1000)).toBe(true);
  expect(rings.slope(0)).toBeCloseTo(-0.1, 12);
});

test('readings of one item are nothing to another, and are still there after growth', () => {
  const rings = ringsOf(2, 2);
  rings.push(0, 0.5, 10);
  rings.push(1, 0.1, 5);
  rings.grow(9);
  rings.push(0, 0.3, 11);
  rings.push(1, 0.2, 6);
  expect([rings.slope(0), rings.slope(1)]).toEqual([expect.closeTo(-0.2), expect.closeTo(0.1)]);
  expect(rings.slope(8)).toBeNaN();
});

test('what was forgotten begins again, and may begin earlier', () => {
  const rings = ringsOf(2, 2);
  for (const item of [0, 1]) for (const value of [1, 2]) rings.push(item, value, 1000);
  rings.forget(0);
  expect([rings.slope(0), rings.slope(1)]).toEqual([Number.NaN, 1]);
  expect(rings.push(0, 3, 10)).toBe(true);
  rings.clear();
  expect(rings.slope(1)).toBeNaN();
});

test('whatever is read, the slope is that of simple-statistics over the last readings', () => {
  const readings = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 30 });
  fc.assert(
    fc.property(readings, fc.integer({ min: 2, max: 12 }), (values, size) => {
      const rings = ringsOf(size);
      for (const [i, value] of values.entries()) {
        rings.push(0, value, i);
        const last = values.slice(Math.max(0, i + 1 - size), i + 1);
        const exact = linearRegression(last.map((y, x) => [x, y])).m;
        if (last.length < size) expect(rings.slope(0)).toBeNaN();
        else expect(rings.slope(0)).toBeCloseTo(exact, 12);
      }
    }),
  );
});
