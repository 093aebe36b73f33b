import { expect, test } from 'vitest';
import { createRng } from '../../../src/math/rng.ts';
import { sparseOf, transpose } from '../../../src/math/sparse.ts';
import { createCsrGraph } from '../../../src/models/graph/csr-graph.ts';
import { createImportanceWalks } from '../../../src/models/graph/importance-walks.ts';
import {
  createNeighbourSampler,
  type SamplingRule,
} from '../../../src/models/graph/neighbour-sampler.ts';

const weights = [0.2, 1, 2, 3.5];
const graph = createCsrGraph(
  sparseOf(
    2,
    4,
    weights.map((weight, to) => [1, to, weight]),
  ),
);
const shares = (values: readonly number[]) => {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
};

test.each<[SamplingRule, number[]]>([
  ['uniform', shares([1, 1, 1, 1])],
  ['weighted', shares(weights)],
  ['softmax', shares(weights.map(Math.exp))],
])('%s draws edges as often as it says', (rule, expected) => {
  const sample = createNeighbourSampler(graph, rule);
  const rng = createRng(4);
  const draws = 20_000;
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < draws; i++) counts[sample(1, rng)] += 1;
  const chiSquare = counts.reduce(
    (sum, count, i) => sum + (count - draws * expected[i]) ** 2 / (draws * expected[i]),
    0,
  );
  // The 99.9th percentile with three degrees of freedom.
  expect(chiSquare).toBeLessThan(16.27);
});

test.each<SamplingRule>(['uniform', 'weighted', 'softmax'])(
  '%s draws nothing where there are no edges',
  (rule) => expect(createNeighbourSampler(graph, rule)(0, createRng(1))).toBe(-1),
);

/** Items 0 and 1 share two users, 1 and 2 one; nobody has item 3. */
const users = sparseOf(3, 4, [
  [0, 0, 1],
  [0, 1, 1],
  [1, 0, 1],
  [1, 1, 1],
  [2, 1, 1],
  [2, 2, 1],
]);
const walksOver = (keep: number) =>
  createImportanceWalks(
    4,
    [
      {
        type: 'user',
        toNodes: createCsrGraph(transpose(users)),
        toItems: createCsrGraph(users),
        share: 1,
      },
    ],
    { walks: 3000, length: 1, restart: 0, keep, rule: 'weighted' },
  );

test('the importance of a neighbour is its share of the visits', () => {
  const { offsets, codes, values } = walksOver(10).sample(createRng(2));
  expect([...offsets]).toEqual([0, 1, 3, 4, 4]);
  expect([...codes]).toEqual([1, 0, 2, 1]);
  // From item 1 two of three users lead to 0, with the same chance each.
  expect(values[1]).toBeCloseTo(2 / 3, 1);
  expect(values[1] + values[2]).toBeCloseTo(1, 6);
});

test('walks keep the most visited, are the same for a seed, and tell what they saw', () => {
  const walks = walksOver(1);
  const rows = walks.sample(createRng(2));
  expect([...rows.codes]).toEqual([1, 0, 1]);
  expect(walksOver(1).sample(createRng(2))).toEqual(rows);
  expect([walks.sampledEdgesRatio(), walks.coverageRatio()]).toEqual([1, 0.75]);
});
