import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SightlineError } from '../src/domain/errors.ts';
import type { Gateway } from '../src/gateway.ts';
import { createControlApp } from '../src/http/control/app.ts';
import { createQueryApp } from '../src/http/query/app.ts';
import type { App } from '../src/http/routes.ts';
import { OverloadError } from '../src/pipeline/admission/shed.ts';
import { slowPoland } from './anomaly/anomaly-example.ts';
import { type CallOptions, call } from './http/call.ts';
import { keySecrets, openKeyedGateway } from './http/keyed-gateway.ts';
import { openTestGateway, type TestGateway, testClock } from './http/open-test-gateway.ts';
import {
  type Document,
  documentedOutcomes,
  expectWholeDocument,
  operationsOf,
} from './openapi-document.ts';

const token = 'control-token';

let house: TestGateway;
let tableFolder: string;
/** The same gateway, with its store gone or full, or with more requests than it can take. */
let faulty: Record<'well' | 'gone' | 'full' | 'busy', Gateway>;
let documents: Record<'query' | 'keyed' | 'control', Document>;
/** Keys before the query listener of each of them. */
let keyed: TestGateway;

beforeAll(async () => {
  const experiments = { trial: { work: 'home', treatment: { work: 'session' } } };
  tableFolder = mkdtempSync(join(tmpdir(), 'sightline-openapi-'));
  writeFileSync(join(tableFolder, 'good.txt'), 'A1\n');
  writeFileSync(join(tableFolder, 'bad.txt'), 'A1\n');
  const tables = Object.fromEntries(
    ['good', 'bad'].map((name) => [name, { kind: 'set', file: join(tableFolder, `${name}.txt`) }]),
  );
  house = await openTestGateway({ experiments, tables, events: true, faults: { enabled: true } });
  keyed = await openKeyedGateway();
  const { gateway } = house;
  const gone = await openTestGateway();
  await gone.close();
  const refuse = async () => {
    throw new SightlineError('SL_STORE_FULL', 'disk of var/data is full');
  };
  const refuseChange = async () => {
    throw new SightlineError('SL_GENERATIONS_FULL', '8 generations are in memory');
  };
  const full = {
    ...gateway,
    putItems: refuse,
    putUsers: refuse,
    deleteItem: refuse,
    deleteUser: refuse,
    recordFeedback: refuse,
    steering: { ...gateway.steering, reload: refuseChange },
    training: { ...gateway.training, promote: refuseChange, rollBack: refuseChange },
  };
  const busy = {
    ...gateway,
    recommend: () => {
      throw new OverloadError('shed.concurrency');
    },
  };
  faulty = { well: gateway, gone: gone.gateway, full, busy };
  documents = {
    query: (await call<Document>(createQueryApp(gateway), 'GET /openapi.json')).body,
    keyed: (await call<Document>(createQueryApp(keyed.gateway), 'GET /openapi.json')).body,
    control: (await call<Document>(createControlApp(gateway, { token }), 'GET /openapi.json')).body,
  };
});
afterAll(async () => {
  await house.close();
  await keyed.close();
  rmSync(tableFolder, { recursive: true });
});

const apps: readonly [name: keyof typeof documents, make: () => App][] = [
  ['query', () => createQueryApp(house.gateway)],
  ['keyed', () => createQueryApp(keyed.gateway)],
  ['control', () => createControlApp(house.gateway, { token })],
];

test.each(apps)('the document of the %s port has every route and no other', (name, make) => {
  const routes = make().routes.map(
    ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
  );
  const documented = operationsOf(documents[name]).map(
    ({ method, path }) => `${method.toUpperCase()} ${path}`,
  );
  expect(documented.toSorted()).toEqual(routes.toSorted());
});

test.each(apps)('the document of the %s port is a whole OpenAPI 3.1 document', (name) => {
  expectWholeDocument(documents[name]);
});

test('limits stand in the schemas, not only in the code', () => {
  const { schemas } = documents.query.components;
  expect(schemas.RecommendRequest).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: {
      n: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
      user: { type: 'string', minLength: 1, maxLength: 512 },
      explain: { type: 'boolean', default: false },
    },
  });
  expect(schemas.Problem).toMatchObject({
    required: ['code', 'message', 'path', 'request_id'],
  });
});

