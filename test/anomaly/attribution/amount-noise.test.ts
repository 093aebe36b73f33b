import { expect, test } from 'vitest';
import { findAmountNoise } from '../../../src/anomaly/attribution/amount-noise.ts';
import { createRng } from '../../../src/math/rng.ts';
import { normal } from '../../bench/attribution/normal.ts';

/** Relative differences of 10,000 amounts with 20 % noise, of which a share is moved. */
function differences(share: number, moved: (leaf: number) => number) {
  const rng = createRng(3);
  return new Float64Array(10_000).map((_, leaf) => {
    const noise = Math.max(-1, 0.2 * normal(rng));
    const scattered = (leaf % 2 === 0 ? 1 : -1) * ((2 * noise) / (2 + noise));
    return rng.unit() < share ? moved(leaf) : scattered;
  });
}

test('the noise is that of the leaves that nothing happened to', () => {
  for (const share of [0, 0.02, 0.3, 0.5]) {
    for (const away of [-2, 1.5]) {
      const { scale } = findAmountNoise(differences(share, () => away));
      expect([share, away, Math.abs(scale / 0.2 - 1) < 0.1, scale]).toEqual([
        share,
        away,
        true,
        scale,
      ]);
    }
  }
});

test('leaves that were moved both ways change it little', () => {
  const { scale } = findAmountNoise(differences(0.1, (leaf) => (leaf % 3 === 0 ? -2 : 2)));
  expect(Math.abs(scale / 0.2 - 1)).toBeLessThan(0.1);
});

test('where all were moved alike the noise is that about the place they were moved to', () => {
  const { scale } = findAmountNoise(differences(0, () => 0).map((d) => Math.min(2, 1.2 + d / 4)));
  expect(scale).toBeGreaterThan(0.04);
  expect(scale).toBeLessThan(0.06);
});

test('nothing known and nothing scattered have the least noise', () => {
  const least = { scale: 0.005, tail: 0.005 };
  expect(findAmountNoise(new Float64Array(20).fill(Number.NaN))).toEqual(least);
  expect(findAmountNoise(new Float64Array(500)).scale).toBe(0.005);
});
