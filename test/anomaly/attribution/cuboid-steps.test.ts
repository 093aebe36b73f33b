import { expect, test } from 'vitest';
import { bitCount, cuboidSteps } from '../../../src/anomaly/attribution/cuboid-steps.ts';

test('every cuboid comes once, from one with one label more that is still at hand', () => {
  const widths = [3, 40, 7, 7, 2];
  const at: number[] = [];
  const seen = cuboidSteps(31, widths).map(({ labels, level }) => {
    if (level > 0) expect(bitCount(at[level - 1])).toBe(bitCount(labels) + 1);
    if (level > 0) expect(at[level - 1] & labels).toBe(labels);
    at[level] = labels;
    return labels;
  });
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, set) => set));
});

test('a cuboid is summed from the smallest that holds it', () => {
  const widths = [3, 40, 7, 2];
  const at: number[] = [];
  for (const { labels, level } of cuboidSteps(15, widths)) {
    at[level] = labels;
    if (level === 0) continue;
    const missing = [0, 1, 2, 3].filter((label) => ((labels >> label) & 1) === 0);
    const narrowest = missing.toSorted((a, b) => widths[a] - widths[b])[0];
    expect(at[level - 1]).toBe(labels | (1 << narrowest));
  }
});

test('only the free labels are fixed', () => {
  expect(cuboidSteps(0b1010, [2, 2, 2, 2]).map(({ labels }) => labels)).toEqual(
    expect.arrayContaining([0b1010, 0b1000, 0b0010, 0]),
  );
  expect(cuboidSteps(0b1010, [2, 2, 2, 2])).toHaveLength(4);
});

test('of many labels few are fixed at a time, coarse cuboids first', () => {
  const steps = cuboidSteps(2 ** 12 - 1, new Array(12).fill(5));
  expect(steps).toHaveLength(1 + 12 + 66 + 220);
  const layers = steps.map(({ labels }) => bitCount(labels));
  expect(layers).toEqual(layers.toSorted((a, b) => a - b));
  expect(new Set(steps.map(({ level }) => level))).toEqual(new Set([1]));
});