test('every documented example of a body is accepted', async () => {
  const app = createQueryApp(house.gateway);
  await call(app, 'POST /v1/users', { body: { id: 'A1' } });
  for (const { path, method, operation } of operationsOf(documents.query)) {
    const body = operation.requestBody?.content['application/json'].example;
    if (body === undefined) continue;
    const filled = path.replace('{work}', 'home').replace('{id}', 'A1');
    const { status } = await call(app, `${method.toUpperCase()} ${filled}`, { body });
    expect({ path, status }).toEqual({ path, status: expect.toBeOneOf([200, 202]) });
  }
});

type AskOptions = CallOptions & { on?: keyof typeof faulty };
type Ask = readonly [request: string, options?: AskOptions | undefined];

const bad = { body: '{' };
const large = { body: `"${'x'.repeat(100_001)}"` };
const text = { body: '{}', headers: { 'content-type': 'text/plain' } };
const badBodies = [bad, large, text];

/** Requests to a keyed table that together have every outcome. */
const askRows = (path: string, one: object): readonly Ask[] => [
  [`POST ${path}`, { body: one }],
  [`POST ${path}`, { body: { colour: 'red' } }],
  [`POST ${path}`, { body: one, on: 'gone' }],
  [`POST ${path}`, { body: one, on: 'full' }],
  ...badBodies.map((options): Ask => [`POST ${path}`, options]),
  [`GET ${path}`],
  [`GET ${path}?limit=%ff`],
  [`GET ${path}?limit=0`],
  [`GET ${path}`, { on: 'gone' }],
  ...['GET', 'PATCH', 'DELETE'].flatMap((method): Ask[] => [
    [`${method} ${path}/nobody`, { body: method === 'PATCH' ? {} : undefined }],
    [`${method} ${path}/%ff`, { body: method === 'PATCH' ? {} : undefined }],
    [`${method} ${path}/%00`, { body: method === 'PATCH' ? {} : undefined }],
    [`${method} ${path}/X1`, { body: method === 'PATCH' ? {} : undefined, on: 'gone' }],
  ]),
  [`GET ${path}/X1`],
  [`PATCH ${path}/X1`, { body: {} }],
  [`PATCH ${path}/X1`, { body: {}, on: 'full' }],
  ...badBodies.map((options): Ask => [`PATCH ${path}/X1`, options]),
  [`DELETE ${path}/X1`, { on: 'full' }],
  [`DELETE ${path}/X1`],
];

const queries: readonly Ask[] = [
  ['POST /v1/recommend/home', { body: {} }],
  ['POST /v1/recommend/home', { body: { n: 0 } }],
  ['POST /v1/recommend/nowhere', { body: {} }],
  ...badBodies.map((options): Ask => ['POST /v1/recommend/home', options]),
  ['GET /v1/recommend/home'],
  ['GET /v1/recommend/home?n=0'],
  ['GET /v1/recommend/home?user=%ff'],
  ['GET /v1/recommend/nowhere'],
  ['POST /v1/recommend/home', { body: {}, headers: { 'x-sightline-variant': 'trial/treatment' } }],
  ['GET /v1/recommend/home', { headers: { 'x-sightline-variant': 'trial/treatment' } }],
  ['POST /v1/query', { body: { api: 'home' }, headers: { 'x-sightline-variant': 'a/b' } }],
  ['POST /v1/recommend/home', { body: {}, on: 'busy' }],
  ['GET /v1/recommend/home', { on: 'busy' }],
  ['POST /v1/query', { body: { api: 'home' }, on: 'busy' }],
  ...[{ api: 'home' }, {}, { api: 'nowhere' }, { api: 'home', cmd: 'drop' }].map(
    (body): Ask => ['POST /v1/query', { body }],
  ),
  ...badBodies.map((options): Ask => ['POST /v1/query', options]),
  ['POST /v1/feedback', { body: [{ type: 'click', item: 'A1' }] }],
  ['POST /v1/feedback', { body: [{}] }],
  ['POST /v1/feedback', { body: [{ type: 'click', item: 'A1' }], on: 'gone' }],
  ['POST /v1/feedback', { body: [{ type: 'click', item: 'A1' }], on: 'full' }],
  ...badBodies.map((options): Ask => ['POST /v1/feedback', options]),
  ...askRows('/v1/items', { id: 'X1' }),
  ...askRows('/v1/users', { id: 'X1' }),
  ['GET /openapi.json'],
  ['GET /healthz'],
];

