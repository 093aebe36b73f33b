import { expect, test } from 'vitest';
import { ratioEstimate } from '../../src/math/ratio-estimate.ts';
import { createRng } from '../../src/math/rng.ts';

test('the example of the documentation holds', () => {
  const { ratio, variance, total, groups } = ratioEstimate([1, 0, 2], [10, 10, 10]);
  expect([ratio, total, groups]).toEqual([0.1, 30, 3]);
  // 3 / 2 · (0² + 1² + 1²) / 30²
  expect(variance).toBeCloseTo(3 / 900, 12);
});

test('groups without anything change nothing', () => {
  expect(ratioEstimate([1, 0, 0, 2, 0], [10, 0, 10, 10, 0])).toEqual(
    ratioEstimate([1, 0, 2], [10, 10, 10]),
  );
});

test('one group tells no variance, and nothing tells no ratio', () => {
  expect(ratioEstimate([3], [10])).toMatchObject({ ratio: 0.3, variance: Number.NaN });
  expect(ratioEstimate([0, 0], [0, 0])).toMatchObject({ ratio: Number.NaN, total: 0, groups: 0 });
});

/** Clicks of keys that each ask `each` times, all with the same luck, in 256 groups; the ratio that comes out. */
function play(seed: number, { keys, each }: { keys: number; each: number }) {
  const rng = createRng(seed);
  const [clicks, requests] = [new Float64Array(256), new Float64Array(256)];
  for (let key = 0; key < keys; key++) {
    const group = rng.below(256);
    requests[group] += each;
    if (rng.unit() < 0.2) clicks[group] += each;
  }
  return ratioEstimate(clicks, requests);
}

test.each([1, 20])(
  'the variance is that of the ratio from run to run, with %d requests of each key',
  (each) => {
    const runs = Array.from({ length: 400 }, (_, seed) => play(seed, { keys: 1000, each }));
    const mean = runs.reduce((sum, { ratio }) => sum + ratio, 0) / runs.length;
    const seen = runs.reduce((sum, { ratio }) => sum + (ratio - mean) ** 2, 0) / (runs.length - 1);
    const told = runs.reduce((sum, { variance }) => sum + variance, 0) / runs.length;
    expect(mean).toBeCloseTo(0.2, 2);
    // One key is one sample, however often it asks.
    expect(seen / ((0.2 * 0.8) / 1000)).toBeCloseTo(1, 0);
    expect(told / seen).toBeGreaterThan(0.85);
    expect(told / seen).toBeLessThan(1.15);
  },
);
