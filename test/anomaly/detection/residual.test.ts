import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kindCodes, residualOf } from '../../../src/anomaly/detection/residual.ts';

const count = (value: number, mean: number) =>
  residualOf({ kind: kindCodes.count, value, trials: 0 }, mean);
const ratio = (hits: number, trials: number, p: number) =>
  residualOf({ kind: kindCodes.ratio, value: hits / trials, trials }, p);

/** P(X < x) + P(X = x) / 2 of a Poisson law, by adding up. */
function midPoisson(x: number, mean: number): number {
  let [term, sum] = [Math.exp(-mean), 0];
  for (let i = 0; i < x; i++) {
    sum += term;
    term *= mean / (i + 1);
  }
  return sum + term / 2;
}

/** Lower tail of the normal law, by Simpson's rule over 12 deviations. */
function normalBelow(z: number): number {
  const steps = 4000;
  const width = 12 / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-((z - i * width) ** 2) / 2);
  }
  return (sum * width) / 3 / Math.sqrt(2 * Math.PI);
}

test('a residual of a count has about the tail of the Poisson law', () => {
  const decades = (z: number, p: number) => Math.abs(Math.log10(normalBelow(z)) - Math.log10(p));
  const few = [
    [0, 2],
    [0, 5],
    [5, 20],
    [60, 100],
  ];
  for (const [x, mean] of few)
    expect(decades(count(x, mean), midPoisson(x, mean))).toBeLessThan(0.3);
  const many = [
    [3, 0.2],
    [12, 5],
    [40, 20],
    [150, 100],
  ];
  for (const [x, mean] of many)
    expect(decades(-count(x, mean), 1 - midPoisson(x, mean))).toBeLessThan(0.3);
});

test('three events where a fifth of one was expected are no twelve deviations', () => {
  // Pearson's residual is (3 - 0.2) / √0.2 = 6.3; P(X >= 3) = 0.0011, which is 3.05 deviations.
  expect(count(3, 0.2)).toBeGreaterThan(2.8);
  expect(count(3, 0.2)).toBeLessThan(3.3);
});

test('a residual of a ratio of rare hits is the one of their count', () => {
  expect(ratio(12, 1e6, 5e-6)).toBeCloseTo(count(12, 5), 3);
});

test('hits and misses of a ratio are told apart by nothing but the sign', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      (trials, share, p) => {
        const hits = Math.round(share * trials);
        expect(ratio(hits, trials, p)).toBeCloseTo(-ratio(trials - hits, trials, 1 - p), 5);
      },
    ),
  );
});

test('residuals are finite and grow with the value, whatever was expected', () => {
  const expected = fc.double({ min: -1, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(10_000), expected, (a, b, mean) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      expect(Number.isFinite(count(low, mean))).toBe(true);
      expect(count(low, mean)).toBeLessThanOrEqual(count(high, mean) + 1e-9);
      expect(ratio(low, 10_000, mean)).toBeLessThanOrEqual(ratio(high, 10_000, mean) + 1e-6);
      expect(Number.isFinite(ratio(high, 10_000, mean))).toBe(true);
    }),
  );
});