/** The statuses seen for each route when every request is made. */
async function outcomesOf(asks: readonly Ask[], make: (gateway: Gateway) => App) {
  const seen = new Set<string>();
  for (const [request, { on = 'well', ...options } = {}] of asks) {
    const { status } = await call(make(faulty[on]), request, options);
    const [method, url] = request.split(' ');
    const path = url
      .replace(/\?.*/, '')
      .replace(/(recommend|pipelines)\/\w+/, '$1/{work}')
      .replace(/(items|users)\/.+/, '$1/{id}')
      .replace(/(anomalies)\/.+/, '$1/{id}')
      .replace(/(signals|experiments|tables|models)\/\w+/, '$1/{name}')
      .replace(/(tasks)\/(?!train$).+/, '$1/{id}')
      .replace(/(generations)\/\w+/, '$1/{id}');
    seen.add(`${method} ${path} ${status}`);
  }
  return [...seen].toSorted();
}

test('every documented status of the query port can happen, and no other was seen', async () => {
  const seen = await outcomesOf(queries, (gateway) =>
    createQueryApp(gateway, { clock: testClock }),
  );
  expect(seen).toEqual(documentedOutcomes(documents.query));
});

test('every documented status of the query port can happen where keys are configured, and no other was seen', async () => {
  const { access } = keyed.gateway;
  const make = (gateway: Gateway) => createQueryApp({ ...gateway, access }, { clock: testClock });
  const withKey = (key: string): Ask[] =>
    queries.map(([request, options]) => [
      request,
      { ...options, headers: { ...options?.headers, 'x-api-key': key } },
    ]);
  const { READ_KEY, WRITE_KEY, OPS_KEY, SLOW_KEY } = keySecrets;
  const asks = [queries, ...[OPS_KEY, READ_KEY, WRITE_KEY, SLOW_KEY].map(withKey)].flat();
  expect(await outcomesOf(asks, make)).toEqual(documentedOutcomes(documents.keyed));
});

