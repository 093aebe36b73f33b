import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, context, ROOT_CONTEXT } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { z } from 'zod';
import { createControlApp } from '../../src/http/control/app.ts';
import { experimentsSchema } from '../../src/http/control/experiments.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import { recommendAnswerSchema } from '../../src/http/query/recommend-schema.ts';
import type { App } from '../../src/http/routes.ts';
import { type CallOptions, call } from './call.ts';
import { openTestGateway, type TestGateway } from './open-test-gateway.ts';

type Answer = z.output<typeof recommendAnswerSchema>;

const token = 'control-token';
const shopProvider = './test/experiments/shop-provider.ts';
const home = 'POST /v1/recommend/home';
const wanted = { 'x-sightline-variant': 'trial/treatment' };

let house: TestGateway;
let app: App;

beforeAll(async () => {
  const experiments = {
    trial: {
      work: 'home',
      share: 0.001,
      treatment: { work: 'session', allow: ['tester'] },
    },
    graph: { work: 'similar', by: 'subgraph', share: 0.5, treatment: { work: 'session' } },
  };
  house = await openTestGateway({ experiments });
  app = createQueryApp(house.gateway, { token });
});
afterAll(() => house.close());

const ask = (request: string, options: CallOptions = {}) =>
  call<Answer>(app, request, request.startsWith('POST') ? { body: {}, ...options } : options);
const last = () => house.finished.at(-1);

test('the answer says which variant served and why, and keeps to its documented form', async () => {
  const { body } = await ask(home, { body: { user: 'user-1' } });
  expect(body.experiment).toEqual({ name: 'trial', variant: 'control', reason: 'split' });
  expect(recommendAnswerSchema.safeParse(body).error).toBeUndefined();
  expect(last()?.variant).toBe('trial/control');
});

test('the answer of a work without experiment says nothing of it', async () => {
  const { body } = await ask('GET /v1/recommend/session?user=user-1');
  expect(body).not.toHaveProperty('experiment');
});

test('who is on an allow list gets the variant and does not count for the experiment', async () => {
  const { body } = await ask('GET /v1/recommend/home?user=tester');
  expect(body.experiment).toMatchObject({ variant: 'treatment', reason: 'targeting_match' });
  expect(last()?.variant).toBe('');
});

test('a request that names nobody is control and is counted', async () => {
  const before = house.facts('flag.evaluated').length;
  const { body } = await ask('GET /v1/recommend/home');
  expect(body).toMatchObject({ experiment: { variant: 'control', reason: 'no_key' } });
  expect(body.degradations).toEqual([]);
  expect(house.facts('flag.evaluated').slice(before)).toEqual([
    { experiment: 'trial', variant: 'control', reason: 'no_key' },
  ]);
});

test('equal subgraphs get the same variant, asked by either form', async () => {
  for (let k = 0; k < 20; k++) {
    const body = { user: `u${k}`, graph_id: 'g1', subgraph_hash: `hash-${k}` };
    const post = await ask('POST /v1/recommend/similar', { body });
    const query = `user=other&graph_id=g2&subgraph_hash=hash-${k}`;
    const get = await ask(`GET /v1/recommend/similar?${query}`);
    expect(get.body.experiment).toEqual(post.body.experiment);
    expect(get.body.experiment?.reason).toBe('split');
  }
  const { body } = await ask('POST /v1/recommend/similar', { body: { user: 'u1' } });
  expect(body.experiment?.reason).toBe('no_key');
});

test.each(['graph_id', 'subgraph_hash'])(
  '%s is bounded and has no control characters',
  async (field) => {
    for (const wrong of ['', 'x'.repeat(129), 'a\n', 5]) {
      const answer = await ask('POST /v1/recommend/similar', { body: { [field]: wrong } });
      expect(answer).toMatchObject({ status: 422, body: { path: field } });
    }
  },
);

const forms: readonly [
  form: string,
  force: (headers: Record<string, string>) => Promise<Answer>,
][] = [
  ['POST', async (headers) => (await ask(home, { headers })).body],
  ['GET', async (headers) => (await ask('GET /v1/recommend/home', { headers })).body],
  [
    'the form of lab_common_so',
    async (headers) => {
      const options = { body: { api: 'home' }, headers };
      return (await call<{ result: Answer }>(app, 'POST /v1/query', options)).body.result;
    },
  ],
];

test.each(forms)('with the token a variant is served as asked, by %s', async (_, force) => {
  for (const proof of [{ 'x-sightline-token': token }, { authorization: `Bearer ${token}` }]) {
    const body = await force({ ...wanted, ...proof });
    expect(body.experiment).toEqual({ name: 'trial', variant: 'treatment', reason: 'forced' });
    expect(body).toMatchObject({ fallback_reason: null, degradations: [] });
    expect(last()).toMatchObject({ variant: '', outcome: 'ok' });
  }
});

