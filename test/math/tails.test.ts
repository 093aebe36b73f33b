import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binomialTail, poissonTail } from '../../src/math/tails.ts';

/** Compares probabilities near 0 by their logarithm, those near 1 by what they lack. */
function expectLog(log: number, exact: number): void {
  const allowed = exact < -1e-3 ? 1e-12 + 1e-14 * Math.abs(exact) : 1e-9 * Math.abs(exact) + 1e-35;
  expect(Math.abs(log - exact)).toBeLessThan(allowed);
}

describe('poissonTail', () => {
  test('agrees with sums of 40 digits, in the middle and far below the least double', () => {
    // [count, mean, ln P(at least), ln P(at most)]: term by term with mpmath.
    const exact = [
      [0, 3, 0, -3],
      [1, 3, -0.05106918094270159, -1.6137056388801094],
      [3, 3, -0.550242496777221, -0.43505064253846326],
      [20, 10, -5.668123295514557, -0.0015895232849165051],
      [2, 40, -1.7418252446695517e-16, -33.26540834002705],
      [1000, 100, -1406.8527552662533, 0],
      [1e6, 1e6, -0.692881254399696, -0.6926153990082546],
      [1_001_000, 1e6, -1.8402594949237514, -0.1726100612357901],
      [990_000, 1e6, -6.412350377483007e-24, -53.393667921028815],
      [2000, 1e6, 0, -985575.5012325846],
      [5e6, 1e6, -4047197.970439798, 0],
      [1, 1e-9, -20.723265837446412, -4.999999996666667e-19],
      [40, 1e-6, -662.9410630089382, 0],
      // Between whole counts: incomplete gamma functions with mpmath.
      [7.5, 2.25, -5.421619247142965, -0.001132015409243608],
    ];
    for (const [count, mean, upper, lower] of exact) {
      expectLog(poissonTail(count, mean).upper, upper);
      expectLog(poissonTail(count, mean).lower, lower);
    }
  });

  test('equals the sum of its terms', () => {
    const mean = fc.double({ min: 0.01, max: 300, noNaN: true });
    const property = fc.property(fc.integer({ min: 0, max: 400 }), mean, (count, expected) => {
      let term = Math.exp(-expected);
      let [lower, upper] = [0, 0];
      for (let k = 0; k < 1500; k++) {
        if (k <= count) lower += term;
        if (k >= count) upper += term;
        term *= expected / (k + 1);
      }
      const tails = poissonTail(count, expected);
      if (lower > 1e-290) expect(Math.exp(tails.lower) / lower).toBeCloseTo(1, 9);
      if (upper > 1e-290) expect(Math.exp(tails.upper) / upper).toBeCloseTo(1, 9);
    });
    fc.assert(property);
  });

  test('the tail of the next count and what is at most this count make up all', () => {
    const mean = fc.double({ min: 1e-3, max: 1e7, noNaN: true });
    const shift = fc.double({ min: -6, max: 6, noNaN: true });
    const property = fc.property(mean, shift, (expected, deviations) => {
      const count = Math.max(0, Math.round(expected + deviations * Math.sqrt(expected)));
      const both =
        Math.exp(poissonTail(count, expected).lower) +
        Math.exp(poissonTail(count + 1, expected).upper);
      expect(both).toBeCloseTo(1, 12);
    });
    fc.assert(property);
  });

  test('nothing comes where nothing is expected', () => {
    expect(poissonTail(0, 0)).toEqual({ upper: 0, lower: 0 });
    expect(poissonTail(1, 0)).toEqual({ upper: Number.NEGATIVE_INFINITY, lower: 0 });
  });

  test('refuses what is no count and no mean', () => {
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => poissonTail(bad, 1)).toThrow(`count is ${bad}, expected a finite number`);
      expect(() => poissonTail(1, bad)).toThrow(`mean is ${bad}, expected a finite number`);
    }
  });
});

