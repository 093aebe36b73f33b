import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createControlApp } from '../../src/http/control/app.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import { type CallOptions, call } from './call.ts';
import { keySecrets, openKeyedGateway, showing, testKeys } from './keyed-gateway.ts';
import { openTestGateway, type TestGateway, testWork } from './open-test-gateway.ts';

const { READ_KEY, WRITE_KEY, OPS_KEY, SLOW_KEY, DAILY_KEY, ACME_KEY } = keySecrets;
const token = 'a-long-control-token';

let house: TestGateway;
beforeAll(async () => {
  house = await openKeyedGateway();
});
afterAll(() => house.close());
beforeEach(() => {
  house.told.length = 0;
  house.finished.length = 0;
});

const app = () => createQueryApp(house.gateway, { token });
const ask = (request: string, options?: CallOptions) => call(app(), request, options);

const reads = [
  'GET /v1/recommend/home',
  'POST /v1/recommend/home',
  'POST /v1/query',
  'GET /v1/items',
  'GET /v1/items/A1',
  'GET /v1/users',
  'GET /v1/users/U1',
  'HEAD /v1/items/A1',
];
const writes = [
  'POST /v1/feedback',
  'POST /v1/items',
  'PATCH /v1/items/A1',
  'DELETE /v1/items/A1',
  'POST /v1/users',
  'PATCH /v1/users/U1',
  'DELETE /v1/users/U1',
];

test('the key is enforced on every route but health and the document, whatever else is configured', async () => {
  const routes = app().routes.map(({ method, path }) => `${method} ${path}`);
  const closed = routes.filter((route) => !/ \/(healthz|openapi\.json)$/.test(route));
  expect(closed.length).toBe(routes.length - 2);
  for (const withToken of [token, undefined]) {
    const either = createQueryApp(house.gateway, { token: withToken });
    for (const route of closed) {
      const request = route.replace(':work', 'home').replace(':id', 'A1');
      expect({ request, status: (await call(either, request)).status }).toEqual({
        request,
        status: 401,
      });
    }
    for (const route of ['GET /healthz', 'GET /openapi.json', 'HEAD /healthz'])
      expect((await call(either, route)).status).toBe(200);
  }
});

test('reading needs read and writing needs write; admin has both', async () => {
  for (const request of reads) {
    expect((await ask(request, showing(WRITE_KEY))).status).toBe(403);
    expect((await ask(request, showing(READ_KEY))).status).not.toBeOneOf([401, 403, 429]);
    expect((await ask(request, showing(OPS_KEY))).status).not.toBeOneOf([401, 403, 429]);
  }
  for (const request of writes) {
    expect((await ask(request, showing(READ_KEY))).status).toBe(403);
    expect((await ask(request, showing(WRITE_KEY))).status).not.toBeOneOf([401, 403, 429]);
  }
});

test('a key comes in X-API-Key or as bearer, in no cookie and not in the URL', async () => {
  const path = 'GET /v1/recommend/home';
  const statusWith = async (headers: Record<string, string>, query = '') =>
    (await ask(path + query, { headers })).status;
  expect(await statusWith({ 'X-API-Key': READ_KEY })).toBe(200);
  expect(await statusWith({ authorization: `Bearer ${READ_KEY}` })).toBe(200);
  expect(await statusWith({ authorization: 'Bearer wrong', 'x-api-key': READ_KEY })).toBe(200);
  expect(await statusWith({ cookie: `x-api-key=${READ_KEY}; api_key=${READ_KEY}` })).toBe(401);
  expect(await statusWith({}, `?api_key=${encodeURIComponent(READ_KEY)}`)).toBe(401);
  expect(await statusWith({ authorization: `Basic ${btoa(`:${READ_KEY}`)}` })).toBe(401);
  expect(await statusWith({ 'x-api-key': `${WRITE_KEY}, ${READ_KEY}` })).toBe(401);
});

test('an answer sets no cookie', async () => {
  for (const key of [READ_KEY, 'wrong'])
    expect((await ask('GET /v1/recommend/home', showing(key))).headers.getSetCookie()).toEqual([]);
});

