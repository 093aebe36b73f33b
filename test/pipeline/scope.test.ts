import { expect, test } from 'vitest';
import { QueryIndex } from '../../src/pipeline/algorithms/query-index.ts';
import { queryRetriever } from '../../src/pipeline/algorithms/query-match.ts';
import type { Run } from '../../src/pipeline/run.ts';
import type { Stage } from '../../src/pipeline/stage.ts';
import { unknownCode } from '../../src/stores/item-scope.ts';
import { bring, createShop, openTestWork, served, shopItem } from './test-work.ts';

type Asked = Parameters<ReturnType<typeof openTestWork>['recommend']>[0];

/** The scope of a request, categories by name. */
function scopeOf(request: Asked) {
  const { recommend, table } = openTestWork({});
  return recommend(request, ({ query: { scope } }: Run) => {
    if (scope === undefined) return { scope };
    const nameOf = (code: number) => (code === unknownCode ? '?' : table.categories.names[code]);
    return { ...scope, categories: Array.from(scope.categories, nameOf) };
  });
}

test('catalogue and categories of a request are the scope of its query, and of no later one', () => {
  const { recommend, table } = openTestWork({});
  const shoes = table.catalogs.find('shoes');
  expect(scopeOf({})).toEqual({ scope: undefined });
  expect(scopeOf({ catalog: 'shoes' })).toEqual({ catalog: shoes, categories: [], every: false });
  expect(scopeOf({ catalog: 'hats' })).toMatchObject({ catalog: unknownCode });
  expect(scopeOf({ categories: ['parkas', 'hats'], everyCategory: true })).toEqual({
    ...{ catalog: -1, categories: ['parkas', '?'], every: true },
  });
  recommend({ catalog: 'shoes' }, () => undefined);
  expect(recommend({}, (run) => ({ scope: run.query.scope }))).toEqual({ scope: undefined });
});

test('of categories read from free text one is enough, whatever is asked of named ones', () => {
  const read = scopeOf({ query: 'red boots and parkas', everyCategory: true });
  expect(read).toMatchObject({ categories: ['red boots', 'parkas'], every: false });
  const named = scopeOf({ query: 'parkas', categories: ['sandals'], everyCategory: true });
  expect(named).toMatchObject({ categories: ['sandals'], every: true });
});

test('when the intent cannot be read, the catalogue still holds', () => {
  const intent: Stage = {
    ...{ name: 'intent', component: 'broken', components: [], needs: [], provides: ['intent'] },
    ...{ onError: 'fallback', essential: true, budgetMs: undefined },
    run() {
      throw new Error('no words');
    },
    instead() {},
  };
  const { recommend } = openTestWork({ replace: { intent } });
  expect(recommend({ catalog: 'coats', n: 3 }, served)).toEqual(['I1', 'I3', 'I5']);
});

test('only items of the scope are served, from retrievers that do not know it and from the last rung', () => {
  const table = createShop(30);
  table.upsert(shopItem(8, { categories: ['red boots', 'sandals'] }));
  table.upsert(shopItem(20, { categories: ['red boots', 'sandals'] }));
  const { recommend } = openTestWork({ table, retrievers: [bring('all', [6, 7, 8])] });
  const categories = ['red boots', 'sandals'];
  expect(recommend({ categories, everyCategory: true }, served)).toEqual(['I8', 'I20']);
  expect(recommend({ categories, n: 3 }, served)).toEqual(['I6', 'I7', 'I8']);
  expect(recommend({ categories: ['hats'] }, served)).toEqual([]);
  expect(recommend({ categories: ['parkas', 'hats'], everyCategory: true }, served)).toEqual([]);
});

test('the last rung finds the few items of a scope behind many others', () => {
  const table = createShop(9000);
  for (const i of [7000, 8998]) table.upsert(shopItem(i, { catalog: 'rare' }));
  const popularity = Array.from({ length: 9000 }, (_, i) => i);
  const { recommend } = openTestWork({ table, popularity, retrievers: [bring('none', [])] });
  expect(recommend({ catalog: 'rare', n: 5 }, served)).toEqual(['I7000', 'I8998']);
});

test('the last rung gives up after so many items that filters remove', () => {
  const table = createShop(9000);
  for (let i = 0; i < 8000; i++) table.upsert(shopItem(i, { hidden: true }));
  const popularity = Array.from({ length: 9000 }, (_, i) => i);
  const { recommend } = openTestWork({ table, popularity, retrievers: [bring('none', [])] });
  expect(recommend({ n: 5 }, served)).toEqual([]);
});

test('what the words of a query bring is of the scope', () => {
  const table = createShop(12);
  table.upsert(shopItem(4, { categories: ['red boots', 'parkas'] }));
  const index = new QueryIndex(table);
  index.match('', 0);
  const words = { ...queryRetriever(index), name: 'query', limit: 100 };
  const { recommend } = openTestWork({ table, retrievers: [words], filterNames: ['hidden'] });
  const brought = (request: Asked) =>
    recommend({ n: 1, ...request }, ({ candidates: { items, count } }) => [
      ...items.subarray(0, count),
    ]);
  expect(brought({ query: 'boots' })).toEqual([0, 3, 4, 6, 9]);
  expect(brought({ query: 'boots', catalog: 'coats' })).toEqual([3, 9]);
  expect(brought({ query: 'black', catalog: 'coats' })).toEqual([]);
  const every = { categories: ['red boots', 'parkas'], everyCategory: true };
  expect(brought({ query: 'white', ...every })).toEqual([4]);
});
