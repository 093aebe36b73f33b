import { expect, onTestFinished, test } from 'vitest';
import { featuresSchema } from '../../../src/stores/features/features-schema.ts';
import type { FeatureStoresOptions } from '../../../src/stores/features/furnish-feature-store.ts';
import { openFeatureStores } from '../../../src/stores/features/open-feature-stores.ts';
import type { FactName, Facts } from '../../../src/telemetry/facts.ts';
import { freePort } from '../../e2e/running-server.ts';
import { openHttpService, sendJson } from './http-service.ts';
import { manualTime, recordingStore } from './recording-store.ts';

type Told = { [Name in FactName]: { name: Name; fact: Facts[Name] } }[FactName];

const limits = { timeoutMs: 1000 };

async function open(stores: object, options: Partial<FeatureStoresOptions> = {}) {
  const told: Told[] = [];
  const time = manualTime();
  const features = await openFeatureStores(featuresSchema.parse({ stores }), {
    emit: (name, fact) => told.push({ name, fact } as Told),
    ...time,
    ...options,
  });
  onTestFinished(() => features.close());
  return { features, time, told, factsOf: (name: FactName) => factsOf(told, name) };
}

const factsOf = (told: readonly Told[], name: FactName) =>
  told.filter((one) => one.name === name).map(({ fact }) => fact);

test('opens every configured store under its name, and tells how it is', async () => {
  const { features } = await open({
    prices: { kind: 'memory', rows: { 'item:1': { price: 9.5 } }, timeoutMs: 7 },
    cache: { kind: 'memcached', url: `memcached://127.0.0.1:${await freePort()}` },
  });
  const prices = features.get('prices')!;
  expect(prices).toMatchObject({ name: 'prices', timeoutMs: 7 });
  expect(await prices.mget(['item:1', 'item:2'], limits)).toMatchObject([
    { row: { price: 9.5 } },
    { state: 'absent' },
  ]);
  expect(features.get('nobody')).toBeUndefined();
  expect(features.status()).toMatchObject([
    {
      ...{ name: 'prices', kind: 'memory', timeoutMs: 7, snapshot: undefined },
      breaker: { state: 'closed', opened: 0 },
      bulkhead: { inFlight: 0, maxWaves: 64 },
    },
    { name: 'cache', kind: 'memcached', timeoutMs: 20 },
  ]);
});

test('without stores there is nothing to tell, and no timer', async () => {
  const { features, time, told } = await open({});
  expect([features.status(), told, time.waiting()]).toEqual([[], [], 0]);
});

test('tells of each wave how long it took and how it ended', async () => {
  const { features, factsOf, time } = await open({
    prices: { kind: 'memory', rows: { a: 1, b: 2 }, snapshot: { maxStaleMs: 10_000 } },
  });
  const prices = features.get('prices')!;
  await prices.mget(['a', 'nobody'], limits);
  await prices.mget(['a', ''], limits);
  await prices.mget([''], limits);
  await time.pass(0);
  expect(factsOf('store.fetched')).toMatchObject([
    { store: 'prices', outcome: 'ok', seconds: expect.any(Number) },
    { outcome: 'partial' },
    { outcome: 'error' },
  ]);
});

test('tells once a second what breakers are and what snapshots did', async () => {
  const { features, factsOf, time } = await open({
    prices: { kind: 'memory', rows: { a: 1 }, snapshot: {} },
    plain: { kind: 'memory' },
  });
  await features.get('prices')!.mget(['a', 'b'], limits);
  await features.get('prices')!.mget(['a', 'b', 'c'], limits);
  await time.pass(1000);
  expect(factsOf('breaker.measured')).toEqual(
    ['prices', 'plain', 'prices', 'plain'].map((store) => ({ store, state: 'closed' })),
  );
  const snapshot = { store: 'prices', dropped: 0, isLive: undefined };
  expect(factsOf('snapshot.measured')).toEqual([
    { ...snapshot, hits: 0, misses: 0, bytes: 0 },
    { ...snapshot, hits: 2, misses: 3, bytes: expect.any(Number) },
  ]);
  expect(features.status()[0].snapshot).toMatchObject({ hits: 2, misses: 3, entries: 3 });
});

test('tells when a breaker changes, and answers from the snapshot meanwhile', async () => {
  const inner = recordingStore({ a: 1 });
  const { features, factsOf } = await open(
    {
      prices: {
        ...{ kind: 'plugin', store: 'ours', options: { path: 'x' }, snapshot: {} },
        breaker: { waves: 2, minWaves: 2, openMs: 60_000 },
      },
    },
    {
      kinds: {
        ours({ name, options }) {
          expect({ name, options }).toEqual({ name: 'prices', options: { path: 'x' } });
          return inner;
        },
      },
    },
  );
  const prices = features.get('prices')!;
  await prices.mget(['a'], limits);
  inner.fail('unavailable');
  for (const key of ['b', 'c']) await prices.mget([key], limits);
  expect(await prices.mget(['a', 'd'], limits)).toMatchObject([
    { row: 1 },
    { state: 'failed', reason: 'breaker_open' },
  ]);
  expect(factsOf('breaker.changed')).toEqual([{ store: 'prices', from: 'closed', to: 'open' }]);
  expect(factsOf('breaker.opened')).toEqual([{ store: 'prices' }]);
  expect(features.status()[0]).toMatchObject({ kind: 'ours', breaker: { state: 'open' } });
});

