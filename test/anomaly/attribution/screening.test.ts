import { expect, test } from 'vitest';
import { CuboidKeys } from '../../../src/anomaly/attribution/cuboid-keys.ts';
import { Screening } from '../../../src/anomaly/attribution/screening.ts';
import { createRng } from '../../../src/math/rng.ts';
import { grid } from '../../bench/attribution/grid.ts';

const table = grid([3, 4, 2]);
const leaves = Uint32Array.from({ length: table.count }, (_, leaf) => leaf);
const valuesOf = (labels: number, leaf: number) =>
  table.codes.map((column, label) => ((labels >> label) & 1 ? column[leaf] : -1)).join();

const rng = createRng(5);
const column = () => Float64Array.from(leaves, () => 4 * rng.unit());
const likelihood = {
  normal: column(),
  broad: column(),
  score: column(),
  information: column(),
  actual: column(),
  expected: column(),
  fit: () => ({ ratio: 1, cost: 0 }),
};
const everyThird = Uint8Array.from(leaves, (leaf) => (leaf % 3 === 0 ? 1 : 0));
const everyFifth = Uint8Array.from(leaves, (leaf) => (leaf % 5 === 0 ? 1 : 0));
const screening = () => new Screening(table, likelihood, () => false);

test('the screening promises what a plain sum over each combination does', () => {
  const found = screening().list(leaves, 7, everyFifth);
  expect(found.length).toBeGreaterThan(10);
  expect(new Set(found.map(({ labels }) => labels))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
  const { normal, broad, score, information } = likelihood;
  for (const { labels, leaf, promise, choices } of found) {
    const open = [...leaves].filter((other) => everyFifth[other] === 0);
    const inside = open.filter((other) => valuesOf(labels, other) === valuesOf(labels, leaf));
    const sum = (of: (leaf: number) => number) =>
      inside.reduce((total, other) => total + of(other), 0);
    const own = sum((other) => broad[other] - normal[other]);
    const common = sum((other) => score[other]) ** 2 / (2 * sum((other) => information[other]));
    expect(promise).toBeCloseTo(Math.max(own, common), 9);
    expect(choices).toBe(Math.log(new Set(open.map((other) => valuesOf(labels, other))).size));
  }
});

test('a screening that was used before answers as a new one', () => {
  const used = screening();
  const inside = leaves.filter((leaf) => table.codes[0][leaf] === 1);
  for (const [among, free, covered] of [
    [leaves, 7, everyThird],
    [inside, 6, everyThird],
    [leaves, 7, everyFifth],
    [leaves, 3, everyFifth],
    [leaves.slice(0, 20), 7, everyFifth],
    [leaves, 7, everyThird],
  ] as const)
    expect(used.list(among, free, covered)).toEqual(screening().list(among, free, covered));
});

test('where every leaf has a cause nothing is left to screen', () => {
  expect(screening().list(leaves, 7, new Uint8Array(table.count).fill(1))).toEqual([]);
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
