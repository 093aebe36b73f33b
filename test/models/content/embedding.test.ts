import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRng } from '../../../src/math/rng.ts';
import { embedding } from '../../../src/models/content/embedding.ts';
import type { ItemTable } from '../../../src/stores/item-table.ts';
import { learn, queryAfter, retrieved, scored } from '../ask.ts';
import { sessionsOf } from '../tiny-sessions.ts';
import { describe, emptyTable } from './described-items.ts';

function tableOf(vectors: Readonly<Record<string, readonly number[]>>): ItemTable {
  const table = emptyTable();
  for (const [id, vector] of Object.entries(vectors)) describe(table, id, at(vector));
  return table;
}
const at = (vector: readonly number[]) => ({ labels: { embedding: vector } });
const open = (table: ItemTable, options = {}) => learn(embedding, sessionsOf(), table, options);
const similarTo = (table: ItemTable, id: string, more = {}) => ({
  ...{ anchor: table.indexOf(id), recent: Int32Array.of(), nowMs: 0 },
  purpose: 'similar' as const,
  ...more,
});
const idsOf = (hits: readonly [string, number][]) => hits.map(([id]) => id);
const line = () => tableOf({ a: [0, 0], b: [1, 0], c: [3, 0], d: [0, 4], e: [10, 0] });

test('an item scores 1 / (1 + d) with the Euclidean distance d, and the anchor nothing', () => {
  const table = line();
  expect(scored(open(table), similarTo(table, 'a'), table)).toEqual({
    a: 0,
    b: 1 / 2,
    c: 1 / 4,
    d: Math.fround(1 / 5),
    e: Math.fround(1 / 11),
  });
  expect(idsOf(retrieved(open(table), similarTo(table, 'a'), { table }))).toEqual([...'bcde']);
});

test('a session is the sum over its items, each once, without them', () => {
  const table = line();
  const scores = scored(open(table), queryAfter(table, 'aba'), table);
  expect(scores).toMatchObject({ a: 0, b: 0 });
  expect(scores.c).toBeCloseTo(1 / 4 + 1 / 3, 6);
  expect(scores.d).toBeCloseTo(1 / 5 + 1 / (1 + Math.sqrt(17)), 6);
  const latest = scored(open(table, { recent: 1 }), queryAfter(table, 'ab'), table);
  expect(latest.c).toBeCloseTo(1 / 3, 6);
});

test('the neighbours of film 1 come in the order of their distance: 1060, 404, 1219', () => {
  // Of 1,682 films these three are made nearest, as clients of Gorse expect of its sample data.
  const { unit } = createRng(7);
  const table = emptyTable();
  const centre = Array.from({ length: 64 }, unit);
  const near: Readonly<Record<number, number>> = { 1: 0, 1060: 0.01, 404: 0.02, 1219: 0.03 };
  for (let id = 1; id <= 1682; id++) {
    const away = near[id] ?? 1 + unit();
    describe(table, String(id), at(centre.map((c, d) => (d === 0 ? c + away : c))));
  }
  const hits = retrieved(open(table), similarTo(table, '1'), { table, limit: 3 });
  expect(idsOf(hits)).toEqual(['1060', '404', '1219']);
  expect(hits[0][1]).toBeCloseTo(1 / 1.01, 4);
});

test('retrieval is exact: the same as sorting all scores', () => {
  const { unit } = createRng(3);
  const table = emptyTable();
  for (let i = 0; i < 2500; i++)
    describe(table, `i${i}`, at(Array.from({ length: 6 }, () => 20 * unit() - 10)));
  const model = open(table, { neighbours: 256 });
  const anyItem = fc.integer({ min: 0, max: 2499 });
  fc.assert(
    fc.property(anyItem, (anchor) => {
      const query = { ...similarTo(table, 'i0'), anchor };
      const hits = retrieved(model, query, { table, limit: 20 });
      const all = Object.values(scored(model, query, table)).sort((a, b) => b - a);
      expect(hits.map(([, score]) => score)).toEqual(all.slice(0, 20));
    }),
    { numRuns: 20 },
  );
});

test('new, changed, hidden and deleted vectors count at once', () => {
  const table = line();
  const model = open(table);
  const near = (id: string) => idsOf(retrieved(model, similarTo(table, id), { table }));
  expect(near('a')).toEqual([...'bcde']);
  describe(table, 'n', at([0.5, 0]));
  expect(near('a')).toEqual([...'nbcde']);
  expect(near('n')).toEqual([...'abcde']);
  describe(table, 'n', at([100, 0]));
  expect(near('a')).toEqual([...'bcden']);
  describe(table, 'b', { ...at([1, 0]), hidden: true });
  table.remove('c');
  expect(near('a')).toEqual([...'den']);
  expect(near('b')).toEqual([...'aden']);
  expect(near('c')).toEqual([]);
  describe(table, 'c', at([3, 0]));
  expect(near('a')).toEqual([...'cden']);
});

test('retrieval stays in scope, so that the items of a rare catalogue fill it', () => {
  const table = line();
  describe(table, 'x', { ...at([50, 0]), catalog: 'rare' });
  describe(table, 'y', { ...at([40, 0]), catalog: 'rare', hidden: true });
  const scope = {
    catalog: table.catalogs.find('rare'),
    categories: Uint16Array.of(),
    every: false,
  };
  const one = { table, limit: 1 };
  const next = queryAfter(table, 'ab', { scope });
  expect(idsOf(retrieved(open(table), similarTo(table, 'a', { scope }), one))).toEqual(['x']);
  expect(idsOf(retrieved(open(table, { neighbours: 1 }), next, one))).toEqual(['x']);
});

test('items without a vector, or with one of another length, are near to nothing', () => {
  const table = line();
  describe(table, 'short', at([1]));
  describe(table, 'bare', {});
  const model = open(table);
  for (const id of ['short', 'bare']) {
    expect(retrieved(model, similarTo(table, id), { table })).toEqual([]);
    expect(scored(model, similarTo(table, 'a'), table)[id]).toBe(0);
  }
  expect(open(emptyTable()).kind).toBe('embedding');
});

test('the same vector again and again is at distance 0 of itself', () => {
  const table = tableOf({ a: [1, 2], b: [1, 2], c: [1, 2] });
  expect(retrieved(open(table), similarTo(table, 'a'), { table })).toEqual([
    ['b', 1],
    ['c', 1],
  ]);
});

test('an explanation tells the share of each item of the session', () => {
  const table = line();
  const paths = open(table).explain!(queryAfter(table, 'ab'), table.indexOf('c'), 9);
  expect(paths.map(({ nodes, share }) => [nodes.map(({ id }) => id).join(), share])).toEqual([
    ['b,c', expect.closeTo(1 / 3 / (1 / 3 + 1 / 4), 6)],
    ['a,c', expect.closeTo(1 / 4 / (1 / 3 + 1 / 4), 6)],
  ]);
  expect(open(table).explain!(queryAfter(table, 'ab'), table.indexOf('a'), 9)).toEqual([]);
});
