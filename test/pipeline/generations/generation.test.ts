import { expect, test } from 'vitest';
import { popular } from '../../../src/models/popular.ts';
import { generationId } from '../../../src/pipeline/generations/generation.ts';
import { createPopularity, followTable } from '../../../src/pipeline/generations/popularity.ts';
import { learn } from '../../models/ask.ts';
import { createShop, createTestClock, shopItem } from '../test-work.ts';

const interactions = {
  items: ['I2', 'I4'],
  offsets: Uint32Array.of(0, 3),
  codes: Uint32Array.of(0, 1, 1),
  atMs: Float64Array.of(1, 2, 3),
};

test('the last rung has the popular items first and the others behind, newest first', () => {
  const table = createShop(6);
  const list = createPopularity(table, createTestClock())(learn(popular, interactions, table))();
  expect([...list].map((item) => table.ids[item])).toEqual(['I4', 'I2', 'I5', 'I3', 'I1', 'I0']);
});

test('without a popular model the newest items come first', () => {
  expect([...createPopularity(createShop(3), createTestClock())(undefined)()]).toEqual([2, 1, 0]);
});

test('what follows a small table is made again at once after a change, and only then', () => {
  const table = createShop(3);
  const sizes = followTable(table, createTestClock(), () => ({ size: table.size }));
  expect(sizes()).toBe(sizes());
  table.upsert(shopItem(3));
  expect(sizes().size).toBe(4);
});

test('what follows a large table is made again after a second', () => {
  const table = createShop(10_001);
  const clock = createTestClock();
  const size = followTable(table, clock, () => table.size);
  size();
  table.upsert(shopItem(10_001));
  expect(size()).toBe(10_001);
  clock.advance(1000);
  expect(size()).toBe(10_002);
});

test('equal ingredients give equal generation ids in whatever order, others do not', () => {
  const slot = (version: string) => ({
    model: { ...learn(popular, interactions, createShop(6)), version },
  });
  const id = (changes: object = {}) =>
    generationId({
      settings: { works: {}, segments: ['gold'], models: {} },
      models: new Map([
        ['a', slot('1')],
        ['b', slot('2')],
      ]),
      versions: { 'table x': '1', 'table y': '2' },
      ...changes,
    });
  const others = [
    { settings: { works: {}, segments: [], models: {} } },
    { models: new Map([['a', slot('1')]]) },
    {
      models: new Map([
        ['a', slot('3')],
        ['b', slot('2')],
      ]),
    },
    { versions: { 'table x': '2', 'table y': '2' } },
  ];
  expect(id()).toMatch(/^[0-9a-f]{10}$/);
  expect(id({ versions: { 'table y': '2', 'table x': '1' } })).toBe(id());
  expect(
    id({
      models: new Map([
        ['b', slot('2')],
        ['a', slot('1')],
      ]),
    }),
  ).toBe(id());
  expect(new Set([id(), ...others.map(id)]).size).toBe(others.length + 1);
});