test('without a key nobody learns which works, items or fields there are', async () => {
  const bodies = await Promise.all(
    [
      ['POST /v1/recommend/nowhere', { body: '{' }],
      ['POST /v1/recommend/home', { body: { n: -1 } }],
      ['GET /v1/recommend/home?n=0', {}],
      ['GET /v1/items/A1', {}],
      ['GET /v1/items/nobody', {}],
      ['POST /v1/feedback', { body: 'x'.repeat(100_001) }],
    ].map(async ([request, options]) => {
      const { status, body } = await ask(request as string, options as CallOptions);
      return { status, ...body, request_id: '' };
    }),
  );
  for (const body of bodies) expect(body).toEqual(bodies[0]);
  expect(bodies[0]).toMatchObject({ status: 401, code: 'SL_UNAUTHORISED', path: 'x-api-key' });
});

test('the refusal of a form has the form of its answers', async () => {
  expect(await ask('POST /v1/query', { body: { api: 'home', cmd: 'ping' } })).toMatchObject({
    status: 401,
    body: { return_code: 401, error_msg: expect.stringContaining('key') },
  });
  const options = { ...showing(READ_KEY), body: { api: 'home', cmd: 'ping' } };
  expect(await ask('POST /v1/query', options)).toMatchObject({ status: 200 });
});

test('too many requests of a key are refused with the time to wait', async () => {
  const path = 'GET /v1/items';
  expect((await ask(path, showing(SLOW_KEY))).status).toBe(200);
  const often = await ask(path, showing(SLOW_KEY));
  expect(often).toMatchObject({ status: 429, body: { code: 'SL_RATE_LIMITED' } });
  expect(Number(often.headers.get('retry-after'))).toBeGreaterThan(900);
  expect((await ask(path, showing(DAILY_KEY))).status).toBe(200);
  const quota = await ask(path, showing(DAILY_KEY));
  expect(quota).toMatchObject({ status: 429, body: { code: 'SL_QUOTA_EXCEEDED' } });
  // The clock stands at 09:00 UTC.
  expect(quota.headers.get('retry-after')).toBe(String(15 * 3600));
});

test('what is refused is counted by its reason, in the series of HTTP and with the record of the request', async () => {
  await ask('GET /v1/recommend/home');
  await ask('GET /v1/recommend/home', showing('no-such-key-at-all'));
  await ask('POST /v1/items', showing(READ_KEY));
  expect(house.facts('access.refused').map(({ reason, key }) => [reason, key])).toEqual([
    ['missing', ''],
    ['unknown', ''],
    ['scope', 'reader'],
  ]);
  expect(house.finished).toMatchObject([
    { route: '/v1/recommend/{work}', status: 401, errorType: 'SL_UNAUTHORISED', outcome: 'ok' },
    { route: '/v1/recommend/{work}', status: 401, errorType: 'SL_UNAUTHORISED', outcome: 'ok' },
  ]);
  expect(house.facts('http.finished')).toMatchObject([
    { route: '/v1/items', status: 403, errorType: 'SL_FORBIDDEN' },
  ]);
  const { body } = await house.gateway.telemetry.expose(undefined);
  expect(body).toContain('sightline_access_refused_total{reason="scope",key="reader"}');
});

test('keys of tenants are shown the way to /api, and see nothing here', async () => {
  const { reader: _, writer: __, slow, daily, ops } = testKeys;
  const acme = { secret: 'ACME_KEY', scopes: ['read', 'write'], tenant: 'acme' };
  const tenants = await openKeyedGateway({ access: { keys: { acme, ops, slow, daily } } });
  onTestFinished(() => tenants.close());
  const query = createQueryApp(tenants.gateway);
  for (const request of [...reads, ...writes]) {
    const answer = await call(query, request, showing(ACME_KEY));
    expect(answer.status).toBe(403);
    if (!request.startsWith('HEAD')) expect(JSON.stringify(answer.body)).toContain('/api');
  }
  expect((await call(query, 'GET /v1/items/A1', showing(OPS_KEY))).status).toBe(200);
});

test('a variant by hand needs the control token beside the key', async () => {
  const variant = { 'x-api-key': READ_KEY, 'x-sightline-variant': 'trial/treatment' };
  const path = 'GET /v1/recommend/home';
  expect((await ask(path, { headers: variant })).status).toBe(401);
  const both = { ...variant, authorization: `Bearer ${token}` };
  expect((await ask(path, { headers: both })).status).toBe(200);
});