test.each(['trial/other', 'other/treatment', 'treatment', '/', `trial/${'x'.repeat(5000)}`])(
  'the variant %s, which the work does not have, is named and control serves',
  async (variant) => {
    const headers = { 'x-sightline-variant': variant, 'x-sightline-token': token };
    const { status, body } = await ask(home, { headers });
    expect(status).toBe(200);
    expect(body.experiment).toMatchObject({ variant: 'control', reason: 'unknown_variant' });
    expect(body.fallback_reason).toBeNull();
    expect(body.degradations).toMatchObject([{ reason: 'config.unknown_variant' }]);
    const plain = await ask('POST /v1/recommend/session', { headers });
    expect(plain.body).not.toHaveProperty('experiment');
    expect(plain.body.degradations).toMatchObject([{ reason: 'config.unknown_variant' }]);
  },
);

test.each([
  ['no token', {}],
  ['an empty token', { 'x-sightline-token': '' }],
  ['a wrong token', { 'x-sightline-token': `${token}x` }],
  ['a wrong bearer', { authorization: 'Bearer other' }],
  ['the token under another scheme', { authorization: `Basic ${token}` }],
])('choosing a variant with %s is refused', async (_, headers) => {
  const answer = await call(app, home, { body: {}, headers: { ...wanted, ...headers } });
  expect(answer).toMatchObject({
    status: 401,
    body: { code: 'SL_UNAUTHORISED', path: 'x-sightline-variant' },
  });
  expect(JSON.stringify(answer.body)).not.toContain(token);
});

test('where no token is configured nobody chooses a variant, and everybody else is served', async () => {
  const open = createQueryApp(house.gateway);
  const headers = { ...wanted, 'x-sightline-token': 'undefined' };
  expect((await call(open, home, { body: {}, headers })).status).toBe(401);
  expect((await call(open, home, { body: {} })).status).toBe(200);
});

test('a token alone changes nothing, right or wrong', async () => {
  for (const given of [token, 'wrong']) {
    const headers = { 'x-sightline-token': given };
    const { status, body } = await ask(home, { body: { user: 'user-1' }, headers });
    expect(status).toBe(200);
    expect(body.experiment?.reason).toBe('split');
  }
});

test('the control port says who chooses the variants, and what the arms achieve', async () => {
  const { experiments } = house.gateway;
  const control = createControlApp(house.gateway, { token });
  const list = async () => {
    const { body } = await call(control, 'GET /control/experiments');
    expect(experimentsSchema.safeParse(body).error).toBeUndefined();
    return experimentsSchema.parse(body);
  };
  expect(await list()).toMatchObject({
    provider: { name: 'sightline', status: 'READY' },
    experiments: [
      { name: 'trial', by: 'user', results: null },
      { name: 'graph', by: 'subgraph', results: null },
    ],
  });
  const sums = (clicks: number) =>
    Uint32Array.from({ length: 768 }, (_, i) => [10, (i % 3) + clicks, 0][Math.floor(i / 256)]);
  experiments.observe('trial', { control: sums(1), treatment: sums(4) });
  const [{ results }] = (await list()).experiments;
  expect(results).toMatchObject({
    confidence: 0.95,
    samples: { control: 2560, treatment: 2560 },
    difference: {
      clicks: { value: expect.closeTo(0.3, 9) },
      conversions: { value: 0, low: null, high: null },
    },
  });
  const { low, value, high } = results!.difference.clicks;
  expect(low).toBeGreaterThan(0);
  expect(value - low!).toBeCloseTo(high! - value, 9);
});

/** What the OpenTelemetry SDK sets up where spans are exported. */
function createContextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, run, self, ...args) => storage.run(active, () => run.call(self!, ...args)),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}

test('a provider is asked inside the trace of the request, so that its calls carry it on', async () => {
  context.setGlobalContextManager(createContextManager());
  onTestFinished(() => context.disable());
  const traces: string[] = [];
  const own = await openTestGateway({
    experiments: { trial: { work: 'home', treatment: { work: 'session' } } },
    flags: { provider: 'module', module: shopProvider, options: { traces } },
  });
  onTestFinished(() => own.close());
  const request = 'GET /v1/recommend/home?user=user-1';
  const { body } = await call<Answer>(createQueryApp(own.gateway), request);
  expect(traces).toEqual([body.trace_id]);
});

test.each([
  [{ says: { value: 'treatment', reason: 'SPLIT' } }, 'treatment', 'split', []],
  [{ says: { value: 'other' } }, 'control', 'unknown_variant', ['config.unknown_variant']],
  [{ says: 'throws' }, 'control', 'error', ['dependency.error']],
  [{ says: 'nothing' }, 'control', 'late', ['dependency.unavailable']],
])('a provider with %o serves %s', async (options, variant, reason, degradations) => {
  const own = await openTestGateway({
    experiments: { trial: { work: 'home', treatment: { work: 'session' } } },
    flags: { provider: 'module', module: shopProvider, options },
  });
  onTestFinished(() => own.close());
  const request = 'GET /v1/recommend/home?user=user-1&n=2';
  const { status, body } = await call<Answer>(createQueryApp(own.gateway), request);
  expect(status).toBe(200);
  expect(body.items).toHaveLength(2);
  expect(body.experiment).toEqual({ name: 'trial', variant, reason });
  expect(body.degradations.map((one) => one.reason)).toEqual(degradations);
  expect(own.finished[0]).toMatchObject({
    outcome: 'ok',
    variant: reason === 'split' ? 'trial/treatment' : '',
  });
});
