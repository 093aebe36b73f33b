import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logGamma, logRising, stirlingError } from '../../src/math/log-gamma.ts';

/** [x, ln Γ(x), ln Γ(x + 1) - Stirling's formula]: mpmath with 40 digits. */
const exact = [
  [1e-5, 11.512919692895826, 4.837643556460688],
  [0.1, 2.252712651734206, 0.512740081331915],
  [0.5, 0.5723649429247001, 0.15342640972002736],
  [1, 0, 0.08106146679532726],
  [1.5, -0.12078223763524522, 0.05481412105191765],
  [2, 0, 0.0413406959554093],
  [3.7, 1.428072326665388, 0.022468770580143144],
  [9.99, 12.779315214350193, 0.00833889679773433],
  [10, 12.801827480081469, 0.00833056343336287],
  [25.5, 56.389167643719944, 0.003267806405762447],
  [1000, 5905.220423209181, 8.333333055555635e-5],
  [1e6, 12815504.569147611, 8.333333333333056e-8],
  [1e12, 26631021115915.652, 8.333333333333303e-14],
];

describe('logGamma', () => {
  test('agrees with a computation of 40 digits', () => {
    for (const [x, log] of exact)
      expect(Math.abs(logGamma(x) - log)).toBeLessThan(2e-14 * Math.max(1, Math.abs(log)));
  });

  test('adds up factorials', () => {
    for (let n = 1, log = 0; n < 200; log += Math.log(n), n++)
      expect(logGamma(n)).toBeCloseTo(log, 10);
  });

  test('grows by ln x from x to x + 1', () => {
    const property = fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (x) => {
      const scale = 1 + Math.abs(logGamma(x));
      expect((logGamma(x + 1) - logGamma(x) - Math.log(x)) / scale).toBeCloseTo(0, 13);
    });
    fc.assert(property);
  });

  test('is defined for positive finite numbers only', () => {
    for (const bad of [0, -1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => logGamma(bad)).toThrow(`argument of log gamma is ${bad}`);
  });
});

describe('logRising', () => {
  test('is the logarithm of a product of rising factors', () => {
    for (const x of [1e-3, 0.7, 3, 41.5, 1e6])
      for (let count = 0, log = 0; count < 40; log += Math.log(x + count), count++)
        expect(Math.abs(logRising(x, count) - log)).toBeLessThan(1e-12 * (1 + Math.abs(x * 20)));
  });

  test('keeps all digits for few factors, however large they are', () => {
    expect(logRising(1e15, 3) / (3 * Math.log(1e15))).toBeCloseTo(1, 15);
    expect(logRising(1e30, 8) / (8 * Math.log(1e30))).toBeCloseTo(1, 15);
  });

  test('goes on between whole counts', () => {
    // Γ(3.5) / Γ(3), from Γ(3.5) = 15√π / 8.
    expect(logRising(3, 0.5)).toBeCloseTo(Math.log((15 * Math.sqrt(Math.PI)) / 16), 13);
  });
});

describe('stirlingError', () => {
  test('agrees with a computation of 40 digits', () => {
    for (const [x, , error] of exact)
      expect(Math.abs(stirlingError(x) - error)).toBeLessThan(2e-14);
  });

  test('keeps all its digits where the logarithms it is the difference of are large', () => {
    expect(stirlingError(1e12) / 8.333333333333303e-14).toBeCloseTo(1, 14);
  });
});
