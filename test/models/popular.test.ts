import { expect, test } from 'vitest';
import { popular } from '../../src/models/popular.ts';
import { unknownCode } from '../../src/stores/item-scope.ts';
import { learn, queryAfter, retrieved, scored } from './ask.ts';
import { sessionsOf, tableOf } from './tiny-sessions.ts';

test('an event counts half after each half-life', () => {
  const table = tableOf('abc');
  // Session s is on day s: a on day 0 and 2, b on day 1 and 2, the age counted from day 2.
  const model = learn(popular, sessionsOf('a', 'b', 'ab'), table, { halfLifeDays: 1 });
  const { a, b, c } = scored(model, queryAfter(table, ''), table);
  const minute = 2 ** (-1 / 1440);
  expect(a).toBeCloseTo(minute * 1.25, 3);
  expect(b).toBeCloseTo(1.5, 3);
  expect(c).toBe(0);
  expect(retrieved(model, queryAfter(table, ''), { table }).map(([id]) => id)).toEqual(['b', 'a']);
});

test('is the same whatever was clicked', () => {
  const table = tableOf('abc');
  const model = learn(popular, sessionsOf('abc', 'ab'), table);
  expect(scored(model, queryAfter(table, 'c'), table)).toEqual(
    scored(model, queryAfter(table, ''), table),
  );
});

test('equal items stand in order of their index', () => {
  const table = tableOf('cba');
  const model = learn(popular, sessionsOf('a', 'b', 'c'), table, { halfLifeDays: 1e12 });
  expect(retrieved(model, queryAfter(table, ''), { table }).map(([id]) => id)).toEqual([
    'c',
    'b',
    'a',
  ]);
});

test('the most popular of a scope fill the list, and nothing else', () => {
  const table = tableOf('abcd');
  table.upsert({
    ...{ id: 'd', catalog: 'rare', categories: ['k'], attributes: {} },
    ...{ hidden: false, publishedAtMs: 0 },
  });
  const model = learn(popular, sessionsOf('abc', 'abcd', 'ab'), table);
  const code = table.catalogs.find('rare');
  const found = (catalog: number, limit: number) => {
    const scope = { catalog, categories: Uint16Array.of(), every: false };
    return retrieved(model, queryAfter(table, '', { scope }), { table, limit }).map(([id]) => id);
  };
  expect(found(code, 1)).toEqual(['d']);
  expect(found(table.catalogs.find('c'), 10).sort()).toEqual(['a', 'b', 'c']);
  expect(found(unknownCode, 10)).toEqual([]);
});
