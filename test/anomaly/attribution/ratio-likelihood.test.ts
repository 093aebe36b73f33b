import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRatioLikelihood } from '../../../src/anomaly/attribution/ratio-likelihood.ts';
import { logGamma } from '../../../src/math/log-gamma.ts';
import { createRng } from '../../../src/math/rng.ts';
import { binomialSample, poissonSample } from './count-samples.ts';

/** Leaves from [hits, trials, pastHits, pastTrials], without labels. */
function likelihoodOf(leaves: readonly (readonly number[])[]) {
  const [hits, trials, pastHits, pastTrials] = [0, 1, 2, 3].map((i) =>
    Float64Array.from(leaves, (leaf) => leaf[i]),
  );
  const measurement = { kind: 'ratio', hits, trials, pastHits, pastTrials } as const;
  return createRatioLikelihood(measurement);
}

/** Leaves of 20 to 400 trials and four times as many before, whose rates are 5 % to 20 %. */
function leavesOf(rng: ReturnType<typeof createRng>, count: number, now = (rate: number) => rate) {
  return Array.from({ length: count }, () => {
    const rate = 0.05 + 0.15 * rng.unit();
    const [trials, pastTrials] = [1, 4].map((ticks) =>
      poissonSample(rng, ticks * 20 * 20 ** rng.unit()),
    );
    return [
      binomialSample(rng, trials, now(rate)),
      trials,
      binomialSample(rng, pastTrials, rate),
      pastTrials,
    ];
  });
}

function sumOf(numbers: Iterable<number>): number {
  return Array.from(numbers).reduce((sum, number) => sum + number, 0);
}

describe('createRatioLikelihood', () => {
  test('its densities are distributions over the hits that the trials of a leaf allow', () => {
    for (const [trials, pastHits, pastTrials] of [
      [1, 3, 10],
      [30, 2, 400],
      [500, 300, 900],
      [40, 0, 0],
    ]) {
      const hits = Array.from({ length: trials + 1 }, (_, h) => h);
      const { normal, broad } = likelihoodOf(hits.map((h) => [h, trials, pastHits, pastTrials]));
      for (const logs of [normal, broad]) {
        const share = hits.map((h) =>
          Math.exp(logs[h] + logGamma(trials + 1) - logGamma(h + 1) - logGamma(trials - h + 1)),
        );
        expect(sumOf(share)).toBeCloseTo(1, 8);
      }
    }
  });

  test('the score of quiet leaves is noise of the size it says, bursts included', () => {
    const rng = createRng(4);
    for (const burst of [1, 4]) {
      const leaves = Array.from({ length: 1500 }, () => {
        const groups = 10 + rng.below(50);
        const hits = burst * binomialSample(rng, groups, 0.2);
        return [hits, burst * groups, 1000, 5000];
      });
      const { score, information } = likelihoodOf(leaves);
      const spread = sumOf(score.map((u, leaf) => (u * u) / information[leaf])) / leaves.length;
      expect([burst, spread > 0.8 && spread < 1.25, spread]).toEqual([burst, true, spread]);
    }
  });

  test.each([0, 0.5, 0.8, 1.5, 3])('finds that rates are %d of what they were', (ratio) => {
    const rng = createRng(7);
    const touched = leavesOf(rng, 60, (rate) => rate * ratio);
    const likelihood = likelihoodOf([...leavesOf(rng, 600), ...touched]);
    const leaves = Uint32Array.from(touched, (_, i) => 600 + i);
    const fitted = new Float64Array(60);
    const effect = likelihood.fit(leaves, 60, fitted);
    expect(Math.abs(effect.ratio - ratio)).toBeLessThan(0.05 + 0.05 * ratio);
    const gain = sumOf(fitted.map((log, i) => log - likelihood.normal[leaves[i]])) - effect.cost;
    expect(gain).toBeGreaterThan(8);
  });

  test('hits and misses are judged alike', () => {
    const rng = createRng(8);
    const leaves = leavesOf(rng, 200);
    const one = likelihoodOf(leaves);
    const other = likelihoodOf(leaves.map(([h, n, past, all]) => [n - h, n, all - past, all]));
    for (let leaf = 0; leaf < 200; leaf++) {
      expect(other.normal[leaf]).toBeCloseTo(one.normal[leaf], 2);
      expect(other.score[leaf]).toBeCloseTo(-one.score[leaf], 1);
    }
  });

  test('a leaf without trials says nothing, one without a past has the rate of the others', () => {
    const past = [10, 100, 400, 4000];
    const { normal, broad, score, information, expected } = likelihoodOf([
      ...Array(20).fill(past),
      [0, 0, 3, 40],
      [10, 100, 0, 0],
    ]);
    for (const column of [normal, broad, score, information]) expect(column[20]).toBe(0);
    expect(expected[21]).toBeCloseTo(10, 1);
  });

  test('stays finite for rates of 0 and 1 and for any counts', () => {
    const counts = fc.tuple(fc.nat(5000), fc.nat(5000), fc.nat(50_000), fc.nat(50_000));
    const leaf = fc.oneof(
      counts.map(([h, m, past, others]) => [h, h + m, past, past + others]),
      fc.constantFrom([0, 0, 0, 0], [5, 5, 50, 50], [0, 500, 0, 9000], [1, 1, 0, 0]),
    );
    const property = fc.property(fc.array(leaf, { minLength: 1, maxLength: 20 }), (leaves) => {
      const likelihood = likelihoodOf(leaves);
      const fitted = new Float64Array(leaves.length);
      const order = Uint32Array.from(leaves, (_, i) => i);
      const { ratio, cost } = likelihood.fit(order, leaves.length, fitted);
      const { normal, broad, score, information } = likelihood;
      for (const column of [normal, broad, score, information, fitted, [ratio, cost]])
        expect([...column].every(Number.isFinite)).toBe(true);
      expect(ratio).toBeGreaterThanOrEqual(0);
      expect(cost).toBeGreaterThan(0);
    });
    fc.assert(property, { numRuns: 60 });
  });
});
