import { expect, test } from 'vitest';
import { createInteractionBuilder } from '../../../src/training/dataset/dataset.ts';
import { describeDataset } from '../../../src/training/dataset/describe-dataset.ts';

const dayMs = 86_400_000;

test('a data set in numbers, by hand', () => {
  const builder = createInteractionBuilder();
  for (const [user, item, day] of [
    ['u', 'a', 0],
    ['u', 'a', 1],
    ['u', 'b', 2],
    ['v', 'a', 4],
  ] as const)
    builder.add({ user, item, session: `${user}${day}`, atMs: day * dayMs });
  builder.addRead({ user: 'v', item: 'b', atMs: 0 });
  const itemAttributes = {
    ...{ ids: ['a', 'b', 'new'], labels: [], numbers: {} },
    ...{ offsets: new Uint32Array(4), codes: new Uint32Array(0) },
  };
  expect(describeDataset({ ...builder.build(), itemAttributes })).toMatchObject({
    ...{ users: 2, items: 2, events: 4, sessions: 4, pairs: 3, density: 3 / 4, spanDays: 4 },
    itemsPerUser: { min: 1, p25: 1, p50: 1, p75: 2, p95: 2, max: 2 },
    usersPerItem: { min: 1, p50: 1, max: 2 },
    // Counts 3 and 1: (2·2 - 2 - 1) · 3/4 + (2·1 - 2 - 1) · 1/4, over 2.
    popularityGini: 0.25,
    ...{ coldItems: 1, coldShare: 1 / 3, reads: 1 },
  });
});

test('nothing is described by zeros', () => {
  expect(describeDataset(createInteractionBuilder().build())).toMatchObject({
    ...{ users: 0, items: 0, density: 0, spanDays: 0, popularityGini: 0, coldShare: 0 },
    itemsPerUser: { min: 0, p50: 0, max: 0 },
  });
});
