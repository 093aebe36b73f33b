import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assign } from '../../src/experiments/assign.ts';
import { chiSquareTail, sampleRatioMismatch } from '../../src/math/sample-ratio.ts';

const salt = fc.string({ minLength: 1, maxLength: 20 });
const key = fc.string({ minLength: 1, maxLength: 40 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

/** Families of keys as they occur: counted up, padded, and without any order. */
const families: Record<string, (i: number) => string> = {
  numbers: (i) => String(i),
  names: (i) => `user-${i}`,
  padded: (i) => String(i).padStart(12, '0'),
  strides: (i) => String(1_000_000_000 + 64 * i),
};
const keysOf = (family: string, count: number) =>
  Array.from({ length: count }, (_, i) => families[family](i));

/** In which of ten equal parts of [0, 1) a key has its place. */
const tenthOf = (experiment: { salt: string }, targetingKey: string) => {
  let tenth = 0;
  while (assign(experiment, targetingKey, (tenth + 1) / 10) === 'control') tenth += 1;
  return tenth;
};

test('the example of the documentation holds, on every machine and after every start', () => {
  expect(assign({ salt: 'new-blend' }, 'user-1', 0.25)).toBe('control');
  expect(assign({ salt: 'new-blend' }, 'user-1', 0.75)).toBe('treatment');
});

test('a share that grows moves keys to treatment and none back', () => {
  fc.assert(
    fc.property(salt, key, share, share, (salt, key, one, other) => {
      const [small, large] = [Math.min(one, other), Math.max(one, other)];
      const before = assign({ salt }, key, small);
      const after = assign({ salt }, key, large);
      expect(before === 'treatment' && after === 'control').toBe(false);
    }),
  );
});

test('a share of 0 is all control, a share of 1 is all treatment', () => {
  fc.assert(
    fc.property(salt, key, (salt, key) => {
      expect(assign({ salt }, key, 0)).toBe('control');
      expect(assign({ salt }, key, 1)).toBe('treatment');
    }),
  );
});

test('without a key it is control, whatever the share', () => {
  expect(assign({ salt: 'a' }, undefined, 1)).toBe('control');
  expect(assign({ salt: 'a' }, '', 1)).toBe('control');
});

test.each(Object.keys(families))('keys that are %s spread evenly', (family) => {
  for (const salt of ['a', 'new-blend', '7']) {
    const tenths = new Array(10).fill(0);
    for (const key of keysOf(family, 20_000)) tenths[tenthOf({ salt }, key)] += 1;
    expect(sampleRatioMismatch(tenths, new Array(10).fill(1)).pValue).toBeGreaterThan(0.001);
  }
});

test.each(Object.keys(families))('two experiments split %s independently', (family) => {
  const keys = keysOf(family, 20_000);
  for (const [one, other] of [
    ['a', 'b'],
    ['blend-1', 'blend-2'],
    ['1', '11'],
  ]) {
    const pairs = new Array(100).fill(0);
    for (const key of keys)
      pairs[10 * tenthOf({ salt: one }, key) + tenthOf({ salt: other }, key)] += 1;
    const { statistic } = sampleRatioMismatch(pairs, new Array(100).fill(1));
    expect(chiSquareTail(statistic, 99)).toBeGreaterThan(0.001);
  }
});
