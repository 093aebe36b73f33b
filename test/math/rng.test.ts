import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRng, hash32 } from '../../src/math/rng.ts';

test('hash32 is the finaliser of MurmurHash3', () => {
  // Of the reference implementation, fmix32 in MurmurHash3.cpp.
  expect([0, 1, 2, 0xffffffff].map(hash32)).toEqual([0, 0x514e28b7, 0x30f4c306, 0x81f16f39]);
});

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: number) => {
    const rng = createRng(seed);
    return Array.from({ length: 20 }, () => rng.bits());
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect(new Set(draw(0)).size).toBe(20);
});

test('numbers are spread evenly and stay in their range', () => {
  const rng = createRng(1);
  const counts = new Float64Array(10);
  let sum = 0;
  for (let i = 0; i < 20_000; i++) {
    counts[rng.below(10)] += 1;
    sum += rng.unit();
  }
  // Five standard deviations.
  expect(sum / 20_000).toBeCloseTo(0.5, 1.9);
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(1800));
});

test('a shuffle keeps every number', () => {
  const property = fc.property(fc.array(fc.nat()), fc.nat(), (list, seed) => {
    const numbers = Uint32Array.from(list);
    createRng(seed).shuffle(numbers);
    expect([...numbers].sort((a, b) => a - b)).toEqual([...list].sort((a, b) => a - b));
  });
  fc.assert(property);
});
