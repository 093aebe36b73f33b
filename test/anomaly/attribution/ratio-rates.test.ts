import { describe, expect, test } from 'vitest';
import { leafRates } from '../../../src/anomaly/attribution/ratio-rates.ts';
import { createRng } from '../../../src/math/rng.ts';
import { binomialSample } from './count-samples.ts';

/** A grid of 5 × 40 leaves with so many past trials each, and rates that depend on the first label. */
function grid(trials: number, rateOf: (value: number, leaf: number) => number) {
  const rng = createRng(2);
  const first = Uint32Array.from({ length: 200 }, (_, leaf) => Math.floor(leaf / 40));
  const second = Uint32Array.from({ length: 200 }, (_, leaf) => leaf % 40);
  const pastTrials = new Float64Array(200).fill(trials);
  const pastHits = Float64Array.from(first, (value, leaf) =>
    binomialSample(rng, trials, rateOf(value, leaf)),
  );
  const none = new Float64Array(200);
  const values = [5, 40].map((length) => Array.from({ length }, (_, i) => `${i}`));
  const rates = leafRates(
    { kind: 'ratio', hits: none, trials: none, pastHits, pastTrials },
    { codes: [first, second], values },
  );
  return { ...rates, pastHits };
}

function meanOf(numbers: Float64Array): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

describe('leafRates', () => {
  test('small leaves take the rate of their label value, not that of the whole', () => {
    const { rate } = grid(5, (value) => 0.05 * 2 ** value);
    for (let value = 0; value < 5; value++) {
      const mean = meanOf(rate.subarray(40 * value, 40 * value + 40));
      expect(Math.abs(mean / (0.05 * 2 ** value) - 1)).toBeLessThan(0.3);
    }
  });

  test('leaves that are alike are shrunk to one rate, leaves that differ are believed', () => {
    const alike = grid(100, () => 0.2);
    expect(meanOf(alike.rate.map((rate) => (rate - 0.2) ** 2))).toBeLessThan(0.2 * 0.8 * 0.004);
    const different = grid(100, (_, leaf) => [0.02, 0.4][((leaf * 7) % 11) % 2]);
    const off = different.rate.map((rate, leaf) => Math.abs(rate - different.pastHits[leaf] / 100));
    expect(meanOf(off)).toBeLessThan(0.02);
    expect(alike.strength[0]).toBeGreaterThan(5 * (different.strength[0] - 100));
  });

  test('rates stay within 0 and 1 where nothing or everything hit', () => {
    for (const extreme of [0, 1]) {
      const { rate } = grid(50, () => extreme);
      expect(
        rate.every((value) => value > 0 && value < 1 && Math.abs(value - extreme) < 0.01),
      ).toBe(true);
    }
    const { rate } = grid(0, () => 0.5);
    expect(rate.every((value) => Math.abs(value - 0.5) < 1e-9)).toBe(true);
  });
});
