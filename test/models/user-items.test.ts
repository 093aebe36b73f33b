import { expect, test } from 'vitest';
import { userItems } from '../../src/models/user-items.ts';
import { createInteractionBuilder } from '../../src/training/dataset/dataset.ts';

const dayMs = 86_400_000;

test('sessions of a user are one row, sessions of nobody a row each', () => {
  const builder = createInteractionBuilder();
  builder.add({ item: 'b', session: 's1', user: 'u', atMs: 1 });
  builder.add({ item: 'c', session: 's2', atMs: 2 });
  builder.add({ item: 'a', session: 's3', user: 'u', atMs: 3 });
  builder.add({ item: 'c', user: 'v', atMs: 4 });
  const rows = userItems(builder.build());
  expect(rows.users).toEqual(['u', 'v', undefined]);
  expect([...rows.offsets]).toEqual([0, 2, 3, 4]);
  expect([...rows.codes]).toEqual([0, 1, 2, 2]);
});

test('of several events the weightiest counts, less the older it is', () => {
  const builder = createInteractionBuilder();
  builder.add({ item: 'a', user: 'u', atMs: 0 }, 8);
  builder.add({ item: 'a', user: 'u', atMs: 10 * dayMs }, 1);
  builder.add({ item: 'b', user: 'u', atMs: 20 * dayMs }, 1);
  const interactions = builder.build();
  expect([...userItems(interactions).values]).toEqual([8, 1]);
  expect([...userItems(interactions, { halfLifeDays: 10 }).values]).toEqual([2, 1]);
});

test('nothing becomes a matrix without rows', () => {
  expect(userItems(createInteractionBuilder().build())).toMatchObject({ rows: 0, columns: 0 });
});
