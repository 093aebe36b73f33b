import { afterAll, beforeAll, expect, test } from 'vitest';
import { createQueryApp } from '../../src/http/query/app.ts';
import type { App } from '../../src/http/routes.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway, testClock, testNowMs } from './open-test-gateway.ts';

let house: TestGateway;
let app: App;

beforeAll(async () => {
  house = await openTestGateway();
  app = createQueryApp(house.gateway, { clock: testClock });
});
afterAll(() => house.close());

const ask = (request: string, body?: unknown) => call(app, request, { body });

test('an item comes back as it was put in, with what was left out filled in', async () => {
  const item = {
    id: 'B1',
    catalog: 'hats',
    categories: ['caps'],
    attributes: { colour: 'red', size: 57, warm: false },
    hidden: true,
    published_at: '2026-01-01T00:00:00.000Z',
    expires_at: '2027-01-01T00:00:00.000Z',
  };
  expect(await ask('POST /v1/items', item)).toMatchObject({ status: 200, body: { accepted: 1 } });
  expect((await ask('GET /v1/items/B1')).body).toEqual(item);
  await ask('POST /v1/items', { id: 'B2' });
  expect((await ask('GET /v1/items/B2')).body).toEqual({
    id: 'B2',
    catalog: 'default',
    categories: [],
    attributes: {},
    hidden: false,
    published_at: '2026-01-31T09:00:00.000Z',
    expires_at: null,
  });
});

test('a user comes back as it was put in', async () => {
  const user = { id: 'V1', segment: 'new', attributes: { country: 'PL' } };
  await ask('POST /v1/users', user);
  expect((await ask('GET /v1/users/V1')).body).toEqual(user);
  await ask('POST /v1/users', { id: 'V1' });
  expect((await ask('GET /v1/users/V1')).body).toEqual({ id: 'V1', segment: null, attributes: {} });
});

test('of several rows with one id in a batch the last counts', async () => {
  const rows = [
    { id: 'V2', segment: 'a' },
    { id: 'V2', segment: 'b' },
  ];
  expect((await ask('POST /v1/users', rows)).body).toEqual({ accepted: 1 });
  expect((await ask('GET /v1/users/V2')).body).toMatchObject({ segment: 'b' });
});

test('ids with slashes, percent signs and other scripts are addressed by percent-encoding', async () => {
  for (const id of ['a/b', '50%', 'a%2Fb', 'q?x#y', '商品', 'with space', '+', '__proto__']) {
    const path = `/v1/users/${encodeURIComponent(id)}`;
    expect((await ask('POST /v1/users', { id })).status).toBe(200);
    expect((await ask(`GET ${path}`)).body).toMatchObject({ id });
    expect((await ask(`DELETE ${path}`)).status).toBe(204);
    expect((await ask(`GET ${path}`)).status).toBe(404);
  }
});

test('a change keeps what it does not name, merges attributes, and null removes', async () => {
  await ask('POST /v1/items', {
    id: 'C1',
    catalog: 'hats',
    categories: ['caps'],
    attributes: { colour: 'red', size: 57 },
    expires_at: testNowMs + 1000,
  });
  const { status, body } = await ask('PATCH /v1/items/C1', {
    attributes: { size: null, brand: 'x' },
    expires_at: null,
    hidden: true,
  });
  expect(status).toBe(200);
  expect(body).toEqual({
    id: 'C1',
    catalog: 'hats',
    categories: ['caps'],
    attributes: { colour: 'red', brand: 'x' },
    hidden: true,
    published_at: '2026-01-31T09:00:00.000Z',
    expires_at: null,
  });
  expect((await ask('GET /v1/items/C1')).body).toEqual(body);
});

test('changes of one item at the same time are all kept', async () => {
  await ask('POST /v1/items', { id: 'C2' });
  const names = Array.from({ length: 20 }, (_, i) => `k${i}`);
  await Promise.all(
    names.map((name) => ask('PATCH /v1/items/C2', { attributes: { [name]: true } })),
  );
  const { attributes } = (await ask('GET /v1/items/C2')).body;
  expect(Object.keys(attributes as object).toSorted()).toEqual(names.toSorted());
});

test('an item that is hidden or deleted is served no more', async () => {
  const served = async () => {
    const { body } = await call<{ items: { id: string }[] }>(app, 'GET /v1/recommend/home?n=100');
    return body.items.map(({ id }) => id);
  };
  expect(await served()).toEqual(expect.arrayContaining(['A1', 'A2']));
  await ask('PATCH /v1/items/A1', { hidden: true });
  await ask('DELETE /v1/items/A2');
  expect(await served()).not.toEqual(expect.arrayContaining(['A1']));
  expect(await served()).not.toEqual(expect.arrayContaining(['A2']));
  await ask('PATCH /v1/items/A1', { hidden: false });
  expect(await served()).toEqual(expect.arrayContaining(['A1']));
});

