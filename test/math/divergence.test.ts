import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jensenShannonBits, kullbackLeiblerBits, outcomeDrift } from '../../src/math/divergence.ts';
import { createRng } from '../../src/math/rng.ts';

const reference = `${process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data'}/anomaly/wasserstein_reference.json`;
const present = existsSync(reference);
if (!present) process.stderr.write(`skipped: there is no ${reference}\n`);

const weight = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e6, noNaN: true }));
/** Two distributions over the same bins. */
const pair = fc
  .integer({ min: 1, max: 30 })
  .chain((bins) => {
    const list = fc.array(weight, { minLength: bins, maxLength: bins });
    return fc.tuple(list, list);
  })
  .filter((lists) => lists.every((list) => list.some((value) => value > 0)));

const normalised = (list: readonly number[]) => {
  const sum = list.reduce((a, b) => a + b, 0);
  return list.map((value) => value / sum);
};

describe('jensenShannonBits and kullbackLeiblerBits', () => {
  test.skipIf(!present)('equal the reference values of SciPy', () => {
    const cases = JSON.parse(readFileSync(reference, 'utf8')).jensen_shannon as {
      name: string;
      p: number[];
      q: number[];
      js_divergence_bits: number;
      kl_p_q: number | 'Infinity';
    }[];
    expect(cases.length).toBeGreaterThan(0);
    for (const { name, p, q, js_divergence_bits: js, kl_p_q: nats } of cases) {
      expect(Math.abs(jensenShannonBits(p, q) - js), name).toBeLessThanOrEqual(1e-12 + 1e-9 * js);
      const kl = Number(nats) / Math.LN2;
      if (kl === Number.POSITIVE_INFINITY) expect(kullbackLeiblerBits(p, q), name).toBe(kl);
      else
        expect(Math.abs(kullbackLeiblerBits(p, q) - kl), name).toBeLessThanOrEqual(
          1e-12 + 1e-9 * kl,
        );
    }
  });

  test('the divergence is the mean of the divergences from the mixture', () => {
    const property = fc.property(pair, ([p, q]) => {
      const [a, b] = [normalised(p), normalised(q)];
      const mixture = a.map((value, i) => (value + b[i]) / 2);
      const slow = (kullbackLeiblerBits(a, mixture) + kullbackLeiblerBits(b, mixture)) / 2;
      expect(jensenShannonBits(p, q)).toBeCloseTo(slow, 11);
    });
    fc.assert(property);
  });

  test('is symmetric to the last bit, between 0 and 1, and 0 for equal distributions', () => {
    const property = fc.property(pair, ([p, q]) => {
      const bits = jensenShannonBits(p, q);
      expect(bits).toBe(jensenShannonBits(q, p));
      expect(bits).toBeGreaterThanOrEqual(0);
      expect(bits).toBeLessThanOrEqual(1);
      expect(jensenShannonBits(p, p)).toBe(0);
      expect(kullbackLeiblerBits(p, p)).toBe(0);
      expect(kullbackLeiblerBits(p, q)).toBeGreaterThanOrEqual(0);
    });
    fc.assert(property);
  });

  test('neither scale nor order of the bins changes them', () => {
    const scale = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    const property = fc.property(pair, scale, fc.nat(), ([p, q], by, seed) => {
      const order = Uint32Array.from(p, (_, i) => i);
      createRng(seed).shuffle(order);
      const otherP = Array.from(order, (i) => p[i] * by);
      const otherQ = Array.from(order, (i) => q[i]);
      expect(jensenShannonBits(otherP, otherQ)).toBeCloseTo(jensenShannonBits(p, q), 11);
      const kl = kullbackLeiblerBits(p, q);
      if (Number.isFinite(kl)) expect(kullbackLeiblerBits(otherP, otherQ)).toBeCloseTo(kl, 10);
    });
    fc.assert(property);
  });

  test('keeps its digits for distributions that are close', () => {
    // For shares (1 ± d) / 2 against even ones the series begins d² / (8 ln 2).
    const d = 1e-6;
    const bits = jensenShannonBits([1 + d, 1 - d], [1, 1]);
    expect(bits / (d ** 2 / (8 * Math.LN2))).toBeCloseTo(1, 8);
  });

  test('what q rules out is infinitely surprising, what p rules out costs nothing', () => {
    expect(kullbackLeiblerBits([1, 1], [1, 0])).toBe(Number.POSITIVE_INFINITY);
    expect(kullbackLeiblerBits([1, 0], [1, 1])).toBe(1);
  });

  test('lists that are no distributions over the same bins are refused', () => {
    for (const divergence of [jensenShannonBits, kullbackLeiblerBits]) {
      expect(() => divergence([1], [1, 2])).toThrow('distributions have 1 and 2 weights');
      expect(() => divergence([], [])).toThrow(RangeError);
      expect(() => divergence([1, 1], [0, 0])).toThrow('sum of 2 weights is 0');
      expect(() => divergence([1, Number.NaN], [1, 1])).toThrow('weight 1 is NaN');
      expect(() => divergence([1, 1], [1, -1])).toThrow('weight 1 is -1');
    }
  });
});

describe('outcomeDrift', () => {
  test('equal tables have the least drift, whatever their scale', () => {
    expect(outcomeDrift([90, 0, 8, 2], [90, 0, 8, 2])).toBe(0.05);
    expect(outcomeDrift([90, 0, 8, 2], [0.9, 0, 0.08, 0.02])).toBe(0.05);
  });

  test('tables with nothing in common have the greatest', () => {
    expect(outcomeDrift([1, 0, 0, 0], [0, 0, 0, 1])).toBe(0.95);
  });

  test('weighs the divergence against the angle', () => {
    // Jensen-Shannon 0.3112781244591328 bits as in the reference values, angle 45 degrees.
    const [divergence, distance] = [0.3112781244591328, 1 - Math.SQRT1_2];
    const drift = (alpha?: number) => outcomeDrift([1, 0, 0, 0], [0.5, 0.5, 0, 0], alpha);
    expect(drift()).toBeCloseTo(0.7 * divergence + 0.3 * distance, 12);
    expect(drift(1)).toBeCloseTo(divergence, 12);
    expect(drift(0)).toBeCloseTo(distance, 12);
  });

  test('grows with the difference', () => {
    const clicksMoved = [0, 10, 20, 40, 80];
    const drifts = clicksMoved.map((moved) =>
      outcomeDrift([90, 0, 9, 1], [90 - moved, 0, 9, 1 + moved]),
    );
    expect(drifts).toEqual([...drifts].sort((a, b) => a - b));
    expect(drifts[4]).toBeGreaterThan(drifts[1]);
  });

  test('tables of another shape, and a weight outside 0 to 1, are refused', () => {
    expect(() => outcomeDrift([1, 2], [1, 2])).toThrow('tables have 2 and 2 cells, expected 4');
    expect(() => outcomeDrift([0, 0, 0, 0], [1, 0, 0, 0])).toThrow(RangeError);
    expect(() => outcomeDrift([1, 0, 0, 0], [1, 0, 0, 0], 1.1)).toThrow('alpha is 1.1');
    expect(() => outcomeDrift([1, 0, 0, 0], [1, 0, 0, 0], Number.NaN)).toThrow('alpha is NaN');
  });
});
