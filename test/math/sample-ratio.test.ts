import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/math/rng.ts';
import { chiSquareTail, sampleRatioMismatch } from '../../src/math/sample-ratio.ts';

describe('chiSquareTail', () => {
  test('gives the upper critical values of the tables', () => {
    // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4, to three decimals.
    const table = [
      [1, 0.1, 2.706],
      [1, 0.05, 3.841],
      [1, 0.001, 10.828],
      [2, 0.05, 5.991],
      [5, 0.01, 15.086],
      [10, 0.05, 18.307],
      [30, 0.025, 46.979],
      [100, 0.05, 124.342],
      [100, 0.001, 149.449],
    ];
    for (const [degrees, probability, value] of table)
      expect(chiSquareTail(value, degrees) / probability).toBeCloseTo(1, 3);
  });

  test('agrees with a computation of 30 digits', () => {
    // mpmath, gammainc(k / 2, x / 2, inf, regularized=True).
    const exact = [
      [0.5, 1, 0.4795001221869535],
      [3.841, 1, 0.0500136837639567],
      [40, 1, 2.539628589470865e-10],
      [1000, 1, 1.7958327848007262e-219],
      [12.3, 7, 0.09111488600031303],
      [80, 100, 0.9296649333406051],
      [1e-6, 2, 0.999999500000125],
    ];
    for (const [statistic, degrees, tail] of exact)
      expect(chiSquareTail(statistic, degrees) / tail).toBeCloseTo(1, 11);
  });

  test('equals the finite sum that an even number of degrees has', () => {
    // Abramowitz & Stegun 26.4.21.
    const statistic = fc.double({ min: 0, max: 300, noNaN: true });
    const property = fc.property(statistic, fc.integer({ min: 1, max: 40 }), (value, half) => {
      let term = Math.exp(-value / 2);
      let sum = term;
      for (let j = 1; j < half; j++) {
        term *= value / 2 / j;
        sum += term;
      }
      expect(chiSquareTail(value, 2 * half)).toBeCloseTo(sum, 12);
      expect(Math.abs(chiSquareTail(value, 2 * half) - sum)).toBeLessThan(1e-10 * sum);
    });
    fc.assert(property);
  });

  test('falls with the statistic, rises with the degrees, and always ends', () => {
    const statistic = fc.double({ min: 0, max: 1e6, noNaN: true });
    const property = fc.property(statistic, fc.integer({ min: 1, max: 5000 }), (value, degrees) => {
      const tail = chiSquareTail(value, degrees);
      expect(tail).toBeGreaterThanOrEqual(0);
      expect(tail).toBeLessThanOrEqual(1);
      expect(chiSquareTail(value * 1.01, degrees)).toBeLessThanOrEqual(tail + 1e-11);
      expect(chiSquareTail(value, degrees + 1)).toBeGreaterThanOrEqual(tail - 1e-11);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test('refuses what is no statistic', () => {
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => chiSquareTail(bad, 1)).toThrow('expected a finite number of at least 0');
    expect(() => chiSquareTail(1, 0)).toThrow('degrees of freedom is 0');
  });
});

describe('sampleRatioMismatch', () => {
  test('equals published tests', () => {
    // Kohavi, Tang & Xu 2020, Trustworthy Online Controlled Experiments, chapter 21: p = 1.8E-6.
    expect(sampleRatioMismatch([821_588, 815_482], [0.5, 0.5]).pValue).toBeCloseTo(1.8e-6, 7);
    // Mendel's peas against 9:3:3:1, of many textbooks: chi-square 0.470, 3 degrees, p = 0.925.
    const peas = sampleRatioMismatch([315, 101, 108, 32], [9, 3, 3, 1]);
    expect(peas.statistic).toBeCloseTo(0.47, 3);
    expect(peas.pValue).toBeCloseTo(0.925, 3);
    expect(peas.degreesOfFreedom).toBe(3);
  });

  test('counts that follow the plan exactly are no mismatch', () => {
    expect(sampleRatioMismatch([900, 100], [0.9, 0.1])).toEqual({
      statistic: 0,
      pValue: 1,
      degreesOfFreedom: 1,
    });
  });

  test('an arm without anybody is a mismatch as soon as it should have some', () => {
    expect(sampleRatioMismatch([1000, 0], [0.5, 0.5]).pValue).toBeLessThan(1e-100);
    expect(sampleRatioMismatch([1, 0], [0.9, 0.1]).pValue).toBeGreaterThan(0.5);
  });

  test('neither the scale of the shares nor the order of the arms matters', () => {
    const arm = fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 10 }));
    const arms = fc
      .array(arm, { minLength: 2, maxLength: 6 })
      .filter((list) => list.some(([count]) => count > 0));
    const property = fc.property(
      arms,
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      (list, by) => {
        const test = (order: typeof list, scale: number) =>
          sampleRatioMismatch(
            order.map(([count]) => count),
            order.map(([, share]) => share * scale),
          );
        const [one, other] = [test(list, 1), test([...list].reverse(), by)];
        expect(other.statistic).toBeCloseTo(one.statistic, 7);
        expect(other.pValue).toBeCloseTo(one.pValue, 9);
      },
    );
    fc.assert(property);
  });

  test('a split that follows the plan is suspected as often as the level says', () => {
    const rng = createRng(11);
    let suspected = 0;
    for (let run = 0; run < 1000; run++) {
      const counts = [0, 0, 0];
      for (let i = 0; i < 500; i++) {
        const u = rng.unit();
        counts[u < 0.5 ? 0 : u < 0.75 ? 1 : 2] += 1;
      }
      if (sampleRatioMismatch(counts, [0.5, 0.25, 0.25]).pValue < 0.05) suspected += 1;
    }
    // 50 of 1000, five standard deviations either way.
    expect(Math.abs(suspected - 50)).toBeLessThan(35);
  });

  test('what is no experiment is refused', () => {
    expect(() => sampleRatioMismatch([5], [1])).toThrow('expected two or more');
    expect(() => sampleRatioMismatch([5, 5], [1])).toThrow('2 counts and 1 shares');
    expect(() => sampleRatioMismatch([5, 5], [1, 0])).toThrow('share 1 is 0');
    expect(() => sampleRatioMismatch([0, 0], [1, 1])).toThrow(RangeError);
    expect(() => sampleRatioMismatch([5, -5], [1, 1])).toThrow('weight 1 is -5');
    expect(() => sampleRatioMismatch([5, 5], [1, Number.NaN])).toThrow('weight 1 is NaN');
  });
});
