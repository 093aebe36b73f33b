import { afterAll, beforeAll, expect, test } from 'vitest';
import { createControlApp } from '../../src/http/control/app.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway } from './open-test-gateway.ts';

let house: TestGateway;
/** A gateway whose signals worker runs, with an experiment on the front page. */
let watched: TestGateway;

beforeAll(async () => {
  house = await openTestGateway();
  const experiments = { trial: { work: 'home', share: 0.5, treatment: { work: 'session' } } };
  watched = await openTestGateway({ experiments, events: true });
});
afterAll(() => Promise.all([house.close(), watched.close()]));

const token = 'a-long-control-token';
const withToken = () => createControlApp(house.gateway, { token });
const withoutToken = () => createControlApp(house.gateway, { token: undefined });
const from = (remoteAddress: string) => ({ incoming: { headers: {}, socket: { remoteAddress } } });
const reading = [
  '/metrics',
  '/control/pipelines',
  '/control/generations',
  '/control/models',
  '/control/signals',
  '/control/experiments',
  '/openapi.json',
];

test('metrics come in the format that the scraper accepts', async () => {
  const plain = await call<string>(withToken(), 'GET /metrics');
  expect(plain.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(plain.headers.get('vary')).toBe('Accept, Accept-Encoding');
  const open = await call<string>(withToken(), 'GET /metrics', {
    headers: { accept: 'application/openmetrics-text; version=1.0.0' },
  });
  expect(open.headers.get('content-type')).toMatch(/^application\/openmetrics-text/);
  expect(open.body).toMatch(/# EOF\n$/);
});

test('the works are shown with their promises, stages and components', async () => {
  const { body } = await call<{ works: object[] }>(withToken(), 'GET /control/pipelines');
  expect(body.works).toHaveLength(3);
  expect(body.works[0]).toMatchObject({
    work: 'home',
    surface: 'user',
    strategy: 'newest',
    budget_ms: 1000,
    max_budget_ms: 5000,
    slo: { latency_p95_ms: 50, availability: null, non_empty: null },
  });
  expect((body.works[0] as { stages: object[] }).stages).toMatchObject([
    { stage: 'intent', budget_ms: null },
    { stage: 'retrieve', components: ['latest'], budget_ms: 500 },
    { stage: 'score', components: ['latest'] },
    { stage: 'rerank' },
    { stage: 'filter', components: ['hidden', 'expired', 'excluded', 'category'] },
  ]);
});

test('the generation that serves and the models are shown', async () => {
  const { id } = house.gateway.generation();
  expect((await call(withToken(), 'GET /control/generations')).body).toMatchObject({
    generations: [
      { id, state: 'current', published_at: expect.stringMatching(/^\d{4}-.*Z$/), requests: 0 },
    ],
  });
  const { body } = await call<{ models: object[] }>(withToken(), 'GET /control/models');
  expect(body.models).toMatchObject([
    { name: 'latest', kind: 'latest', state: 'ready', reason: null },
    { name: 'popular', kind: 'popular' },
  ]);
});

test('draining needs the token and turns readiness to 503', async () => {
  const own = await openTestGateway();
  const app = createControlApp(own.gateway, { token });
  expect(await call(app, 'GET /readyz')).toMatchObject({
    status: 200,
    body: { ready: true, reasons: [] },
  });
  const draining = { ready: false, reasons: ['draining'] };
  expect(
    await call(app, 'POST /control/drain', { headers: { authorization: `bearer ${token}` } }),
  ).toMatchObject({ status: 202, body: draining });
  expect(await call(app, 'GET /readyz')).toMatchObject({ status: 503, body: draining });
  await own.close();
});

const badTokens: readonly [what: string, authorization: string | undefined][] = [
  ['no token', undefined],
  ['an empty token', 'Bearer '],
  ['a wrong token', 'Bearer another-token'],
  ['the beginning of the token', `Bearer ${token.slice(0, -1)}`],
  ['the token and more', `Bearer ${token}x`],
  ['another scheme', `Basic ${Buffer.from(`:${token}`).toString('base64')}`],
  ['two tokens', `Bearer x, Bearer ${token}`],
];

test.each(badTokens)(
  'a change with %s is refused and changes nothing',
  async (_, authorization) => {
    const app = withToken();
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await call(app, 'POST /control/drain', { headers });
    expect(answer).toMatchObject({
      status: 401,
      body: { code: 'SL_UNAUTHORISED', path: 'authorization' },
    });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(JSON.stringify(answer.body)).not.toContain(token);
    expect((await call(app, 'GET /readyz')).status).toBe(200);
  },
);

test('where no token is configured nobody may change anything, not even with an empty one', async () => {
  for (const unset of [undefined, '']) {
    const app = createControlApp(house.gateway, { token: unset });
    for (const authorization of ['Bearer ', 'Bearer undefined', 'Bearer null', ''])
      expect((await call(app, 'POST /control/drain', { headers: { authorization } })).status).toBe(
        401,
      );
  }
  expect(house.gateway.readiness().ready).toBe(true);
});

test('where no token is configured only this machine may read', async () => {
  for (const path of reading) {
    for (const local of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])
      expect((await call(withoutToken(), `GET ${path}`, { env: from(local) })).status).toBe(200);
    for (const remote of ['10.0.0.7', '::ffff:10.0.0.7', '2001:db8::1', '127.0.0.1.evil', ''])
      expect((await call(withoutToken(), `GET ${path}`, { env: from(remote) })).status).toBe(401);
  }
});

test('where a token is configured other machines may read', async () => {
  for (const path of reading)
    expect((await call(withToken(), `GET ${path}`, { env: from('10.0.0.7') })).status).toBe(200);
});

test('readiness is open to the probes of an orchestrator', async () => {
  const answer = await call(withoutToken(), 'GET /readyz', { env: from('10.0.0.7') });
  expect(answer.status).toBe(200);
});

test('unknown paths and methods are answered as on the query port', async () => {
  expect(await call(withToken(), 'GET /v1/items')).toMatchObject({
    status: 404,
    body: { code: 'SL_NOT_FOUND' },
  });
  const { status, headers } = await call(withToken(), 'GET /control/drain');
  expect(status).toBe(405);
  expect(headers.get('allow')).toBe('POST');
});

interface SignalsBody {
  readonly enabled: boolean;
  readonly signals: readonly {
    readonly name: string;
    readonly readings: readonly { measure: string; labels: object; value: number | null }[];
  }[];
}

test('signals tell what they read of the traffic so far', async () => {
  const query = createQueryApp(watched.gateway);
  await call(query, 'POST /v1/recommend/session', { body: { session: 's', n: 4 } });
  await watched.gateway.telemetry.flush();
  await watched.gateway.watch!.refresh();
  const app = createControlApp(watched.gateway, { token });
  const { body } = await call<SignalsBody>(app, 'GET /control/signals');
  expect(body.enabled).toBe(true);
  const readings = body.signals.find(({ name }) => name === 'coverage')!.readings;
  expect(readings).toContainEqual({
    measure: 'coverage_exposed_items',
    labels: { strategy: 'newest', catalog: 'shoes' },
    value: 2,
    samples: 2,
    window_seconds: 3600,
  });
});

test('the past of a signal has a value for each moment', async () => {
  await watched.gateway.watch!.refresh();
  const app = createControlApp(watched.gateway, { token });
  const { body } = await call<{ measured_at: string[]; series: { values: unknown[] }[] }>(
    app,
    'GET /control/signals/flow/history',
  );
  expect(body.measured_at.length).toBeGreaterThan(0);
  for (const { values } of body.series) expect(values).toHaveLength(body.measured_at.length);
});

test('a signal that there is not is not found, and without events there is none', async () => {
  const path = 'GET /control/signals/gossip/history';
  const unknown = await call(createControlApp(watched.gateway, { token }), path);
  expect(unknown).toMatchObject({ status: 404, body: { code: 'SL_NOT_FOUND', path: 'name' } });
  const off = await call(withToken(), 'GET /control/signals/flow/history');
  expect(off.body).toMatchObject({ message: expect.stringContaining('telemetry.events') });
  const { body } = await call(withToken(), 'GET /control/signals');
  expect(body).toEqual({ enabled: false, signals: [] });
});

test('an experiment is killed from the next request on, and revived', async () => {
  const app = createControlApp(watched.gateway, { token });
  const authorised = { headers: { authorization: `Bearer ${token}` } };
  const served = async () => {
    const query = createQueryApp(watched.gateway);
    for (let user = 0; user < 20; user++)
      await call(query, 'POST /v1/recommend/home', { body: { user: `u${user}` } });
    return new Set(watched.finished.slice(-20).map(({ variant }) => variant));
  };
  expect(await served()).toEqual(new Set(['trial/control', 'trial/treatment']));
  const killed = await call(app, 'POST /control/experiments/trial/kill', authorised);
  expect(killed.body).toMatchObject({
    experiments: [{ name: 'trial', work: 'home', state: 'killed', share: 0 }],
  });
  expect(await served()).toEqual(new Set(['']));
  await call(app, 'POST /control/experiments/trial/revive', authorised);
  expect(await served()).toEqual(new Set(['trial/control', 'trial/treatment']));
  expect(await call(app, 'POST /control/experiments/other/kill', authorised)).toMatchObject({
    status: 404,
    body: { code: 'SL_NOT_FOUND' },
  });
});