test('secrets come from the environment and are not told', async () => {
  const asked: (string | undefined)[] = [];
  const service = await openHttpService((request, response) => {
    asked.push(request.headers.authorization);
    sendJson(response, {});
  });
  onTestFinished(() => service.stop());
  const headersEnv = { authorization: 'FEATURES_TOKEN' };
  const stores = { http: { kind: 'http', url: `${service.url}?ids={keys}`, headersEnv } };
  const { features } = await open(stores, { environment: { FEATURES_TOKEN: 'Bearer abc' } });
  await features.get('http')!.mget(['a'], limits);
  expect(asked).toEqual(['Bearer abc']);
  expect(JSON.stringify(features.status())).not.toContain('abc');
});

test('every mistake is told at once, and nothing stays open', async () => {
  const inner = recordingStore({});
  let isClosed = false;
  const ours = () => ({
    ...inner,
    close: async () => {
      isClosed = true;
    },
  });
  const opening = open(
    {
      good: { kind: 'plugin', store: 'ours' },
      token: { kind: 'http', url: 'http://x/?k={key}', headersEnv: { 'x-token': 'NO_SUCH' } },
      lines: { kind: 'redis', urls: ['redis://x'], passwordEnv: 'LINES' },
      place: { kind: 'http', url: 'http://x/rows' },
      other: { kind: 'plugin', store: 'theirs' },
      host: { kind: 'redis', urls: ['redis://'] },
      path: { kind: 'memcached', url: 'memcached://x/1' },
    },
    { kinds: { ours }, environment: { LINES: 'secret\r\nline' } },
  );
  const error = await opening.then(
    () => undefined,
    (cause) => cause,
  );
  expect(error).toMatchObject({ code: 'SL_CONFIG_INVALID' });
  expect(error.mistakes).toEqual(
    [
      ['token', 'variable NO_SUCH is not set, expected a secret'],
      ['lines', 'variable LINES is not one line of text, expected a secret'],
      ['place', expect.stringContaining('uses none or both of {keys} and {key}')],
      ['other', expect.stringContaining('kind of store theirs is unknown')],
      ['host', expect.stringContaining('URL of a Redis is not one')],
      ['path', expect.stringContaining('URL of a memcached is not one')],
    ].map(([store, message]) => ({ path: `features.stores.${store}`, message })),
  );
  expect(error.message).not.toContain('secret\r');
  expect(isClosed).toBe(true);
});

test('stops telling when it is closed', async () => {
  const { features, time, told } = await open({ prices: { kind: 'memory' } });
  await features.close();
  const before = told.length;
  await time.pass(5000);
  expect(told).toHaveLength(before);
  expect(await features.get('prices')!.mget(['a'], limits)).toMatchObject([
    { state: 'failed', reason: 'unavailable' },
  ]);
});

const wrong: readonly [path: string, store: object][] = [
  ['x.kind', { kind: 'nosuch' }],
  ['x.urls', { kind: 'redis' }],
  ['x.urls.0', { kind: 'redis', urls: ['redis://:secret@x'] }],
  ['x.urls.0', { kind: 'redis', urls: ['http://x'] }],
  ['x', { kind: 'redis', urls: ['redis://x'], password: 'secret' }],
  ['x.keyPrefix', { kind: 'memcached', url: 'memcached://x', keyPrefix: 'a b' }],
  [
    'x.headersEnv.traceparent',
    { kind: 'http', url: 'http://x/{key}', headersEnv: { traceparent: 'A' } },
  ],
  ['x.url', { kind: 'http', url: 'ftp://x/{key}' }],
  ['x.breaker.minWaves', { kind: 'memory', breaker: { waves: 5, minWaves: 6 } }],
  ['x.timeoutMs', { kind: 'memory', timeoutMs: 0 }],
];

test.each(wrong)('refuses a configuration at stores.%s', (path, store) => {
  const { error } = featuresSchema.safeParse({ stores: { x: store } });
  expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(`stores.${path}`);
  expect(error?.message).not.toContain('secret@');
});

test('a feature store cannot have the name of the store of items', () => {
  const { success } = featuresSchema.safeParse({ stores: { sqlite: { kind: 'memory' } } });
  expect(success).toBe(false);
});