test('every documented status of the control port can happen, and no other was seen', async () => {
  const remote = { env: { incoming: { headers: {}, socket: { remoteAddress: '10.0.0.7' } } } };
  const takeProfile = 'POST /control/profile';
  const paths = operationsOf(documents.control)
    .map(({ method, path }) => `${method.toUpperCase()} ${path}`)
    .filter((path) => path !== takeProfile);
  const closed = await outcomesOf(
    [...paths, takeProfile].map((path): Ask => [path, remote]),
    (gateway) => createControlApp(gateway, {}),
  );
  const authorised = { headers: { authorization: `Bearer ${token}` } };
  const guessed = createControlApp(house.gateway, { token });
  const guesses = Array.from({ length: 10 }, (): Ask => ['POST /control/drain']);
  const limited = await outcomesOf(
    [...guesses, ...[...paths, takeProfile].map((path): Ask => [path])],
    () => guessed,
  );
  const app = createControlApp(house.gateway, { token });
  const profiles = await Promise.all(
    ['heap&seconds=1', 'heap&seconds=1', 'gossip', '%ff'].map((query) =>
      outcomesOf([[`${takeProfile}?type=${query}`, authorised]], () => app),
    ),
  );
  const named = [
    'GET /control/signals/flow/history',
    'POST /control/experiments/trial/kill',
    'POST /control/experiments/trial/revive',
    'GET /control/anomalies/a1',
    'GET /control/annotations?from=then',
    'GET /control/annotations?from=%ff',
  ];
  const whole = await outcomesOf(
    [
      ['POST /control/tables/good/update', authorised],
      ['POST /control/reload', { ...authorised, body: {} }],
    ],
    () => app,
  );
  const { training } = house.gateway;
  const click = { type: 'click', item: 'A1', session: 'new', atMs: Date.UTC(2026, 0, 31) };
  await house.gateway.recordFeedback([{ key: 'new', ...click }]);
  const trained = await outcomesOf(
    [['POST /control/tasks/train', { ...authorised, body: { models: ['popular'] } }]],
    () => app,
  );
  const [{ id: task }] = training.tasks();
  const cancelled = await outcomesOf([[`DELETE /control/tasks/${task}`, authorised]], () => app);
  training.train({ trigger: 'manual', models: ['popular'] });
  await vi.waitFor(
    () => expect(training.tasks().every(({ state }) => state === 'ended')).toBe(true),
    { timeout: 15_000, interval: 20 },
  );
  const [{ version }] = await training.history('popular');
  const promote = 'POST /control/models/popular/promote';
  const modelled = await outcomesOf(
    [
      ['POST /control/models/popular/rollback', authorised],
      [promote, { ...authorised, body: { version } }],
      [promote, { ...authorised, body: { version: '0123456789ab' } }],
      [promote, { ...authorised, body: { version }, on: 'full' }],
      ['POST /control/models/popular/rollback', { ...authorised, on: 'full' }],
      ['POST /control/tasks/train', { ...authorised, body: { models: ['magic'] } }],
      ['POST /control/tasks/train', { ...authorised, body: {}, on: 'gone' }],
      ...[{ force: 1 }, '{', 'x'.repeat(100_001)].flatMap((body): Ask[] => [
        ['POST /control/tasks/train', { ...authorised, body }],
        [promote, { ...authorised, body }],
      ]),
    ],
    (gateway) => createControlApp(gateway, { token }),
  );
  writeFileSync(join(tableFolder, 'bad.txt'), 'cut');
  const { id } = house.gateway.generation();
  house.gateway.alarming.book.note(slowPoland);
  const bodies = [{ version: '4', alerts: [] }, { version: '3' }, '{', 'x'.repeat(100_001)];
  const open = await outcomesOf(
    [
      // It drains by then.
      ...[...paths, 'GET /readyz', takeProfile, ...named].map((path): Ask => [path, authorised]),
      ...['promote', 'rollback'].map(
        (verb): Ask => [`POST /control/generations/${id}/${verb}`, authorised],
      ),
      ...['good', 'bad'].map((name): Ask => [`POST /control/tables/${name}/update`, authorised]),
      ['POST /control/models/popular/rollback', authorised],
      [promote, { ...authorised, body: { version } }],
      ['POST /control/tables/good/update', { ...authorised, on: 'full' }],
      ['POST /control/reload', { ...authorised, body: {}, on: 'full' }],
      ...[{ force: 1 }, '{', 'x'.repeat(100_001), {}].map(
        (body): Ask => ['POST /control/reload', { ...authorised, body }],
      ),
      ...bodies.map((body): Ask => ['POST /control/alerts', { ...authorised, body }]),
      ...[{ faults: [] }, { faults: 1 }, '{', 'x'.repeat(100_001)].map(
        (body): Ask => ['PUT /control/faults', { ...authorised, body }],
      ),
      ...[{ level: 'info' }, { level: 'loud' }, '{', 'x'.repeat(100_001)].map(
        (body): Ask => ['POST /control/loglevel', { ...authorised, body }],
      ),
      ...[{ request: {} }, { request: { n: 0 } }, '{', 'x'.repeat(100_001)].map(
        (body): Ask => ['POST /control/pipelines/home/explain', { ...authorised, body }],
      ),
      ['POST /control/pipelines/home/explain', authorised],
      ['GET /control/stores', { on: 'gone' }],
      ...['GET', 'PUT', 'DELETE'].map(
        (method): Ask => [`${method} /control/faults`, { ...authorised, on: 'gone' }],
      ),
    ],
    (gateway) => createControlApp(gateway, { token }),
  );
  expect(
    [
      ...new Set(
        [closed, limited, trained, cancelled, modelled, profiles.flat(), whole, open].flat(),
      ),
    ].toSorted(),
  ).toEqual(documentedOutcomes(documents.control));
});
