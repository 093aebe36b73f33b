import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairedBootstrap } from '../../src/math/paired-bootstrap.ts';
import { createRng } from '../../src/math/rng.ts';

test('a constant difference has an interval without width', () => {
  const a = Float64Array.of(1, 2, 3);
  expect(pairedBootstrap(a, a)).toEqual({ mean: 0, low: 0, high: 0, worseShare: 0 });
  const lower = a.map((value) => value - 0.5);
  expect(pairedBootstrap(lower, a)).toEqual({ mean: -0.5, low: -0.5, high: -0.5, worseShare: 1 });
});

test('the interval of normal differences is that of the normal distribution', () => {
  const rng = createRng(7);
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - rng.unit())) * Math.cos(2 * Math.PI * rng.unit());
  const a = Float64Array.from({ length: 400 }, () => 0.1 + normal());
  const zero = new Float64Array(400);
  const { mean, low, high } = pairedBootstrap(a, zero, { resamples: 4000 });
  const deviation = Math.sqrt(a.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 400);
  const half = (1.96 * deviation) / Math.sqrt(400);
  expect(low).toBeCloseTo(mean - half, 1.7);
  expect(high).toBeCloseTo(mean + half, 1.7);
});

test('what is better one way is worse the other way', () => {
  const column = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
    minLength: 1,
    maxLength: 30,
  });
  const property = fc.property(column, fc.nat(), (values, seed) => {
    const a = Float64Array.from(values);
    const b = a.toReversed();
    const [one, other] = [pairedBootstrap(a, b, { seed }), pairedBootstrap(b, a, { seed })];
    expect(one.mean).toBeCloseTo(-other.mean, 12);
    expect(one.low).toBeLessThanOrEqual(one.high);
    expect(one.worseShare + other.worseShare).toBeLessThanOrEqual(1);
    expect(pairedBootstrap(a, b, { seed })).toEqual(one);
  });
  fc.assert(property, { numRuns: 30 });
});

test('no cases are no difference, and columns of different length are refused', () => {
  const none = new Float64Array(0);
  expect(pairedBootstrap(none, none)).toEqual({ mean: 0, low: 0, high: 0, worseShare: 0 });
  expect(() => pairedBootstrap(none, Float64Array.of(1))).toThrow(RangeError);
});
