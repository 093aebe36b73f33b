import { expect, test } from 'vitest';
import { tags } from '../../../src/models/content/tags.ts';
import { ItemTable } from '../../../src/stores/item-table.ts';
import { learn, queryAfter, retrieved, scored } from '../ask.ts';
import { sessionsOf } from '../tiny-sessions.ts';
import { describe } from './described-items.ts';

/** Letters with the genres that stand behind them. */
function tableOf(genres: Readonly<Record<string, readonly string[]>>): ItemTable {
  const table = new ItemTable();
  for (const [id, genre] of Object.entries(genres)) describe(table, id, { labels: { genre } });
  return table;
}
const open = (table: ItemTable, options = {}) => learn(tags, sessionsOf(), table, options);
const similar = (table: ItemTable, clicks: string, more = {}) =>
  queryAfter(table, clicks, { purpose: 'similar', ...more });
/** ln(1 + N / frequency) of five items. */
const idf = (frequency: number) => Math.log(1 + 5 / frequency);

const films = () =>
  tableOf({
    a: ['war', 'drama'],
    b: ['war'],
    c: ['drama', 'war'],
    d: ['drama'],
    e: ['comedy'],
  });

test('items score the sum of the inverse document frequencies of the labels they share', () => {
  const table = films();
  const scores = scored(open(table), similar(table, 'a'), table);
  expect(scores).toEqual({
    a: 0,
    b: expect.closeTo(idf(3), 6),
    c: expect.closeTo(2 * idf(3), 6),
    d: expect.closeTo(idf(3), 6),
    e: 0,
  });
});

test('a session is the sum over its items, each once, without them', () => {
  const table = films();
  const scores = scored(open(table), queryAfter(table, 'bdb'), table);
  expect(scores).toMatchObject({ b: 0, d: 0, e: 0 });
  expect(scores.a).toBeCloseTo(2 * idf(3), 6);
  expect(scores.c).toBeCloseTo(2 * idf(3), 6);
});

test('only so many of the latest items of a session count', () => {
  const table = films();
  const scores = scored(open(table, { recent: 1 }), queryAfter(table, 'eb'), table);
  expect(scores).toEqual(scored(open(table), queryAfter(table, 'b'), table));
});

test('a column chooses labels by name, with what lies below it', () => {
  const table = new ItemTable();
  const labels = { genre: 'war', brand: { name: 'Acme', country: 'it' } };
  describe(table, 'a', { labels, categories: ['k'], attributes: { colour: 'red' } });
  describe(table, 'b', { labels: { genre: 'war' } });
  describe(table, 'c', { labels: { brand: { country: 'it' } } });
  describe(table, 'd', { categories: ['k'] });
  describe(table, 'e', { attributes: { colour: 'red' } });
  describe(table, 'f', { labels: { brands: 'Acme', genres: 'war' } });
  const found = (column?: string) =>
    retrieved(open(table, column === undefined ? {} : { column }), similar(table, 'a'), {
      table,
    }).map(([id]) => id);
  expect(found('genre')).toEqual(['b']);
  expect(found('brand')).toEqual(['c']);
  expect(found('brand.country')).toEqual(['c']);
  expect(found('category')).toEqual(['d']);
  expect(found('colour')).toEqual(['e']);
  expect(found('size')).toEqual([]);
  expect(found()).toEqual(['b', 'c', 'd', 'e']);
});

test('a label that nearly all items have says nothing', () => {
  const genres = Object.fromEntries([...'abcdefghij'].map((id) => [id, ['all', `${id > 'c'}`]]));
  const table = tableOf(genres);
  const found = (maxShare: number) =>
    retrieved(open(table, { maxShare }), similar(table, 'a'), { table }).map(([id]) => id);
  expect(found(0.8)).toEqual(['b', 'c']);
  expect(found(1)).toHaveLength(9);
});

test('in a small catalogue a new item has neighbours and is one at once', () => {
  const table = films();
  const model = open(table);
  const near = (id: string) =>
    retrieved(model, similar(table, id), { table }).map(([found]) => found);
  expect(near('e')).toEqual([]);
  describe(table, 'n', { labels: { genre: ['comedy', 'war'] } });
  expect(near('n')).toEqual(['e', 'a', 'b', 'c']);
  expect(near('e')).toEqual(['n']);
});

test('in a large catalogue a new item has neighbours at once, and is one after a second', () => {
  const table = films();
  for (let i = 0; i < 3000; i++) describe(table, `other${i}`);
  const model = open(table);
  const near = (id: string, nowMs: number) =>
    retrieved(model, similar(table, id, { nowMs }), { table }).map(([found]) => found);
  expect(near('e', 0)).toEqual([]);
  describe(table, 'n', { labels: { genre: ['comedy', 'war'] } });
  expect(near('n', 1)).toEqual(['e', 'a', 'b', 'c']);
  expect(near('e', 999)).toEqual([]);
  expect(near('e', 1000)).toEqual(['n']);
});

