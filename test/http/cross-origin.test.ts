import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createQueryApp } from '../../src/http/query/app.ts';
import { call } from './call.ts';
import { keySecrets, openKeyedGateway, testKeys } from './keyed-gateway.ts';
import { openTestGateway, type TestGateway } from './open-test-gateway.ts';

const shop = 'https://shop.example';
const { READ_KEY } = keySecrets;

let house: TestGateway;
beforeAll(async () => {
  const cors = { origins: [shop, 'http://localhost:3000'], maxAgeSeconds: 60 };
  house = await openKeyedGateway({ access: { keys: testKeys, cors } });
});
afterAll(() => house.close());

const from = (origin: string, more: Record<string, string> = {}) => ({
  headers: { origin, ...more },
});
const preflight = {
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'x-api-key,content-type',
};

test('by default no page of elsewhere may call: there is no header of CORS, * least of all', async () => {
  const open = await openTestGateway();
  onTestFinished(() => open.close());
  const query = createQueryApp(open.gateway);
  for (const request of ['GET /v1/recommend/home', 'OPTIONS /v1/recommend/home']) {
    const { headers } = await call(query, request, from(shop, preflight));
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
  expect(query.routes.filter(({ method }) => method === 'ALL')).toEqual([]);
});

test('a preflight of a configured origin is answered before any key', async () => {
  const { status, headers, body } = await call(
    createQueryApp(house.gateway),
    'OPTIONS /v1/recommend/home',
    from(shop, preflight),
  );
  expect({ status, body }).toEqual({ status: 204, body: '' });
  expect(headers.get('access-control-allow-origin')).toBe(shop);
  expect(headers.get('access-control-allow-methods')).toMatch(/POST/);
  expect(headers.get('access-control-allow-headers')).toMatch(/content-type.*x-api-key/);
  expect(headers.get('access-control-max-age')).toBe('60');
  expect(headers.get('access-control-allow-credentials')).toBeNull();
  expect(headers.get('vary')?.toLowerCase()).toContain('origin');
  expect(house.facts('http.finished').at(-1)).toMatchObject({ method: 'OPTIONS', status: 204 });
});

test('a page of a configured origin may read answers, refusals as well, and no other page', async () => {
  const query = createQueryApp(house.gateway);
  for (const [key, status] of [
    [READ_KEY, 200],
    ['a-wrong-key-of-some-length', 401],
  ] as const) {
    const answer = await call(query, 'GET /v1/recommend/home', from(shop, { 'x-api-key': key }));
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe(shop);
    expect(answer.headers.get('access-control-expose-headers')).toContain('x-request-id');
    expect(answer.headers.get('vary')?.toLowerCase()).toContain('origin');
    expect(answer.headers.get('content-type')).toBe('application/json');
  }
  for (const origin of [
    'https://evil.example',
    `${shop}.evil.example`,
    'null',
    '*',
    shop.toUpperCase(),
  ])
    for (const request of ['GET /v1/recommend/home', 'OPTIONS /v1/recommend/home']) {
      const { headers } = await call(query, request, from(origin, { 'x-api-key': READ_KEY }));
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
});

test('unknown paths and methods are told as without CORS', async () => {
  const query = createQueryApp(house.gateway);
  expect((await call(query, 'GET /nowhere', from(shop))).status).toBe(404);
  const wrong = await call(query, 'PUT /v1/items', from(shop));
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get('allow')).toBe('HEAD, GET, POST');
});

test('with keys everybody may be allowed, without credentials', async () => {
  const open = await openKeyedGateway({ access: { keys: testKeys, cors: { origins: ['*'] } } });
  onTestFinished(() => open.close());
  const query = createQueryApp(open.gateway);
  const { headers } = await call(query, 'GET /healthz', from('https://any.example'));
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(headers.get('access-control-allow-credentials')).toBeNull();
});
