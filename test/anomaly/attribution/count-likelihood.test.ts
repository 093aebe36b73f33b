import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCountLikelihood } from '../../../src/anomaly/attribution/count-likelihood.ts';
import { logGamma } from '../../../src/math/log-gamma.ts';
import { createRng } from '../../../src/math/rng.ts';
import { normalSample, poissonSample } from './count-samples.ts';

/** Leaves from [actual, expected, baseline]. */
function likelihoodOf(leaves: readonly (readonly number[])[]) {
  const [actual, expected, baseline] = [0, 1, 2].map((i) => Float64Array.from(leaves, (l) => l[i]));
  return createCountLikelihood({ kind: 'count', actual, expected, baseline });
}

/** Quiet leaves of 1 to 300 expected events, from twenty ticks of history. */
function quietLeaves(
  rng: ReturnType<typeof createRng>,
  count: number,
  disturb = (mean: number) => mean,
) {
  return Array.from({ length: count }, () => {
    const mean = 300 ** rng.unit();
    const baseline = poissonSample(rng, 20 * mean);
    return [poissonSample(rng, disturb(mean)), baseline / 20, baseline];
  });
}

function sumOf(numbers: Iterable<number>): number {
  return Array.from(numbers).reduce((sum, number) => sum + number, 0);
}

