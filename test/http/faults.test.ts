import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openServer, type Server } from '../../src/cli/open-server.ts';
import { readConfig } from '../../src/config.ts';
import { createControlApp } from '../../src/http/control/app.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import { createTinyShop, type TinyShop } from '../cli/tiny-shop.ts';
import { call } from './call.ts';

/** A gateway in which things may be broken, and one in which they may not. */
let open: { shop: TinyShop; server: Server };
let closed: { shop: TinyShop; server: Server };

async function openShop(more: string) {
  const shop = createTinyShop({ store: 'memory', sessions: 4 });
  appendFileSync(shop.config, more);
  const quiet = { SIGHTLINE_REQUEST_LOG: 'none', SIGHTLINE_LOG_LEVEL: 'error' };
  const config = readConfig(shop.config, quiet);
  const logDestination = join(shop.folder, 'log');
  const server = await openServer({
    ...{ config, environment: {}, onProgress: () => {}, logDestination },
  });
  return { shop, server };
}

beforeAll(async () => {
  open = await openShop('faults: { enabled: true }\n');
  closed = await openShop('');
});
afterAll(async () => {
  for (const { shop, server } of [open, closed]) {
    await server.close();
    shop.remove();
  }
});

const token = 'a-long-control-token';
const authorised = { authorization: `Bearer ${token}` };
const control = ({ server }: { server: Server } = open) =>
  createControlApp(server.gateway, { token });
const put = (faults: readonly object[], headers = authorised) =>
  call<{ faults: object[]; code?: string }>(control(), 'PUT /control/faults', {
    body: { faults },
    headers,
  });
beforeEach(() => call(control(), 'DELETE /control/faults', { headers: authorised }));

const failing = { name: 'score', kind: 'failing-stage', stage: 'score', for_seconds: 60 };

const reasons = async (work = 'session') => {
  const query = createQueryApp(open.server.gateway);
  const { body } = await call<{ degradations: { stage: string; reason: string }[] }>(
    query,
    `POST /v1/recommend/${work}`,
    { body: { n: 3 } },
  );
  return body.degradations.map(({ stage, reason }) => `${stage} ${reason}`);
};

test('a fault is put in place, is shown, strikes, and is ended', async () => {
  expect(await reasons()).toEqual([]);
  const { status, body } = await put([failing]);
  expect(status).toBe(200);
  const defaults = { match: {}, share: 1, after_seconds: 0, ramp_seconds: 0 };
  expect(body.faults).toEqual([
    {
      fault: { ...failing, ...defaults },
      state: 'active',
      begins_at: expect.stringMatching(/Z$/),
      ends_at: expect.stringMatching(/Z$/),
      struck: 0,
    },
  ]);
  expect(await reasons()).toEqual(['score plugin.error']);
  const listed = await call(control(), 'GET /control/faults');
  expect(listed.body).toMatchObject({ faults: [{ struck: 1 }] });
  const ended = await call(control(), 'DELETE /control/faults', { headers: authorised });
  expect(ended).toMatchObject({ status: 200, body: { faults: [] } });
  expect(await reasons()).toEqual([]);
});

test('what is put takes the place of what was there, and times and delays keep their units', async () => {
  await put([failing]);
  const slow = {
    ...{ name: 'disk', kind: 'slow-store', delay_ms: 40, share: 0.5, match: { segment: 'pl' } },
    ...{ after_seconds: 30, for_seconds: 90, ramp_seconds: 20 },
  };
  const { body } = await put([slow]);
  expect(body.faults).toMatchObject([{ fault: slow, state: 'waiting' }]);
  const { begins_at, ends_at } = body.faults[0] as { begins_at: string; ends_at: string };
  expect(Date.parse(ends_at) - Date.parse(begins_at)).toBe(90_000);
  expect(await reasons()).toEqual([]);
});

test('a gateway with faults is as ready as one without', async () => {
  await put([failing]);
  expect((await call(control(), 'GET /readyz')).status).toBe(200);
});

test('every wrong field is named, and what is in place stays', async () => {
  await put([failing]);
  const { status, body } = await put([
    { name: 'a', kind: 'slow-store', for_seconds: 60 },
    { name: 'b', kind: 'failing-stage', stage: 'thinking', for_seconds: 60 },
    { name: 'c', kind: 'failing-store', for_seconds: 86_400, share: 2, match: { city: 'x' } },
    { name: 'd', kind: 'failing-store', for_seconds: 60, mode: 'inverted' },
    { name: 'e', kind: 'earthquake', for_seconds: 60 },
  ]);
  expect(status).toBe(422);
  const { mistakes } = body as unknown as { mistakes: { path: string }[] };
  expect(mistakes.map(({ path }) => path)).toEqual([
    'faults.0.delay_ms',
    'faults.1.stage',
    'faults.2.match.city',
    'faults.2.share',
    'faults.2.for_seconds',
    'faults.3.mode',
    'faults.4.kind',
  ]);
  expect(await reasons()).toEqual(['score plugin.error']);
});

test('more faults than there may be are refused', async () => {
  const many = Array.from({ length: 65 }, () => failing);
  expect(await put(many)).toMatchObject({ status: 422, body: { code: 'SL_REQUEST_INVALID' } });
});

test.each(['PUT', 'DELETE'])(
  '%s needs the token, and changes nothing without it',
  async (method) => {
    await put([failing]);
    for (const headers of [{}, { authorization: 'Bearer another' }]) {
      const answer = await call(control(), `${method} /control/faults`, {
        headers,
        ...(method === 'PUT' && { body: { faults: [] } }),
      });
      expect(answer).toMatchObject({ status: 401, body: { code: 'SL_UNAUTHORISED' } });
    }
    expect(await reasons()).toEqual(['score plugin.error']);
  },
);

test('where faults are off there are none, whoever asks', async () => {
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const answer = await call(control(closed), `${method} /control/faults`, {
      headers: authorised,
      ...(method === 'PUT' && { body: { faults: [failing] } }),
    });
    expect(answer).toMatchObject({
      status: 404,
      body: { code: 'SL_NOT_FOUND', message: expect.stringContaining('faults.enabled') },
    });
  }
});

test('the methods of the path are told to whoever tries another', async () => {
  const { status, headers } = await call(control(), 'POST /control/faults', {
    headers: authorised,
  });
  expect(status).toBe(405);
  expect(headers.get('allow')).toBe('HEAD, GET, PUT, DELETE');
});

test('the document tells of the routes as they are', async () => {
  const { body } = await call<{ paths: Record<string, Record<string, object>> }>(
    control(),
    'GET /openapi.json',
  );
  const { get, put: putRoute, delete: end } = body.paths['/control/faults'];
  expect(get).not.toHaveProperty('security');
  for (const route of [putRoute, end]) expect(route).toMatchObject({ security: [{ token: [] }] });
  expect(putRoute).toHaveProperty('requestBody');
  expect(Object.keys((putRoute as { responses: object }).responses)).toEqual(
    expect.arrayContaining(['200', '401', '404', '413', '415', '422']),
  );
});
