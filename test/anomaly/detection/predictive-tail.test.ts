import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countDivergence,
  divergenceSurprise,
  levelSurprise,
  ratioDivergence,
  type Share,
} from '../../../src/anomaly/detection/predictive-tail.ts';
import { logGamma } from '../../../src/math/log-gamma.ts';
import { binomialTail, poissonTail } from '../../../src/math/tails.ts';

const countSurprise = (now: Share, past: Share) => divergenceSurprise(countDivergence(now, past));
const ratioSurprise = (now: Share, past: Share) => divergenceSurprise(ratioDivergence(now, past));

/** ln of the beta function. */
const logBeta = (a: number, b: number) => logGamma(a) + logGamma(b) - logGamma(a + b);

/** Surprise of at least `hits` among `of` trials, by the sum of the beta-binomial law after a past (Jeffreys). */
function betaBinomial({ hits, of }: Share, past: Share): number {
  const [a, b] = [past.hits + 0.5, past.of - past.hits + 0.5];
  let sum = 0;
  for (let x = hits; x <= of; x++) {
    const ways = logGamma(of + 1) - logGamma(x + 1) - logGamma(of - x + 1);
    sum += Math.exp(ways + logBeta(a + x, b + of - x) - logBeta(a, b));
  }
  return -Math.log10(sum);
}

test('with a long past a count is as surprising as its Poisson tail, rather less than more', () => {
  const mean = fc.double({ min: 0.01, max: 1e5, noNaN: true });
  const factor = fc.double({ min: 0, max: 20, noNaN: true });
  fc.assert(
    fc.property(mean, factor, (mean, factor) => {
      const count = Math.round(mean * factor);
      const { upper, lower } = poissonTail(count, mean);
      const exact = -(count > mean ? upper : lower) / Math.LN10;
      if (!(exact > 2 && exact < 300)) return;
      const surprise = countSurprise({ hits: count, of: 1 }, { hits: mean * 1e9, of: 1e9 });
      expect(surprise - exact).toBeLessThan(0.2);
      expect(surprise - exact).toBeGreaterThan(-2);
    }),
    { numRuns: 500 },
  );
});

test('with a long past hits are as surprising as their binomial tail, rather less than more', () => {
  const rate = fc.double({ min: 1e-4, max: 0.999, noNaN: true });
  const trials = fc.integer({ min: 2, max: 20_000 });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(rate, trials, share, (rate, of, share) => {
      const hits = Math.round(share * of);
      const { upper, lower } = binomialTail(hits, of, rate);
      const exact = -(hits > rate * of ? upper : lower) / Math.LN10;
      if (!(exact > 2 && exact < 300)) return;
      const surprise = ratioSurprise({ hits, of }, { hits: rate * 1e12, of: 1e12 });
      expect(surprise - exact).toBeLessThan(0.2);
      expect(surprise - exact).toBeGreaterThan(-2);
    }),
    { numRuns: 500 },
  );
});

test('a past without a hit is no proof that there never is one', () => {
  for (const past of [20, 200, 2600, 1e5])
    for (const hits of [2, 6, 20]) {
      const now = { hits, of: 20 };
      const exact = betaBinomial(now, { hits: 0, of: past });
      const surprise = ratioSurprise(now, { hits: 0, of: past });
      expect(surprise - exact).toBeLessThan(0.2);
      expect(surprise - exact).toBeGreaterThan(-2.2);
    }
});

test('the shorter the past, the less a value says', () => {
  const count = [1, 10, 100].map((of) => countSurprise({ hits: 9, of: 1 }, { hits: 40 * of, of }));
  expect(count).toEqual(count.toSorted((a, b) => a - b));
  const [short, long] = [50, 5000].map((of) =>
    ratioSurprise({ hits: 9, of: 10 }, { hits: 0.1 * of, of }),
  );
  expect(short).toBeLessThan(long);
});

test('what was to be expected does not diverge', () => {
  expect(countDivergence({ hits: 30, of: 3 }, { hits: 1000, of: 100 })).toBe(0);
  expect(ratioDivergence({ hits: 0, of: 20 }, { hits: 0, of: 2600 })).toBe(0);
  expect(ratioDivergence({ hits: 20, of: 20 }, { hits: 2600, of: 2600 })).toBe(0);
});

test('the tail of a level is that of Student with 4 degrees of freedom', () => {
  // Abramowitz & Stegun, table 26.10: the upper 5 %, 0.5 % and 0.05 % points.
  for (const [t, tail] of [
    [2.132, 0.05],
    [4.604, 0.005],
    [8.61, 0.0005],
  ])
    expect(levelSurprise(t / Math.SQRT2)).toBeCloseTo(-Math.log10(tail), 3);
  expect(levelSurprise(0)).toBeCloseTo(Math.log10(2), 12);
  expect(levelSurprise(Number.POSITIVE_INFINITY)).toBe(levelSurprise(1e4));
});