describe('createCountLikelihood', () => {
  test('its densities are distributions over the counts a leaf may have, with the expected mean', () => {
    for (const [expected, baseline] of [
      [0.2, 4],
      [3, 60],
      [40, 800],
    ]) {
      const counts = Array.from({ length: 4000 }, (_, count) => count);
      const { normal, broad } = likelihoodOf(counts.map((count) => [count, expected, baseline]));
      for (const logs of [normal, broad]) {
        const share = counts.map((count) => Math.exp(logs[count] - logGamma(count + 1)));
        expect(sumOf(share)).toBeCloseTo(1, 8);
        const mean = sumOf(share.map((p, count) => p * count));
        if (logs === normal) expect(Math.abs(mean / expected - 1)).toBeLessThan(0.05);
      }
    }
  });

  test('a leaf without history is judged among those that had an event', () => {
    const counts = Array.from({ length: 4000 }, (_, count) => count + 1);
    const known = [50, 50, 1000];
    const { broad, normal, information } = likelihoodOf([known, ...counts.map((k) => [k, 0, 0])]);
    const share = counts.map((k) => Math.exp(broad[k] - logGamma(k + 1)));
    expect(sumOf(share)).toBeCloseTo(1, 8);
    // One event of a leaf that nobody knew is nothing; fifty are.
    const few = likelihoodOf([...quietLeaves(createRng(1), 300), [1, 0, 0], [50, 0, 0]]);
    expect(few.broad[300] - few.normal[300]).toBeLessThan(0.5);
    expect(few.broad[301] - few.normal[301]).toBeGreaterThan(3);
    expect(information[1]).toBeLessThan(0.05);
    expect(normal.every(Number.isFinite)).toBe(true);
  });

  test('a leaf that neither had nor has events says nothing', () => {
    const likelihood = likelihoodOf([
      [5, 5, 100],
      [0, 0, 0],
    ]);
    const fitted = new Float64Array(2);
    likelihood.fit(Uint32Array.of(0, 1), 2, fitted);
    const { normal, broad, score, information } = likelihood;
    for (const column of [normal, broad, score, information, fitted]) expect(column[1]).toBe(0);
  });

  test('the score of quiet leaves is noise of the size it says, bursts and fluctuations included', () => {
    const rng = createRng(3);
    const kinds = {
      plain: (mean: number) => poissonSample(rng, mean),
      bursts: (mean: number) => 4 * poissonSample(rng, mean / 4),
      fluctuations: (mean: number) => poissonSample(rng, mean * Math.exp(0.3 * normalSample(rng))),
    };
    for (const [kind, draw] of Object.entries(kinds)) {
      const leaves = Array.from({ length: 1500 }, () => {
        const mean = 5 * 60 ** rng.unit();
        const baseline = poissonSample(rng, 40 * mean);
        return [draw(mean), baseline / 40, baseline];
      });
      const { score, information } = likelihoodOf(leaves);
      const spread = sumOf(score.map((u, leaf) => (u * u) / information[leaf])) / leaves.length;
      expect([kind, spread > 0.8 && spread < 1.25, spread]).toEqual([kind, true, spread]);
    }
  });

  test.each([0, 0.5, 0.9, 1.2, 3])('finds that counts are %d of what was expected', (ratio) => {
    const rng = createRng(7);
    const touched = quietLeaves(rng, 60, (mean) => mean * ratio);
    const likelihood = likelihoodOf([...quietLeaves(rng, 300), ...touched]);
    const leaves = Uint32Array.from(touched, (_, i) => 300 + i);
    const fitted = new Float64Array(60);
    const effect = likelihood.fit(leaves, 60, fitted);
    expect(Math.abs(effect.ratio - ratio)).toBeLessThan(0.02 + 0.03 * ratio);
    const gain = sumOf(fitted.map((log, i) => log - likelihood.normal[leaves[i]])) - effect.cost;
    expect(gain).toBeGreaterThan(4);
  });

  test('many small leaves show together what none of them shows', () => {
    const rng = createRng(5);
    const small = (ratio: number) =>
      Array.from({ length: 600 }, () => [poissonSample(rng, ratio), 1, 20]);
    const likelihood = likelihoodOf([...small(1), ...small(0.5)]);
    const halved = Uint32Array.from({ length: 600 }, (_, i) => 600 + i);
    const pooled =
      sumOf(Array.from(halved, (l) => likelihood.score[l])) ** 2 /
      (2 * sumOf(Array.from(halved, (l) => likelihood.information[l])));
    const alone = sumOf(Array.from(halved, (l) => likelihood.broad[l] - likelihood.normal[l]));
    expect(alone).toBeLessThan(pooled / 5);
    expect(pooled).toBeGreaterThan(40);
    const fitted = new Float64Array(600);
    const { ratio, cost } = likelihood.fit(halved, 600, fitted);
    expect(ratio).toBeCloseTo(0.5, 1);
    expect(sumOf(fitted.map((log, i) => log - likelihood.normal[600 + i])) - cost).toBeGreaterThan(
      40,
    );
  });

  test('a part of the leaves that goes another way neither moves the effect nor costs much', () => {
    const rng = createRng(9);
    const mean = 100;
    const leaf = (ratio: number) => [poissonSample(rng, mean * ratio), mean, 2000];
    const touched = Array.from({ length: 50 }, (_, i) => leaf(i % 10 === 0 ? 1 : 0.4));
    const likelihood = likelihoodOf([...quietLeaves(rng, 1000), ...touched]);
    const leaves = Uint32Array.from(touched, (_, i) => 1000 + i);
    const fitted = new Float64Array(50);
    likelihood.fit(leaves, 50, fitted);
    const gains = fitted.map((log, i) => log - likelihood.normal[leaves[i]]);
    for (let i = 0; i < 50; i++) {
      if (i % 10 === 0) expect(gains[i]).toBeGreaterThan(-3);
      else expect(gains[i]).toBeGreaterThan(3);
    }
  });

  test('one leaf alone is a cause where it is far off, and gains nothing where it is not', () => {
    const rng = createRng(13);
    const quiet = quietLeaves(rng, 300);
    const gainOf = (actual: number): number => {
      const likelihood = likelihoodOf([...quiet, [actual, 100, 2000]]);
      const fitted = new Float64Array(1);
      const { cost } = likelihood.fit(Uint32Array.of(300), 1, fitted);
      return fitted[0] - likelihood.normal[300] - cost;
    };
    for (const actual of [80, 100, 120]) expect(gainOf(actual)).toBeLessThan(0);
    for (const actual of [0, 10, 300, 2000]) expect(gainOf(actual)).toBeGreaterThan(15);
  });

  test('stays finite and the same whatever the order of the leaves is', () => {
    const number = fc.nat(100_000);
    const leaf = fc
      .tuple(number, fc.oneof(fc.constant(0), number))
      .map(([actual, baseline]) => [actual, baseline / 10, baseline]);
    const property = fc.property(fc.array(leaf, { minLength: 1, maxLength: 30 }), (leaves) => {
      const [one, other] = [likelihoodOf(leaves), likelihoodOf(leaves.toReversed())];
      const order = Uint32Array.from(leaves, (_, i) => i);
      const fitted = [new Float64Array(leaves.length), new Float64Array(leaves.length)];
      const effects = [
        one.fit(order, leaves.length, fitted[0]),
        other.fit(order.toReversed(), leaves.length, fitted[1]),
      ];
      expect(effects[0].ratio).toBeCloseTo(effects[1].ratio, 6);
      for (const column of ['normal', 'broad', 'score', 'information'] as const) {
        expect(one[column].every(Number.isFinite)).toBe(true);
        for (const [leaf, value] of other[column].toReversed().entries())
          expect(Math.abs(value - one[column][leaf])).toBeLessThan(1e-9 * (1 + Math.abs(value)));
      }
      expect(fitted[0].every(Number.isFinite)).toBe(true);
    });
    fc.assert(property, { numRuns: 50 });
  });
});
