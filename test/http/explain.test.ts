import { afterAll, beforeAll, expect, test } from 'vitest';
import { createControlApp } from '../../src/http/control/app.ts';
import type { DryRunExplanation } from '../../src/http/control/explain-schema.ts';
import { explainAnswerSchema } from '../../src/http/control/explain-schema.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import type { RequestRecord } from '../../src/telemetry/request-record.ts';
import type { Telemetry } from '../../src/telemetry/telemetry.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway, testClock } from './open-test-gateway.ts';

let house: TestGateway;
beforeAll(async () => {
  const experiments = { trial: { work: 'home', treatment: { work: 'session' } } };
  house = await openTestGateway({ experiments, events: true, faults: { enabled: true } });
});
afterAll(() => house.close());

const token = 'a-long-control-token';
const headers = { authorization: `Bearer ${token}` };
const control = () => createControlApp(house.gateway, { token, clock: testClock });

async function explain(body: object, work = 'home') {
  const answer = await call<DryRunExplanation>(
    control(),
    `POST /control/pipelines/${work}/explain`,
    { headers, body },
  );
  expect(answer.status).toBe(200);
  return explainAnswerSchema.parse(answer.body);
}

interface Served {
  readonly items: readonly { id: string; score: number; source: string }[];
}

test('a dry run tells the list that the same request would be served', async () => {
  const request = { user: 'u1', n: 5, exclude: ['A0', 'A2'], catalog: 'shoes' };
  const { body } = await call<Served>(createQueryApp(house.gateway), 'POST /v1/recommend/home', {
    body: request,
  });
  const told = await explain({ request });
  expect(told.items.map(({ id, source }) => ({ id, source }))).toEqual(
    body.items.map(({ id, source }) => ({ id, source })),
  );
  expect(told).toMatchObject({
    work: 'session',
    variant: { variant: 'treatment', reason: 'split' },
    generation: house.gateway.generation().id,
  });
  expect(told.trace_id).toMatch(/^[\da-f]{32}$/);
  expect(told.trace_exported).toBe(false);
});

test('candidates are told with who brought them, their scores and places, and what removed them', async () => {
  const told = await explain({
    request: { n: 2, exclude: ['A0', 'A4'], catalog: 'shoes' },
    variants: { trial: 'control' },
    top: 4,
  });
  expect(told.retrievers).toMatchObject([
    { name: 'latest', found: 20, best: [{ id: 'A0' }, { id: 'A2' }, { id: 'A4' }, { id: 'A6' }] },
  ]);
  expect(told.candidates.total).toBe(20);
  const best = { retrievers: ['latest'], contributions: { latest: expect.any(Number) } };
  expect(told.candidates.best).toMatchObject([
    { ...best, id: 'A0', score_rank: 0, slate_rank: null, removed_by: 'excluded' },
    { ...best, id: 'A2', score_rank: 1, rerank_rank: 1, slate_rank: 0, removed_by: null },
    { ...best, id: 'A4', score_rank: 2, slate_rank: null, removed_by: 'excluded' },
    { ...best, id: 'A6', score_rank: 3, rerank_rank: 3, slate_rank: 1, removed_by: null },
  ]);
  expect(told.rerank.mean_displacement).toBe(0);
  const [hidden, , excluded, category] = told.filters;
  expect(hidden).toMatchObject({ name: 'hidden', failed: false, removed: 0, items: [] });
  expect(excluded).toMatchObject({ name: 'excluded', removed: 2, items: ['A0', 'A4'] });
  expect(excluded.summary).toBe('removes what the caller excludes');
  expect(category).toMatchObject({ name: 'category', removed: 0, items: [] });
});