test('a list is walked page by page and shows every row once', async () => {
  const ids = Array.from({ length: 25 }, (_, i) => `page-${i}/é`);
  await ask(
    'POST /v1/users',
    ids.map((id) => ({ id })),
  );
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { body: { users: { id: string }[]; next_cursor: string | null } } = await call(
      app,
      `GET /v1/users?limit=7&cursor=${cursor}`,
    );
    expect(page.body.users.length).toBeLessThanOrEqual(7);
    seen.push(...page.body.users.map(({ id }) => id));
    cursor = page.body.next_cursor;
  }
  expect(seen).toEqual(expect.arrayContaining(ids));
  expect(new Set(seen).size).toBe(seen.length);
});

test('what is not there is not found, by name', async () => {
  for (const [table, code] of [
    ['items', 'SL_ITEM_UNKNOWN'],
    ['users', 'SL_USER_UNKNOWN'],
  ]) {
    const path = `/v1/${table}/nobody`;
    for (const [request, body] of [[`GET ${path}`], [`DELETE ${path}`], [`PATCH ${path}`, {}]])
      expect(await ask(request as string, body)).toMatchObject({
        status: 404,
        body: { code, path: 'id' },
      });
  }
});

const badItems: readonly [what: string, body: unknown, path: string | null][] = [
  ['no id', { catalog: 'x' }, 'id'],
  ['nothing in it', [], null],
  ['a text', '"A1"', null],
  ['an id of 4 KB', { id: 'x'.repeat(4096) }, 'id'],
  ['a dot segment as id', { id: '..' }, 'id'],
  ['a control character', { id: 'a\u001b[31m' }, 'id'],
  ['a bad second item', [{ id: 'ok' }, { id: 5 }], '1.id'],
  ['an unknown field', { id: 'x', colour: 'red' }, 'colour'],
  ['a text as categories', { id: 'x', categories: 'boots' }, 'categories'],
  ['an object as attribute', { id: 'x', attributes: { a: {} } }, 'attributes.a'],
  ['null as attribute', { id: 'x', attributes: { a: null } }, 'attributes.a'],
  ['an infinite attribute', '{"id":"x","attributes":{"a":1e999}}', 'attributes.a'],
  ['a text as hidden', { id: 'x', hidden: 'no' }, 'hidden'],
  ['a time that is none', { id: 'x', published_at: '2026-02-30T00:00:00Z' }, 'published_at'],
  [
    'too many attributes',
    {
      id: 'x',
      attributes: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`k${i}`, 1])),
    },
    'attributes',
  ],
];

test.each(badItems)('an item with %s is refused', async (_, body, path) => {
  expect(await ask('POST /v1/items', body)).toMatchObject({
    status: 422,
    body: { code: 'SL_REQUEST_INVALID', path },
  });
  expect((await ask('GET /v1/items/ok')).status).toBe(404);
});

test('a prototype among the attributes changes no object', async () => {
  const body = '{"id":"P1","attributes":{"__proto__":"x","constructor":"y"}}';
  expect((await ask('POST /v1/items', body)).status).toBe(200);
  const { attributes } = (await ask('GET /v1/items/P1')).body as { attributes: object };
  expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
  expect(({} as { x?: unknown }).x).toBeUndefined();
});

const badRequests: readonly [what: string, request: string, status: number, path: string][] = [
  ['a limit of 0', 'GET /v1/items?limit=0', 422, 'limit'],
  ['a limit of 1001', 'GET /v1/items?limit=1001', 422, 'limit'],
  ['a cursor that is none', 'GET /v1/items?cursor=***', 422, 'cursor'],
  ['an unknown parameter', 'GET /v1/users?colour=red', 422, 'colour'],
  ['an id of 4 KB', `GET /v1/items/${'x'.repeat(4096)}`, 422, 'id'],
  ['a control character in the id', 'DELETE /v1/items/a%00', 422, 'id'],
  ['an id of broken UTF-8', 'GET /v1/items/%ff', 400, 'id'],
  ['an id of broken percent-encoding', 'GET /v1/users/%zz', 400, 'id'],
];

test.each(badRequests)('a request with %s is refused', async (_, request, status, path) => {
  expect(await ask(request)).toMatchObject({ status, body: { path } });
});

test('a change of the id, of an unknown field or to a wrong type is refused', async () => {
  for (const [body, path] of [
    [{ id: 'other' }, 'id'],
    [{ colour: 'red' }, 'colour'],
    [{ hidden: 1 }, 'hidden'],
    [[], null],
  ])
    expect(await ask('PATCH /v1/items/A3', body)).toMatchObject({ status: 422, body: { path } });
});

test('a store that is gone is said to be unavailable, on every route', async () => {
  const gone = await openTestGateway();
  await gone.close();
  const dead = createQueryApp(gone.gateway, { clock: testClock });
  for (const [request, body] of [
    ['POST /v1/items', { id: 'x' }],
    ['GET /v1/items', undefined],
    ['GET /v1/items/A1', undefined],
    ['PATCH /v1/users/u1', {}],
    ['DELETE /v1/users/u1', undefined],
  ] as const)
    expect(await call(dead, request, { body })).toMatchObject({
      status: 503,
      body: { code: 'SL_STORE_UNAVAILABLE', message: 'retry; nothing of this call was accepted' },
    });
  expect(gone.facts('server.failed')).toHaveLength(5);
});