test('hidden and deleted items are not found, and hidden ones have neighbours', () => {
  const table = films();
  const model = open(table);
  const near = (id: string) =>
    retrieved(model, similar(table, id), { table }).map(([found]) => found);
  expect(near('a')).toEqual(['c', 'b', 'd']);
  table.remove('c');
  describe(table, 'b', { labels: { genre: ['war'] }, hidden: true });
  expect(near('a')).toEqual(['d']);
  expect(near('b')).toEqual(['a']);
});

test('retrieval stays in scope, so that the items of a rare catalogue fill it', () => {
  const table = films();
  describe(table, 'x', { labels: { genre: ['drama'] }, catalog: 'rare' });
  const scope = {
    catalog: table.catalogs.find('rare'),
    categories: Uint16Array.of(),
    every: false,
  };
  const query = similar(table, 'a', { scope });
  expect(retrieved(open(table), query, { table, limit: 1 }).map(([id]) => id)).toEqual(['x']);
});

test('the labels that count stay within the work of a query, rare ones first', () => {
  const table = new ItemTable();
  for (let i = 0; i < 3000; i++)
    describe(table, `i${i}`, { categories: i % 2 === 0 ? ['even'] : ['odd'] });
  for (const id of ['r0', 'r1']) describe(table, id, { categories: ['even', 'rare'] });
  const model = open(table, { work: 1000 });
  const query = { anchor: table.indexOf('r0'), recent: Int32Array.of(), nowMs: 0 };
  const scores = Object.entries(scored(model, { ...query, purpose: 'similar' }, table));
  expect(scores.filter(([, score]) => score > 0)).toHaveLength(1 + 998);
  expect(retrieved(model, { ...query, purpose: 'similar' }, { table })[0][0]).toBe('r1');
});

test('odd labels are taken as they are: none, repeated, numbers, deep and very many', () => {
  const table = new ItemTable();
  const many = Array.from({ length: 3000 }, (_, i) => `t${i}`);
  describe(table, 'a', { labels: ['x', 'x', 'x'], categories: ['k', 'k'] });
  describe(table, 'b', { labels: 'x' });
  describe(table, 'c', { labels: { a: { b: { c: 5 } }, tags: many, vector: [1, 2] } });
  describe(table, 'd', { labels: { a: { b: { c: 5 } } } });
  describe(table, 'e', { labels: null });
  describe(table, 'f', {});
  const near = (id: string) =>
    retrieved(open(table), similar(table, id), { table }).map(([found]) => found);
  expect(Object.fromEntries([...'abcdef'].map((id) => [id, near(id)]))).toEqual({
    ...{ a: ['b'], b: ['a'], c: ['d'], d: ['c'], e: [], f: [] },
  });
});

test('labels for which the table has no code left do not make items alike', () => {
  const table = new ItemTable();
  for (let i = 0; i < 66; i++)
    describe(table, `i${i}`, { labels: Array.from({ length: 1000 }, (_, l) => `${i}-${l}`) });
  const query = { anchor: 65, recent: Int32Array.of(), nowMs: 0, purpose: 'similar' as const };
  expect(retrieved(open(table), query, { table })).toEqual([]);
});

test('an explanation names the labels that both have, with their share of the score', () => {
  const table = new ItemTable();
  describe(table, 'a', { labels: { genre: ['war', 'drama'] }, categories: ['film'] });
  describe(table, 'b', { labels: { genre: 'war' }, categories: ['film'] });
  describe(table, 'c', { labels: 'bare' });
  describe(table, 'd', { labels: 'bare', categories: ['film'] });
  const model = open(table);
  const why = (from: string, to: string) =>
    model.explain!(queryAfter(table, from), table.indexOf(to), 9).map(({ nodes, share }) => [
      nodes.map(({ type, id }) => `${type} ${id}`).join(', '),
      share,
    ]);
  const [war, film] = [2, 3].map((frequency) => Math.log(1 + 4 / frequency));
  expect(why('a', 'b')).toEqual([
    ['item a, genre war, item b', expect.closeTo(war / (war + film), 6)],
    ['item a, category film, item b', expect.closeTo(film / (war + film), 6)],
  ]);
  expect(why('c', 'd')).toEqual([['item c, label bare, item d', 1]]);
  expect(why('a', 'c')).toEqual([]);
  expect(why('a', 'a')).toEqual([]);
});
