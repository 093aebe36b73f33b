import { expect, test } from 'vitest';
import { latest } from '../../src/models/latest.ts';
import { type ItemScope, unknownCode } from '../../src/stores/item-scope.ts';
import type { ItemTable } from '../../src/stores/item-table.ts';
import { learn, queryAfter, retrieved, scored } from './ask.ts';
import { addItem, sessionsOf, tableOf } from './tiny-sessions.ts';

const dayMs = 86_400_000;

test('the score halves after the half-life, and the future counts as now', () => {
  const table = tableOf('abc');
  const model = learn(latest, sessionsOf(), table, { halfLifeDays: 1 });
  const query = queryAfter(table, '', { nowMs: dayMs });
  expect(scored(model, query, table)).toEqual({ a: 0.5, b: 1, c: 1 });
  expect(retrieved(model, query, { table })).toEqual([
    ['c', 1],
    ['b', 1],
    ['a', 0.5],
  ]);
});

test('new items come in and hidden ones go within a second', () => {
  const table = tableOf('ab');
  const model = learn(latest, sessionsOf(), table);
  const ids = (nowMs: number) =>
    retrieved(model, queryAfter(table, '', { nowMs }), { table }).map(([id]) => id);
  expect(ids(5000)).toEqual(['b', 'a']);
  addItem(table, 'new', 9 * dayMs);
  table.remove('b');
  expect(ids(5999)).toEqual(['b', 'a']);
  expect(ids(6000)).toEqual(['new', 'a']);
});

test('scores of retrieved items grow old with the clock though the table stands still', () => {
  const table = tableOf('a');
  const model = learn(latest, sessionsOf(), table, { halfLifeDays: 1 });
  const score = (nowMs: number) => retrieved(model, queryAfter(table, '', { nowMs }), { table });
  expect(score(0)).toEqual([['a', 1]]);
  expect(score(999)).toEqual([['a', 1]]);
  expect(score(dayMs)).toEqual([['a', 0.5]]);
});

const scopeOf = (table: ItemTable, catalog: string): ItemScope => {
  const code = table.catalogs.find(catalog);
  return { catalog: code < 0 ? unknownCode : code, categories: Uint16Array.of(), every: false };
};

test('the items of a small catalogue fill the list, newest first, however many others are newer', () => {
  const table = tableOf('');
  for (let i = 0; i < 5000; i++) addItem(table, `new${i}`, 100 * dayMs + i);
  for (const [i, id] of ['old', 'older', 'oldest', 'hidden'].entries())
    table.upsert({
      ...{ id, catalog: 'rare', categories: [], attributes: {} },
      ...{ hidden: id === 'hidden', publishedAtMs: -i * dayMs },
    });
  const model = learn(latest, sessionsOf(), table, { halfLifeDays: 1 });
  const found = (catalog: string, limit: number) =>
    retrieved(model, queryAfter(table, '', { scope: scopeOf(table, catalog) }), { table, limit });
  expect(found('rare', 10)).toEqual([
    ['old', 1],
    ['older', 0.5],
    ['oldest', Math.fround(1 / 3)],
  ]);
  expect(found('rare', 2).map(([id]) => id)).toEqual(['old', 'older']);
  expect(found('c', 2).map(([id]) => id)).toEqual(['new4999', 'new4998']);
  expect(found('nowhere', 10)).toEqual([]);
});

test('within a scope the table is followed at once', () => {
  const table = tableOf('ab');
  const model = learn(latest, sessionsOf(), table);
  const ids = () =>
    retrieved(model, queryAfter(table, '', { scope: scopeOf(table, 'c') }), { table }).map(
      ([id]) => id,
    );
  expect(ids()).toEqual(['b', 'a']);
  addItem(table, 'new', 9 * dayMs);
  table.remove('b');
  expect(ids()).toEqual(['new', 'a']);
});