test('a key of the query port changes nothing on the control port, nor the control token here', async () => {
  const control = createControlApp(house.gateway, { token });
  const headers = { authorization: `Bearer ${OPS_KEY}`, 'x-api-key': OPS_KEY };
  expect((await call(control, 'POST /control/drain', { headers })).status).toBe(401);
  expect((await ask('GET /v1/items', showing(token))).status).toBe(401);
});

test('metrics, profiles and what else operators have are not on the query port, with a key or without', async () => {
  for (const path of ['/metrics', '/control/profile', '/control/components', '/debug/pprof/heap'])
    for (const options of [{}, showing(OPS_KEY)])
      expect((await ask(`GET ${path}`, options)).status).toBe(404);
});

test('where no keys are configured everything is as it was, and a key that is shown is not looked at', async () => {
  const open = await openTestGateway();
  onTestFinished(() => open.close());
  const query = createQueryApp(open.gateway);
  for (const options of [{}, showing(READ_KEY)])
    expect((await call(query, 'GET /v1/recommend/home', options)).status).toBe(200);
  const { body } = await call<{ components: object }>(query, 'GET /openapi.json');
  expect(body.components).not.toHaveProperty('securitySchemes');
  expect(/"(?:403|429)":/.test(JSON.stringify(body))).toBe(false);
});

test('keys change with a reload, and a key that is taken away is refused at once', async () => {
  const own = await openKeyedGateway({ generations: { watchSeconds: 0 } }, { fromFile: true });
  onTestFinished(() => own.close());
  const query = createQueryApp(own.gateway);
  const statusOf = async (key: string) => (await call(query, 'GET /v1/items', showing(key))).status;
  const edit = async (keys: object, rest: object = {}) => {
    own.edit({ generations: { watchSeconds: 0 }, access: { keys, ...rest } });
    return own.gateway.steering.reload({ trigger: 'control' });
  };
  const { reader, ...others } = testKeys;
  expect(await statusOf(READ_KEY)).toBe(200);
  expect(await edit(others)).toMatchObject({ outcome: 'unchanged', needsRestart: [] });
  expect(await statusOf(READ_KEY)).toBe(401);
  expect(await statusOf(OPS_KEY)).toBe(200);
  const absent = { secret: 'ABSENT_KEY', scopes: ['read'] };
  await expect(edit({ ...testKeys, absent })).rejects.toThrow('ABSENT_KEY is not set');
  expect(await statusOf(READ_KEY)).toBe(401);
  expect(await edit({ reader, ...others })).toMatchObject({ needsRestart: [] });
  expect(await statusOf(READ_KEY)).toBe(200);
  expect(await edit({})).toMatchObject({ needsRestart: ['access'] });
  expect(await statusOf(OPS_KEY)).toBe(200);
  expect(await statusOf('')).toBe(401);
});

test('a key that is taken away does not wait for the generation of the same edit, nor come back with a former one', async () => {
  const byHand = { generations: { watchSeconds: 0 } };
  const own = await openKeyedGateway(byHand, { fromFile: true });
  onTestFinished(() => own.close());
  const query = createQueryApp(own.gateway);
  const { steering, generation } = own.gateway;
  const statusOf = async (key: string) => (await call(query, 'GET /v1/items', showing(key))).status;
  const { writer, ops } = testKeys;
  const { id } = generation();
  const works = { home: testWork('user') };
  own.edit({ ...byHand, works, access: { keys: { writer, ops } } });
  expect(await steering.reload({ trigger: 'control', hold: true })).toMatchObject({
    outcome: 'held',
  });
  expect([await statusOf(READ_KEY), await statusOf(OPS_KEY)]).toEqual([401, 200]);
  expect(generation().id).toBe(id);
  const tables = { lost: { kind: 'set', file: join(own.file, 'lost.txt') } };
  own.edit({ ...byHand, works, tables, access: { keys: { ops } } });
  await expect(steering.reload({ trigger: 'control' })).rejects.toThrow('phase load');
  expect(await statusOf(WRITE_KEY)).toBe(401);
  own.edit({ ...byHand, works, access: { keys: { ops } } });
  await steering.reload({ trigger: 'control', force: true });
  await steering.publish(id, 'rollback');
  expect(generation().id).toBe(id);
  expect([await statusOf(READ_KEY), await statusOf(OPS_KEY)]).toEqual([401, 200]);
});
