import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HashIndex } from '../../../src/signals/gathering/hash-index.ts';

test('keys are found where they stand and unknown ones nowhere', () => {
  const keys = Float64Array.of(2 ** 53 - 1, 2 ** 32 + 5, 5);
  const index = new HashIndex(keys);
  for (let position = 0; position < 3; position++) index.set(position);
  expect([...keys].map((key) => index.find(key))).toEqual([0, 1, 2]);
  expect(index.find(6)).toBe(-1);
  index.delete(5);
  index.delete(6);
  expect([index.find(5), index.find(2 ** 32 + 5)]).toEqual([-1, 1]);
  index.clear();
  expect(index.find(2 ** 32 + 5)).toBe(-1);
});

test('an equal key takes the place of the one before', () => {
  const index = new HashIndex(Float64Array.of(7, 7));
  index.set(0);
  index.set(1);
  expect(index.find(7)).toBe(1);
  index.delete(7);
  expect(index.find(7)).toBe(-1);
});

test('keys that come and go in any order are those of a map', () => {
  // Multiples of 2^32 have equal low bits: all of them want the same cell.
  const key = fc.nat(11).map((n) => (n % 2 === 0 ? n + 1 : (n + 1) * 2 ** 32));
  const step = fc.record({ key, isRemoved: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const keys = new Float64Array(12);
      const index = new HashIndex(keys);
      const known = new Map<number, number>();
      for (const { key, isRemoved } of steps) {
        if (isRemoved) {
          if (known.delete(key)) index.delete(key);
        } else if (!known.has(key)) {
          const taken = new Set(known.values());
          const position = keys.findIndex((_, p) => !taken.has(p));
          keys[position] = key;
          known.set(key, position);
          index.set(position);
        }
        for (let n = 0; n < 12; n++) {
          const asked = n % 2 === 0 ? n + 1 : (n + 1) * 2 ** 32;
          expect(index.find(asked)).toBe(known.get(asked) ?? -1);
        }
      }
    }),
    { numRuns: 50 },
  );
});