describe('binomialTail', () => {
  test('agrees with sums of 40 digits, in the middle and far below the least double', () => {
    // [hits, trials, rate, ln P(at least), ln P(at most)]: term by term with mpmath.
    const exact = [
      [0, 10, 0.5, 0, -6.931471805599453],
      [8, 10, 0.5, -2.906120114864304, -0.010800301350769714],
      [10, 10, 0.5, -6.931471805599453, 0],
      [3, 1000, 0.001, -2.5231152766277525, -0.019108238559218928],
      [60, 1000, 0.01, -61.55795367421431, -2.8610388950683327e-28],
      [900, 1000, 0.5, -371.1164211849318, 0],
      [1e5, 1e6, 0.05, -20660.19979870943, 0],
      [500_500, 1e6, 0.5, -1.839496909910938, -0.1724663641121691],
      [0, 1e6, 0.01, 0, -10050.335853501441],
      [1e6, 1e6, 0.999, -1000.5003335835344, 0],
      [5, 2e6, 1e-9, -35.86220385771072, -8.873597612421482e-20],
      [150, 200, 0.99, 0, -122.00181027701329],
      // Between whole hits: incomplete beta functions with mpmath.
      [2.5, 9.75, 0.125, -1.57138770730436, -0.0569717519808171],
    ];
    for (const [hits, trials, rate, upper, lower] of exact) {
      expectLog(binomialTail(hits, trials, rate).upper, upper);
      expectLog(binomialTail(hits, trials, rate).lower, lower);
    }
  });

  test('equals the sum of its terms', () => {
    const rate = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    const trials = fc.integer({ min: 1, max: 150 });
    const property = fc.property(trials, fc.nat(150), rate, (n, pick, p) => {
      const hits = pick % (n + 1);
      let term = (1 - p) ** n;
      let [lower, upper] = [0, 0];
      for (let k = 0; k <= n; k++) {
        if (k <= hits) lower += term;
        if (k >= hits) upper += term;
        term *= ((n - k) / (k + 1)) * (p / (1 - p));
      }
      const tails = binomialTail(hits, n, p);
      if (lower > 1e-200) expect(Math.exp(tails.lower) / lower).toBeCloseTo(1, 9);
      if (upper > 1e-200) expect(Math.exp(tails.upper) / upper).toBeCloseTo(1, 9);
    });
    fc.assert(property);
  });

  test('hits and misses are two views of one thing', () => {
    const rate = fc.double({ min: 2 ** -10, max: 0.5, noNaN: true });
    const property = fc.property(fc.nat(5000), fc.nat(5000), rate, (hits, misses, p) => {
      const [one, other] = [
        binomialTail(hits, hits + misses, p),
        binomialTail(misses, hits + misses, 1 - p),
      ];
      expect((one.upper - other.lower) / (1 + Math.abs(one.upper))).toBeCloseTo(0, 11);
      expect((one.lower - other.upper) / (1 + Math.abs(one.lower))).toBeCloseTo(0, 11);
    });
    fc.assert(property);
  });

  test('rare hits among many trials are Poisson', () => {
    expect(binomialTail(30, 1e12, 1e-11).upper).toBeCloseTo(poissonTail(30, 10).upper, 8);
    expect(binomialTail(2, 1e12, 1e-11).lower).toBeCloseTo(poissonTail(2, 10).lower, 8);
  });

  test('certainties have tails of 0 and 1', () => {
    const never = Number.NEGATIVE_INFINITY;
    expect(binomialTail(0, 0, 0.5)).toEqual({ upper: 0, lower: 0 });
    expect(binomialTail(0, 5, 0)).toEqual({ upper: 0, lower: 0 });
    expect(binomialTail(1, 5, 0)).toEqual({ upper: never, lower: 0 });
    expect(binomialTail(5, 5, 1)).toEqual({ upper: 0, lower: 0 });
    expect(binomialTail(4, 5, 1)).toEqual({ upper: 0, lower: never });
  });

  test('refuses what is no experiment', () => {
    expect(() => binomialTail(4, 3, 0.5)).toThrow('hits is 4, expected 0 to 3');
    expect(() => binomialTail(-1, 3, 0.5)).toThrow('hits is -1, expected 0 to 3');
    expect(() => binomialTail(1, Number.POSITIVE_INFINITY, 0.5)).toThrow('trials is Infinity');
    for (const bad of [-0.1, 1.1, Number.NaN])
      expect(() => binomialTail(1, 3, bad)).toThrow(`rate is ${bad}, expected 0 to 1`);
  });
});
