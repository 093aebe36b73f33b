import { afterAll, beforeAll, expect, test } from 'vitest';
import { createQueryApp } from '../../src/http/query/app.ts';
import type { App } from '../../src/http/routes.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway } from './open-test-gateway.ts';

let house: TestGateway;
let app: App;

beforeAll(async () => {
  house = await openTestGateway();
  app = createQueryApp(house.gateway);
});
afterAll(() => house.close());

const writing = [
  'POST /v1/recommend/home',
  'POST /v1/feedback',
  'POST /v1/items',
  'POST /v1/users',
  'PATCH /v1/items/A1',
  'PATCH /v1/users/u1',
];

test.each(writing)('%s refuses malformed JSON with the position', async (request) => {
  const { status, body } = await call(app, request, { body: '{"n": 5,}' });
  expect(status).toBe(400);
  expect(body).toMatchObject({
    code: 'SL_REQUEST_MALFORMED',
    message:
      'body is not JSON: expected double-quoted property name at position 8 (line 1 column 9)',
    path: null,
  });
});

test.each(writing)('%s refuses bytes that are not UTF-8', async (request) => {
  const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
  expect(await call(app, request, { body })).toMatchObject({
    status: 400,
    body: { code: 'SL_REQUEST_MALFORMED', message: 'body is not UTF-8' },
  });
});

test.each(writing)('%s refuses an empty body', async (request) => {
  expect(await call(app, request, { body: '' })).toMatchObject({
    status: 400,
    body: { message: 'body is not JSON: empty, expected a value' },
  });
});

test.each(writing)('%s refuses a body over the limit', async (request) => {
  expect(await call(app, request, { body: `"${'x'.repeat(100_000)}"` })).toMatchObject({
    status: 413,
    body: {
      code: 'SL_REQUEST_TOO_LARGE',
      message: 'body is too large, expected at most 100000 bytes',
    },
  });
});

test.each(writing)('%s refuses another content type', async (request) => {
  for (const type of ['text/plain', 'application/xml', 'application/json; charset=latin1', 'json'])
    expect(
      await call(app, request, { body: '{}', headers: { 'content-type': type } }),
    ).toMatchObject({
      status: 415,
      body: { code: 'SL_MEDIA_TYPE', path: 'content-type' },
    });
  expect(
    await call(app, request, { body: '{}', headers: { 'content-encoding': 'gzip' } }),
  ).toMatchObject({ status: 415, body: { path: 'content-encoding' } });
});

test('every way to write the content type of JSON is understood', async () => {
  for (const type of [
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/merge-patch+json',
  ])
    expect(
      (await call(app, 'PATCH /v1/items/A1', { body: '{}', headers: { 'content-type': type } }))
        .status,
    ).toBe(200);
});

test('a body exactly at the limit is read', async () => {
  const body = `{"query":"x"}${' '.repeat(100_000 - 13)}`;
  expect((await call(app, 'POST /v1/recommend/home', { body })).status).toBe(200);
});

test('what is not there is 404, with the request id', async () => {
  for (const request of ['GET /', 'GET /v1', 'POST /v2/items', 'GET /v1/items/', 'GET /metrics']) {
    const { status, headers, body } = await call(app, request);
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'SL_NOT_FOUND' });
    expect(headers.get('x-request-id')).toBe(body.request_id);
  }
});

test('a method that a path does not have is 405 and the others are allowed by name', async () => {
  for (const [request, allow] of [
    ['DELETE /v1/items', 'HEAD, GET, POST'],
    ['PUT /v1/items/A1', 'HEAD, GET, PATCH, DELETE'],
    ['GET /v1/feedback', 'POST'],
    ['OPTIONS /v1/recommend/home', 'HEAD, GET, POST'],
    ['POST /healthz', 'HEAD, GET'],
  ]) {
    const { status, headers, body } = await call(app, request);
    expect({ status, code: body.code }).toEqual({ status: 405, code: 'SL_METHOD_NOT_ALLOWED' });
    expect(headers.get('allow')).toBe(allow);
  }
});

test('health says that the process lives, to HEAD as well', async () => {
  expect(await call(app, 'GET /healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect(await call(app, 'HEAD /healthz')).toMatchObject({ status: 200, body: '' });
});

test('every answer but that of recommend is told, once, by its route', async () => {
  house.told.length = 0;
  await call(app, 'GET /healthz');
  await call(app, 'GET /v1/items/nobody');
  await call(app, 'GET /nowhere/secret-token');
  expect(house.facts('http.finished')).toMatchObject([
    { method: 'GET', route: '/healthz', status: 200, errorType: '' },
    { method: 'GET', route: '/v1/items/{id}', status: 404, errorType: 'SL_ITEM_UNKNOWN' },
    { method: 'GET', route: '', status: 404, errorType: 'SL_NOT_FOUND' },
  ]);
  for (const { seconds } of house.facts('http.finished')) expect(seconds).toBeGreaterThanOrEqual(0);
});

test('the request id of the caller is kept where it is one, on every route', async () => {
  const kept = await call(app, 'GET /healthz', { headers: { 'x-request-id': 'order-7' } });
  expect(kept.headers.get('x-request-id')).toBe('order-7');
  const replaced = await call(app, 'GET /nowhere', { headers: { 'x-request-id': 'a b' } });
  expect(replaced.body.request_id).toMatch(/^[\da-f]{32}$/);
});
