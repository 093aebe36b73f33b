import { expect, test } from 'vitest';
import { createShop, openTestWork, served } from './test-work.ts';

const intentOf = (request: Parameters<ReturnType<typeof openTestWork>['recommend']>[0]) => {
  const world = openTestWork({});
  world.sessions.record('s1', 7, world.clock.now() - 500);
  world.sessions.record('old', 7, world.clock.now() - 5000);
  return world.recommend(request, (run) => run.intent) as Awaited<
    ReturnType<typeof world.recommend>
  > &
    import('../../src/domain/intent.ts').Intent;
};

test.each([
  [{}, 'cold'],
  [{ user: 'u' }, 'returning'],
  [{ session: 's1' }, 'mid'],
  [{ session: 'old' }, 'stale'],
  [{ recent: ['I1'] }, 'mid'],
])('the request %j has the session state %s', (request, state) => {
  expect(intentOf(request).sessionState).toBe(state);
});

test('the session so far is the anchor where the request shows no item', () => {
  expect(intentOf({ session: 's1' })).toMatchObject({ anchor: 7, catalog: 'coats' });
  expect(intentOf({ session: 's1', item: 'I2' })).toMatchObject({ anchor: 2, catalog: 'shoes' });
  expect(intentOf({ item: 'nobody' })).toMatchObject({ anchor: -1, catalog: 'all' });
});

test('a segment that is not declared reads default', () => {
  expect(intentOf({ segment: 'gold' }).segment).toBe('gold');
  expect(intentOf({ segment: 'made-up' }).segment).toBe('default');
});

test('words of a query become categories and attribute values; others are kept as unmatched', () => {
  const table = createShop(6);
  const intent = intentOf({ query: 'Black BOOTS, please' });
  expect([...intent.categories].map((code) => table.categories.names[code])).toEqual(['red boots']);
  expect([...intent.attributes].map((code) => table.attributes.names[code])).toEqual([
    'colour=black',
  ]);
  expect(intent.unmatched).toEqual(['please']);
});

test('a query for a category serves items of that category only', () => {
  const { recommend, table } = openTestWork({});
  const ids = recommend({ query: 'sandals' }, served) as string[];
  expect(ids.length).toBeGreaterThan(0);
  for (const id of ids) {
    expect([...table.categoriesOf[table.indexOf(id)]]).toEqual([table.categories.find('sandals')]);
  }
});

test('a category that does not exist matches nothing', () => {
  const { recommend } = openTestWork({});
  expect(recommend({ categories: ['spaceships'] }, served)).toEqual([]);
});
