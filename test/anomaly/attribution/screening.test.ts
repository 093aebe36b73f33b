import { expect, test } from 'vitest';
import { CuboidKeys } from '../../../src/anomaly/attribution/cuboid-keys.ts';
import { createScreening } from '../../../src/anomaly/attribution/screening.ts';
import { createRng } from '../../../src/math/rng.ts';
import { grid } from '../../bench/attribution/grid.ts';

const table = grid([3, 4, 2]);
const leaves = Uint32Array.from({ length: table.count }, (_, leaf) => leaf);
const valuesOf = (labels: number, leaf: number) =>
  table.codes.map((column, label) => ((labels >> label) & 1 ? column[leaf] : -1)).join();

test('the screening promises what a plain sum over each combination does', () => {
  const rng = createRng(5);
  const column = () => Float64Array.from(leaves, () => 4 * rng.unit());
  const [normal, broad, score, information] = [column(), column(), column(), column()];
  const covered = Uint8Array.from(leaves, (leaf) => (leaf % 5 === 0 ? 1 : 0));
  const likelihood = { normal, broad, score, information, actual: broad, expected: broad };
  const fit = () => ({ ratio: 1, cost: 0 });
  const found = createScreening(table, { ...likelihood, fit }, () => false)(leaves, 7, covered);
  expect(found.length).toBeGreaterThan(10);
  for (const { labels, leaf, promise } of found) {
    const inside = [...leaves].filter(
      (other) => covered[other] === 0 && valuesOf(labels, other) === valuesOf(labels, leaf),
    );
    const sum = (of: (leaf: number) => number) =>
      inside.reduce((total, other) => total + of(other), 0);
    const own = sum((other) => broad[other] - normal[other]);
    const common = sum((other) => score[other]) ** 2 / (2 * sum((other) => information[other]));
    expect(promise).toBeCloseTo(Math.max(own, common), 9);
  }
});

test('combinations are told apart where their number is beyond any dense table', () => {
  const count = 5000;
  const rng = createRng(6);
  const wide = {
    labels: ['a', 'b', 'c'],
    values: [0, 1, 2].map(() => Array.from({ length: count }, (_, value) => `${value}`)),
    count,
    codes: [0, 1, 2].map(() => Uint32Array.from({ length: count }, () => rng.below(70))),
  };
  const all = Uint32Array.from({ length: count }, (_, leaf) => leaf);
  const numbering = new CuboidKeys(wide);
  const size = numbering.number(7, all, count);
  const names = new Map<number, string>();
  for (const leaf of all) {
    const name = wide.codes.map((column) => column[leaf]).join();
    const key = numbering.keys[leaf];
    expect(key).toBeLessThan(size);
    expect(names.get(key) ?? name).toBe(name);
    names.set(key, name);
  }
  expect(names.size).toBe(new Set(names.values()).size);
});
