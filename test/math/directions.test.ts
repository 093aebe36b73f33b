import { expect, test } from 'vitest';
import { unitDirections } from '../../src/math/directions.ts';
import { createRng } from '../../src/math/rng.ts';

test.each([1, 2, 3, 32, 512])('every direction has length 1 in %i dimensions', (dimensions) => {
  const directions = unitDirections(20, dimensions, createRng(1));
  expect(directions.length).toBe(20 * dimensions);
  for (let k = 0; k < 20; k++) {
    const direction = directions.subarray(k * dimensions, (k + 1) * dimensions);
    expect(Math.hypot(...direction)).toBeCloseTo(1, 12);
  }
});

test('the same seed gives the same directions, another seed others', () => {
  const draw = (seed: number) => [...unitDirections(4, 3, createRng(seed))];
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
});

test('no direction is preferred', () => {
  const [count, dimensions] = [20_000, 3];
  const directions = unitDirections(count, dimensions, createRng(9));
  for (let a = 0; a < dimensions; a++)
    for (let b = a; b < dimensions; b++) {
      let sum = 0;
      let product = 0;
      for (let at = 0; at < directions.length; at += dimensions) {
        sum += directions[at + a];
        product += directions[at + a] * directions[at + b];
      }
      // A coordinate has mean 0 and variance 1/3, a product of two at most variance 4/45: five standard deviations.
      expect(Math.abs(sum / count)).toBeLessThan(5 * Math.sqrt(1 / 3 / count));
      expect(Math.abs(product / count - (a === b ? 1 / 3 : 0))).toBeLessThan(
        5 * Math.sqrt(4 / 45 / count),
      );
    }
  // On the sphere in three dimensions each coordinate is uniform (Archimedes), so half lies within 0.5 of 0.
  let near = 0;
  for (let at = 0; at < directions.length; at += dimensions)
    if (Math.abs(directions[at]) < 0.5) near += 1;
  expect(Math.abs(near / count - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / count));
});

test('a source that starts with the rarest draw still gives a direction', () => {
  const draws = [0, 0.5, 0.5, 0];
  const rng = { ...createRng(1), unit: () => draws.shift() ?? 0.5 };
  expect([...unitDirections(1, 1, rng)]).toEqual([1]);
});

test.each([
  [0, 3],
  [3, 0],
  [1.5, 3],
  [2, Number.NaN],
])('%d directions of %d dimensions are refused', (count, dimensions) => {
  expect(() => unitDirections(count, dimensions, createRng(1))).toThrow(
    new RangeError(`directions are ${count} x ${dimensions}, expected two positive integers`),
  );
});