test('its trace goes out with the identity that the caller gave it', async () => {
  const sent: Pick<
    RequestRecord,
    'isDryRun' | 'route' | 'requestId' | 'traceId' | 'generation' | 'variant'
  >[] = [];
  const telemetry: Telemetry = {
    ...house.gateway.telemetry,
    trace: (record) => sent.push(record) > 0,
  };
  const app = createControlApp({ ...house.gateway, telemetry }, { token, clock: testClock });
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
  const { body } = await call(app, 'POST /control/pipelines/home/explain', {
    headers: { ...headers, traceparent, 'x-request-id': 'look-1' },
    body: { request: {} },
  });
  const identity = { request_id: 'look-1', trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' };
  expect(body).toMatchObject({ ...identity, trace_exported: true });
  expect(sent).toMatchObject([
    {
      ...{ requestId: identity.request_id, traceId: identity.trace_id, isDryRun: true },
      ...{ route: '/control/pipelines/{work}/explain', generation: body.generation },
      // Nobody is split without a key, so there is no exposure to tell algorithms of.
      variant: '',
    },
  ]);
});

test('lists are no longer than asked for, and may be empty', async () => {
  const told = await explain({ request: { n: 3 }, top: 0 });
  expect(told.retrievers.map(({ best }) => best)).toEqual([[]]);
  expect(told.candidates).toEqual({ total: 40, best: [] });
  expect(told.items).toHaveLength(3);
});

test('a variant can be forced, and without that the assigned one serves', async () => {
  const forced = await explain({ request: {}, variants: { trial: 'treatment' } });
  expect(forced).toMatchObject({
    work: 'session',
    variant: { experiment: 'trial', variant: 'treatment', reason: 'forced' },
  });
  expect((await explain({ request: { user: 'u1' } })).variant?.reason).toBe('split');
  expect((await explain({ request: {} })).variant?.reason).toBe('no_key');
  expect((await explain({ request: {} }, 'similar')).variant).toBeNull();
});

/** Counts of what requests, their stages, slates and events feed. */
const ofRequests =
  /^sightline_(?:request|stage|component|fallback|retriever|filter|slate|catalog|ring|feedback|session|anomal)\w*_(?:count|total)\b/;

test('nothing is counted, told, kept in a session or put into the ring', async () => {
  const { gateway, finished, told } = house;
  const scrape = async () => {
    const { body } = await call<string>(control(), 'GET /metrics');
    return body.split('\n').filter((line) => ofRequests.test(line));
  };
  await explain({ request: { session: 'looked-at', n: 3 } });
  await gateway.telemetry.flush();
  await gateway.watch!.refresh();
  const before = { served: finished.length, series: await scrape() };
  const facts = told.length;
  for (let i = 0; i < 20; i++) await explain({ request: { session: 'looked-at', n: 3 } });
  await gateway.telemetry.flush();
  await gateway.watch!.refresh();
  expect(finished).toHaveLength(before.served);
  expect(await scrape()).toEqual(before.series);
  const names = new Set(told.slice(facts).map(({ name }) => name));
  for (const name of ['fallback.served', 'request.shed', 'feedback.accepted', 'context.replaced'])
    expect(names).not.toContain(name);
  const after = await explain({ request: { session: 'looked-at', n: 3 } });
  expect(after.intent).toMatchObject({ session_state: 'cold', recent: [] });
});

test('a stage that is broken is told as a caller would meet it', async () => {
  const { faults } = house.gateway;
  faults!.put([{ ...fault, name: 'no-filter', kind: 'failing-stage', stage: 'filter' }] as never);
  const told = await explain({ request: { n: 3 } });
  faults!.put([]);
  expect(told.degradations.map(({ stage }) => stage)).toContain('filter');
  expect(told.outcome).toBe('empty');
});

const fault = { match: {}, share: 1, afterSeconds: 0, forSeconds: 60, rampSeconds: 0 };

test('with no time left the answer says that stages were skipped, and lists no old candidates', async () => {
  await explain({ request: { n: 3 } });
  const told = await explain({ request: { n: 3, timeout_ms: 0 } });
  expect(told.retrievers).toEqual([{ name: 'latest', found: 0, best: [] }]);
  expect(told.candidates).toEqual({ total: 0, best: [] });
  expect(told.stages.find(({ stage }) => stage === 'retrieve')).toMatchObject({
    outcome: 'skipped',
    reason: 'budget.exhausted',
  });
  expect(told.items.map(({ source }) => source)).toEqual(Array(3).fill('popularity'));
});

const wrong: readonly [what: string, body: unknown, status: number, path: string | null][] = [
  ['no body', undefined, 415, 'content-type'],
  ['broken JSON', '{', 400, null],
  ['too large a body', `"${'x'.repeat(100_001)}"`, 413, null],
  ['no request', {}, 422, 'request'],
  ['a wrong request', { request: { n: 0 } }, 422, 'request.n'],
  ['an unknown field', { request: {}, verbose: true }, 422, 'verbose'],
  ['too long lists', { request: {}, top: 201 }, 422, 'top'],
  ['an unknown experiment', { request: {}, variants: { other: 'x' } }, 422, 'variants.other'],
  [
    'an unknown experiment beside a known one',
    { request: {}, variants: { trial: 'control', other: 'x' } },
    422,
    'variants.other',
  ],
  ['an unknown variant', { request: {}, variants: { trial: 'x' } }, 422, 'variants.trial'],
  [
    'too many variants',
    { request: {}, variants: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [i, 'x'])) },
    422,
    'variants',
  ],
];

test.each(wrong)('%s is refused with what is wrong', async (_, body, status, path) => {
  const ask = { headers, body };
  const answer = await call(control(), 'POST /control/pipelines/home/explain', ask);
  expect(answer).toMatchObject({ status, body: { path } });
});

test('an unknown work is not found, and without the token nothing is told', async () => {
  const body = { request: {} };
  const unknown = 'POST /control/pipelines/nowhere/explain';
  expect(await call(control(), unknown, { headers, body })).toMatchObject({
    status: 404,
    body: { code: 'SL_WORK_UNKNOWN' },
  });
  for (const authorization of ['', 'Bearer x', `Basic ${token}`]) {
    const ask = { headers: { authorization }, body };
    const answer = await call(control(), 'POST /control/pipelines/home/explain', ask);
    expect(answer.status).toBe(401);
    expect(JSON.stringify(answer.body)).not.toContain('A0');
  }
});

test('items are told with the ways that lead to them, by the models that can say', async () => {
  const models = { next: { kind: 'markov-1' }, latest: { kind: 'latest' } };
  const stages = [
    { stage: 'intent' },
    { stage: 'retrieve', use: [{ algorithm: 'next' }, { algorithm: 'latest' }] },
    { stage: 'score', use: [{ algorithm: 'next', weight: 1 }] },
    { stage: 'rerank', use: 'score' },
    { stage: 'filter', use: ['hidden', 'seen'] },
  ];
  const home = { surface: 'item', strategy: 'near', budgetMs: 1000, stages };
  const shop = await openTestGateway({ models, works: { home } });
  try {
    const app = createControlApp(shop.gateway, { token, clock: testClock });
    const body = { request: { item: 'A3', n: 3 } };
    const answer = await call(app, 'POST /control/pipelines/home/explain', { headers, body });
    const { items } = explainAnswerSchema.parse(answer.body);
    // A3, A4 and A5 were clicked in one session; what came third nobody clicked with A3.
    const way = (id: string) => [
      {
        model: 'next',
        nodes: [
          { type: 'item', id: 'A3' },
          { type: 'item', id },
        ],
        share: 1,
      },
    ];
    expect(items.map(({ id, because }) => [id, because])).toEqual([
      ['A4', way('A4')],
      ['A5', way('A5')],
      [expect.any(String), []],
    ]);
  } finally {
    await shop.close();
  }
});
