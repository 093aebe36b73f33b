import fc from 'fast-check';
import { expect, test } from 'vitest';
import { confidenceSequence } from '../../src/math/confidence-sequence.ts';
import { createRng } from '../../src/math/rng.ts';

const evidenceOf = (alpha: number) => -2 * Math.log(alpha);
/** ρ² as the paper has it for the tightest interval at a number of samples. */
const rho2 = (alpha: number, at: number) =>
  (evidenceOf(alpha) + Math.log(evidenceOf(alpha) + 1)) / at;

/**
 * Where the mixture likelihood ratio reaches 1 / alpha, by adding up the normal mixture over effects in small steps and
 * halving: what the closed formula solves.
 */
function slowRadius(variance: number, samples: number, alpha: number, tightestAt: number): number {
  const tau2 = rho2(alpha, tightestAt) * variance * samples;
  const reach = 12 * Math.sqrt(tau2);
  const step = Math.sqrt(Math.min(variance, tau2)) / 50;
  const ratio = (estimate: number) => {
    let sum = 0;
    for (let theta = -reach; theta <= reach; theta += step) {
      const prior = Math.exp(-(theta ** 2) / (2 * tau2)) / Math.sqrt(2 * Math.PI * tau2);
      sum += prior * Math.exp((estimate * theta - theta ** 2 / 2) / variance) * step;
    }
    return sum;
  };
  let [low, high] = [0, 20 * Math.sqrt(variance)];
  for (let halving = 0; halving < 50; halving++) {
    const middle = (low + high) / 2;
    if (ratio(middle) < 1 / alpha) low = middle;
    else high = middle;
  }
  return low;
}

const radiusOf = (...given: Parameters<typeof confidenceSequence>) => {
  const { low, high } = confidenceSequence(...given);
  return (high - low) / 2;
};

test('the example of the documentation holds', () => {
  const { value, low, high } = confidenceSequence({ value: 0.1, variance: 1e-5, samples: 9000 });
  expect([value, low, high].map((bound) => Number(bound.toFixed(4)))).toEqual([
    0.1, 0.0904, 0.1096,
  ]);
});

test.each([
  [1e-4, 100, 0.05, 10_000],
  [1e-4, 10_000, 0.05, 10_000],
  [0.3, 2000, 0.01, 500],
  [7, 50_000, 0.2, 10_000],
])(
  'variance %d of %d samples is where the mixture likelihood ratio reaches its bound',
  (variance, samples, alpha, tightestAt) => {
    const slow = slowRadius(variance, samples, alpha, tightestAt);
    expect(radiusOf({ value: 0, variance, samples }, { alpha, tightestAt }) / slow).toBeCloseTo(
      1,
      3,
    );
  },
);

test('it is tightest where it is told to be', () => {
  const estimate = { value: 0, variance: 1, samples: 3000 };
  const least = radiusOf(estimate, { tightestAt: 3000 });
  for (const tightestAt of [10, 300, 1000, 9000, 30_000, 1_000_000])
    expect(radiusOf(estimate, { tightestAt })).toBeGreaterThan(least);
});

/** Whether `looks` at fair coins, one after each of `flips` groups of tosses, ever leave the truth outside. */
function everWrong(seed: number, isOutside: (heads: number, tosses: number) => boolean): boolean {
  const rng = createRng(seed);
  let heads = 0;
  for (let tosses = 1; tosses <= 4000; tosses++) {
    heads += rng.bits() & 1;
    if (tosses >= 100 && isOutside(heads, tosses)) return true;
  }
  return false;
}

test('looked at after every sample it misses the truth in under 5 % of all runs; the usual interval does in most', () => {
  const runs = 400;
  const estimateOf = (heads: number, tosses: number) => {
    const value = heads / tosses;
    return { value, variance: (value * (1 - value)) / tosses, samples: tosses };
  };
  let [sequential, usual] = [0, 0];
  for (let seed = 0; seed < runs; seed++) {
    if (
      everWrong(seed, (heads, tosses) => {
        const { low, high } = confidenceSequence(estimateOf(heads, tosses), { tightestAt: 1000 });
        return low > 0.5 || high < 0.5;
      })
    )
      sequential += 1;
    const isOutside = (heads: number, tosses: number) => {
      const { value, variance } = estimateOf(heads, tosses);
      return Math.abs(value - 0.5) > 1.96 * Math.sqrt(variance);
    };
    if (everWrong(seed, isOutside)) usual += 1;
  }
  expect(sequential / runs).toBeLessThan(0.05);
  expect(usual / runs).toBeGreaterThan(0.3);
});

test('it holds the value, grows with the variance and with confidence, and is symmetric', () => {
  const variance = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
  const samples = fc.integer({ min: 1, max: 1_000_000_000 });
  const alpha = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
  fc.assert(
    fc.property(variance, samples, alpha, (variance, samples, alpha) => {
      const estimate = { value: 0, variance, samples };
      const radius = radiusOf(estimate, { alpha, tightestAt: 100 });
      const { low, high } = confidenceSequence(estimate, { alpha, tightestAt: 100 });
      expect(low).toBe(-high);
      expect(radius).toBeGreaterThan(0);
      const wide = radiusOf({ ...estimate, variance: 4 * variance }, { alpha, tightestAt: 100 });
      expect(wide / radius).toBeCloseTo(2, 9);
      expect(radius).toBeGreaterThan(1.5 * Math.sqrt(variance) * (alpha < 0.05 ? 1 : 0));
    }),
  );
});

test('what is no estimate is refused', () => {
  const good = { value: 0, variance: 1, samples: 10 };
  for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => confidenceSequence({ ...good, variance: wrong })).toThrow('variance is');
  for (const wrong of [0, -5, Number.NaN])
    expect(() => confidenceSequence({ ...good, samples: wrong })).toThrow('samples are');
  for (const wrong of [0, 1, -1, Number.NaN])
    expect(() => confidenceSequence(good, { alpha: wrong })).toThrow('alpha is');
});
