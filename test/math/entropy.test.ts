import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EntropyCounter, entropyBits, weightSum } from '../../src/math/entropy.ts';
import { createRng } from '../../src/math/rng.ts';

const reference = `${process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data'}/anomaly/wasserstein_reference.json`;
const present = existsSync(reference);
if (!present) process.stderr.write(`skipped: there is no ${reference}\n`);

const weights = fc
  .array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 })
  .filter((list) => list.some((weight) => weight > 1e-300));

/** The textbook formula. */
function slowEntropy(list: readonly number[]): number {
  const sum = list.reduce((a, b) => a + b, 0);
  return list
    .map((weight) => weight / sum)
    .filter((p) => p > 0)
    .reduce((bits, p) => bits - p * Math.log2(p), 0);
}

describe('entropyBits', () => {
  test.skipIf(!present)('equals the reference values of SciPy', () => {
    const { entropy } = JSON.parse(readFileSync(reference, 'utf8')) as {
      entropy: { name: string; p: number[]; entropy_bits: number }[];
    };
    expect(entropy.length).toBeGreaterThan(0);
    for (const { name, p, entropy_bits: bits } of entropy)
      expect(Math.abs(entropyBits(p) - bits), name).toBeLessThanOrEqual(1e-12 + 1e-9 * bits);
  });

  test('is exact for powers of two and for a point', () => {
    expect(entropyBits([1, 1, 1, 1])).toBe(2);
    expect(entropyBits([0.5, 0.25, 0.125, 0.125])).toBe(1.75);
    expect(entropyBits([0, 7, 0])).toBe(0);
  });

  test('keeps its digits where one weight is nearly all', () => {
    // With 30 digits (mpmath): 4.1305832179496727e-11; the textbook formula has five of them right.
    expect(entropyBits([1e-12, 1]) / 4.130583217949673e-11).toBeCloseTo(1, 14);
  });

  test('equals the textbook formula, and lies between 0 and log2 of the number of weights', () => {
    const property = fc.property(weights, (list) => {
      const bits = entropyBits(list);
      expect(bits).toBeCloseTo(slowEntropy(list), 11);
      expect(bits).toBeGreaterThanOrEqual(0);
      expect(bits).toBeLessThanOrEqual(Math.log2(list.length) + 1e-12);
    });
    fc.assert(property);
  });

  test('neither scale, nor order, nor empty bins change it', () => {
    const scale = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    const property = fc.property(weights, scale, fc.nat(), (list, by, seed) => {
      const order = Uint32Array.from(list, (_, i) => i);
      createRng(seed).shuffle(order);
      const other = [0, ...Array.from(order, (i) => list[i] * by), 0];
      expect(entropyBits(other)).toBeCloseTo(entropyBits(list), 11);
    });
    fc.assert(property);
  });

  test('refuses what is no distribution, and says what it got', () => {
    expect(() => entropyBits([])).toThrow('sum of 0 weights is 0, expected positive and finite');
    expect(() => entropyBits([0, 0])).toThrow('sum of 2 weights is 0');
    expect(() => entropyBits([1, -1e-9])).toThrow('weight 1 is -1e-9');
    expect(() => entropyBits([Number.NaN])).toThrow('weight 0 is NaN');
    expect(() => entropyBits([1, Number.POSITIVE_INFINITY])).toThrow('weight 1 is Infinity');
    expect(() => weightSum([1e308, 1e308])).toThrow(RangeError);
  });
});

describe('EntropyCounter', () => {
  test('equals recomputation after every change of a random history', () => {
    const change = fc.record({ bin: fc.nat(11), remove: fc.boolean(), times: fc.nat(300) });
    const property = fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const counter = new EntropyCounter(12);
      const counts = new Array<number>(12).fill(0);
      for (const { bin, remove, times } of changes) {
        for (let i = 0; i < (remove ? Math.min(times, counts[bin]) : times); i++) {
          if (remove) counter.remove(bin);
          else counter.add(bin);
        }
        counts[bin] = remove ? Math.max(0, counts[bin] - times) : counts[bin] + times;
        const total = counts.reduce((a, b) => a + b, 0);
        expect(counter.total).toBe(total);
        expect(Math.abs(counter.bits - (total > 0 ? entropyBits(counts) : 0))).toBeLessThan(1e-12);
      }
    });
    fc.assert(property, { numRuns: 60 });
  });

  test('does not drift over half a million changes', () => {
    const rng = createRng(3);
    const counter = new EntropyCounter(19);
    const counts = new Float64Array(19);
    for (let i = 0; i < 500_000; i++) {
      const bin = rng.below(19);
      if (rng.unit() < 0.45 && counts[bin] > 0) {
        counter.remove(bin);
        counts[bin] -= 1;
      } else {
        counter.add(bin);
        counts[bin] += 1;
      }
    }
    for (const [bin, count] of counts.entries())
      for (let left = count; left > bin % 3; left--) counter.remove(bin);
    const left = Array.from(counts, (count, bin) => Math.min(count, bin % 3));
    expect(Math.abs(counter.bits - entropyBits(left))).toBeLessThan(1e-13);
  });

  test('one occupied bin has entropy 0 exactly, and so has an empty counter', () => {
    const counter = new EntropyCounter(4);
    expect([counter.bits, counter.total]).toEqual([0, 0]);
    for (let i = 0; i < 1000; i++) {
      counter.add(2);
      expect(counter.bits).toBe(0);
    }
    counter.add(1);
    expect(counter.bits).toBeGreaterThan(0);
    counter.remove(1);
    expect(counter.bits).toBe(0);
    counter.clear();
    expect([counter.bits, counter.total]).toEqual([0, 0]);
    counter.add(0);
    counter.add(1);
    expect(counter.bits).toBe(1);
  });

  test('refuses bins that do not exist and removals from an empty bin', () => {
    const counter = new EntropyCounter(2);
    expect(() => counter.add(2)).toThrow('bin is 2, expected 0 to 1');
    expect(() => counter.add(-1)).toThrow(RangeError);
    expect(() => counter.remove(0.5)).toThrow(RangeError);
    expect(() => counter.remove(0)).toThrow('bin 0 holds 0');
    expect([counter.total, counter.bits]).toEqual([0, 0]);
    expect(() => new EntropyCounter(0)).toThrow('bins is 0');
  });
});
