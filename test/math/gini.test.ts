import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gini } from '../../src/math/gini.ts';
import { createRng } from '../../src/math/rng.ts';

const counts = fc
  .array(fc.nat(1000), { minLength: 1, maxLength: 40 })
  .filter((list) => list.some((count) => count > 0));

/** Half the relative mean absolute difference, over all pairs. */
function slowGini(list: readonly number[], totalItems: number): number {
  const all = [...list, ...new Array<number>(totalItems - list.length).fill(0)];
  const sum = all.reduce((a, b) => a + b, 0);
  const apart = all.flatMap((a) => all.map((b) => Math.abs(a - b))).reduce((a, b) => a + b, 0);
  return apart / (2 * all.length * sum);
}

test('equals published values', () => {
  // The incomes of the examples of R's ineq and acid, which print 0.4620911.
  const incomes = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261];
  expect(gini(incomes)).toBeCloseTo(0.4620911, 7);
  // The example of R's phylotools.
  expect(gini([1, 3, 2, 1, 1, 1, 4])).toBeCloseTo(0.3076923, 7);
});

test('is 0 where all items are shown equally often', () => {
  expect(gini([5, 5, 5])).toBe(0);
  expect(gini([1])).toBe(0);
});

test('is (n - 1) / n where one item takes all, also of a large catalogue', () => {
  expect(gini([0, 0, 0, 9])).toBe(0.75);
  expect(gini([9], 4)).toBe(0.75);
  expect(gini([9], 1_000_000_000)).toBeCloseTo(1 - 1e-9, 15);
});

test('equals the mean difference over all pairs, unseen items included', () => {
  const property = fc.property(counts, fc.nat(30), (list, unseen) => {
    const totalItems = list.length + unseen;
    const value = gini(list, totalItems);
    expect(value).toBeCloseTo(slowGini(list, totalItems), 12);
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThanOrEqual(1 - 1 / totalItems + 1e-12);
    expect(value).toBeCloseTo(gini([...list, ...new Array<number>(unseen).fill(0)]), 12);
  });
  fc.assert(property);
});

test('neither scale nor order changes it', () => {
  const property = fc.property(counts, fc.integer({ min: 1, max: 1000 }), (list, by) => {
    const order = Uint32Array.from(list, (_, i) => i);
    createRng(by).shuffle(order);
    const other = Array.from(order, (i) => list[i] * by);
    expect(gini(other)).toBeCloseTo(gini(list), 12);
  });
  fc.assert(property);
});

test('leaves the list as it was, in numeric order or not', () => {
  const list = Object.freeze([10, 9, 2]);
  // Sorted as text 10 would come first.
  expect(gini(list)).toBeCloseTo(slowGini(list, 3), 12);
  const typed = Uint32Array.of(10, 9, 2);
  gini(typed);
  expect([...typed]).toEqual([10, 9, 2]);
});

test('no exposures, bad counts and a catalogue smaller than the list are refused', () => {
  expect(() => gini([])).toThrow('sum of 0 weights is 0');
  expect(() => gini([0, 0], 5)).toThrow(RangeError);
  expect(() => gini([1, -1])).toThrow('weight 1 is -1');
  expect(() => gini([1, Number.NaN])).toThrow('weight 1 is NaN');
  expect(() => gini([1, 2], 1)).toThrow('total items is 1, expected an integer of at least 2');
  expect(() => gini([1, 2], 2.5)).toThrow(RangeError);
});
