import { afterAll, beforeAll, expect, test } from 'vitest';
import { testNowMs } from '../open-test-gateway.ts';
import { click, ids, item, openListShop } from './list-shop.ts';
import { type GorseShop, openGorseGateway } from './open-gorse-gateway.ts';

/** A shop that only questions are put to. */
let quiet: GorseShop;
beforeAll(async () => {
  quiet = await openListShop();
});
afterAll(() => quiet[Symbol.asyncDispose]());

const idsOf = (scores: readonly { readonly Id: string }[]) => scores.map(({ Id }) => Id);

test('the newest items are told with the Unix seconds of their publication', async () => {
  const shop = quiet;
  const answer = await shop.call('GET', '/api/latest?n=2');
  expect(answer).toMatchObject({ status: 200, type: 'application/json' });
  expect(answer.text).toBe(
    `[\n {\n  "Id": "A0",\n  "Score": ${testNowMs / 1000}\n },\n {\n  "Id": "A1",\n  "Score": ${testNowMs / 1000 - 3600}\n }\n]`,
  );
  expect(idsOf((await shop.call('GET', '/api/latest/')).json)).toEqual(
    ids(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
  );
});

test.each([
  ['/api/latest?n=3&offset=2', ids(2, 3, 4)],
  ['/api/latest?offset=39', ids(39)],
  ['/api/latest?offset=40', []],
  ['/api/latest?offset=999999999999', []],
  ['/api/latest?n=0', []],
  ['/api/latest/parkas?n=2', ids(2, 5)],
  ['/api/latest/parkas/?n=2&category=boots', ids(2, 5)],
  ['/api/latest?n=2&category=parkas', ids(2, 5)],
  ['/api/latest/none', []],
  ['/api/latest?n=2&exclude=A0&exclude=A2', ids(1, 3)],
  ['/api/latest?n=2&what=else&N=5', ids(0, 1)],
  ['/api/popular?n=2&exclude=A0', expect.any(Array)],
  ['/api/non-personalized/popular?n=40', expect.any(Array)],
])('%s answers what it asks for', async (path, expected) => {
  const { status, json } = await quiet.call('GET', path);
  expect(status).toBe(200);
  expect(idsOf(json)).toEqual(expected);
});

test('at most 100 items are served, offset included', async () => {
  await using shop = await openListShop();
  const many = Array.from({ length: 120 }, (_, k) => item(`M${k}`));
  await shop.gateway.putItems(many);
  expect((await shop.call('GET', '/api/latest?n=1000')).json).toHaveLength(100);
  expect((await shop.call('GET', '/api/latest?n=1000&offset=90')).json).toHaveLength(10);
});

test.each([
  'n=x',
  'n=1.5',
  'n=-1',
  'n=1e3',
  'offset=-1',
  'n=%zz',
  'user-id=%00',
  `n=${'9'.repeat(400)}`,
])('the parameter %s is refused as text', async (query) => {
  const shop = quiet;
  for (const path of ['/api/latest', '/api/recommend/u', '/api/item/A1/neighbors']) {
    const answer = await shop.call('GET', `${path}?${query}`);
    expect(answer).toMatchObject({ status: 400, type: 'text/plain; charset=utf-8' });
    expect(answer.text).not.toBe('');
  }
});

test('a user sees nothing in lists for everybody that there is feedback on', async () => {
  await using shop = await openListShop();
  await shop.gateway.recordFeedback([
    click('bob', 'A0'),
    click('bob', 'A2', { type: 'read', key: 'k' }),
    click('eve', 'A1'),
  ]);
  for (const list of ['latest', 'non-personalized/popular', 'collaborative-filtering/zoe']) {
    const { json } = await shop.call('GET', `/api/${list}?n=40&user-id=bob`);
    expect(idsOf(json)).toHaveLength(38);
    expect(idsOf(json)).not.toContain('A0');
    expect(idsOf(json)).not.toContain('A2');
  }
});

test('feedback of the future hides nothing before it is due', async () => {
  await using shop = await openListShop();
  const later = click('bob', 'A0', { atMs: testNowMs + 60_000 });
  await shop.gateway.recordFeedback([later], { anyTime: true });
  expect(idsOf((await shop.call('GET', '/api/latest?n=1&user-id=bob')).json)).toEqual(['A0']);
});

test('lists that models make say since when they do', async () => {
  const shop = quiet;
  const since = new Date(testNowMs).toUTCString();
  for (const path of ['/api/non-personalized/popular', '/api/collaborative-filtering/bob'])
    expect((await shop.call('GET', path)).headers.get('last-modified')).toBe(since);
});

test('collaborative filtering takes a category in the path', async () => {
  const shop = quiet;
  const { json } = await shop.call('GET', '/api/collaborative-filtering/bob/parkas?n=2');
  expect(idsOf(json)).toEqual(ids(2, 5));
});

test.each([
  '/api/non-personalized/none',
  '/api/non-personalized/toString',
  '/api/item-to-item/none/A1',
  '/api/user-to-user/none/bob',
  '/api/user/bob/neighbors',
])('%s is not found', async (path) => {
  const shop = quiet;
  const answer = await shop.call('GET', path);
  expect(answer).toMatchObject({ status: 404, type: 'text/plain; charset=utf-8' });
  expect(answer.text).toContain('not found');
});

test('routes without a work behind them are not found', async () => {
  await using shop = await openGorseGateway({
    works: {
      similar: {
        surface: 'item',
        strategy: 'newest',
        stages: [
          { stage: 'intent' },
          { stage: 'retrieve', use: [{ algorithm: 'latest' }] },
          { stage: 'score', use: [{ algorithm: 'latest', weight: 1 }] },
          { stage: 'rerank', use: 'score' },
          { stage: 'filter', use: ['hidden'] },
        ],
      },
    },
  });
  for (const path of ['/api/recommend/bob', '/api/collaborative-filtering/bob'])
    expect((await shop.call('GET', path)).status).toBe(404);
  const session = await shop.call('POST', '/api/session/recommend', { body: [] });
  expect(session.status).toBe(404);
});

test('neighbours of an item leave the item out, and those of no item are none', async () => {
  await using shop = await openListShop();
  for (const path of ['item-to-item/similar/A0', 'item/A0/neighbors', 'item/A0/neighbors/']) {
    const { json } = await shop.call('GET', `/api/${path}?n=3`);
    expect(idsOf(json)).toEqual(ids(1, 2, 3));
  }
  expect(idsOf((await shop.call('GET', '/api/item/A0/neighbors/parkas?n=2')).json)).toEqual(
    ids(2, 5),
  );
  await shop.gateway.deleteItem('A7');
  for (const id of ['nothing', 'A7']) {
    const none = await shop.call('GET', `/api/item-to-item/similar/${id}`);
    expect(none).toMatchObject({ status: 200, text: '[]' });
  }
});

test('ids may have escaped slashes', async () => {
  await using shop = await openListShop();
  await shop.gateway.putItems([item('a/b', { categories: ['x/y'] })]);
  const { json } = await shop.call('GET', '/api/item/a%2Fb/neighbors?n=1');
  expect(idsOf(json)).toEqual(['A0']);
  expect(idsOf((await shop.call('GET', '/api/latest/x%2Fy?n=1')).json)).toEqual(['a/b']);
});

test('every list has the record of a recommendation', async () => {
  const shop = quiet;
  const answer = await shop.call('GET', '/api/latest?n=1', { headers: { 'x-request-id': 'r-1' } });
  expect(answer.headers.get('x-request-id')).toBe('r-1');
  expect(answer.headers.get('x-sightline-strategy')).toBe('latest');
  expect(answer.headers.get('x-sightline-generation')).toBe(shop.gateway.generation().id);
  expect(shop.house.finished.at(-1)).toMatchObject({
    ...{ route: '/api/latest', path: '/api/latest', status: 200, outcome: 'ok', requestId: 'r-1' },
  });
});

test('hidden, expired and deleted items are gone from every list at once', async () => {
  await using shop = await openListShop();
  const lists = [
    ...['/api/latest', '/api/popular', '/api/non-personalized/popular', '/api/recommend/bob'],
    ...['/api/item/A9/neighbors', '/api/collaborative-filtering/bob'],
  ];
  const served = async () => {
    const answers = await Promise.all([
      ...lists.map((path) =>
        shop.call('GET', `${path}?n=40`, { headers: { 'x-api-version': '2' } }),
      ),
      shop.call('POST', '/api/session/recommend?n=40', { body: [{ ItemId: 'A9' }] }),
    ]);
    return answers.map(({ json }) => idsOf(json));
  };
  for (const list of await served()) expect(list).toEqual(expect.arrayContaining(ids(0, 1, 2)));
  await shop.gateway.putItems([
    item('A0', { hidden: true }),
    item('A1', { expiresAtMs: testNowMs }),
  ]);
  await shop.gateway.deleteItem('A2');
  for (const list of await served()) {
    expect(list.length).toBeGreaterThanOrEqual(36);
    for (const id of ids(0, 1, 2)) expect(list).not.toContain(id);
  }
  await shop.gateway.putItems([item('A0')]);
  for (const list of await served()) expect(list).toContain('A0');
});
