import { propagation } from '@opentelemetry/api';
import { expect, onTestFinished, test } from 'vitest';
import type { SightlineError } from '../../../src/domain/errors.ts';
import type { FeatureLookup } from '../../../src/stores/features/feature-store.ts';
import {
  type HttpFeaturesOptions,
  openHttpFeatures,
} from '../../../src/stores/features/http-features.ts';
import { openHttpService, type Respond, rowsOf, sendJson } from './http-service.ts';
import { until } from './redis-server.ts';

const limits = { timeoutMs: 5000 };

async function open(
  path: string,
  respond: Respond,
  options: Omit<HttpFeaturesOptions, 'url'> = {},
) {
  const service = await openHttpService(respond);
  onTestFinished(() => service.stop());
  const store = openHttpFeatures({ url: service.url + path, ...options });
  onTestFinished(() => store.close());
  return { service, store };
}

const outcome = (found: FeatureLookup) => (found.state === 'failed' ? found.reason : found.state);

test('a store for single keys asks for each, and 404 means absent', async () => {
  const asked: (string | undefined)[] = [];
  const { store } = await open(
    '/rows/{key}/now',
    (request, response) => {
      asked.push(request.url);
      const isKnown = request.url?.includes('a%2Fb');
      sendJson(response, { row: { price: 9.5 } }, isKnown ? 200 : 404);
    },
    { rows: '/row' },
  );
  expect(await store.mget(['a/b', 'c d', 'a/b'], limits)).toMatchObject([
    { row: { price: 9.5 } },
    { state: 'absent' },
    { row: { price: 9.5 } },
  ]);
  expect(asked.sort()).toEqual(['/rows/a%2Fb/now', '/rows/c%20d/now']);
});

test('a key that would climb up in the path is not sent', async () => {
  const asked: (string | undefined)[] = [];
  const { store } = await open('/rows/{key}', (request, response) => {
    asked.push(request.url);
    sendJson(response, 1);
  });
  expect((await store.mget(['..', '.', '...'], limits)).map(outcome)).toEqual([
    'error',
    'error',
    'present',
  ]);
  expect(asked).toEqual(['/rows/...']);
});

test('text and numbers may stand in JSON as either; nothing else is taken for them', async () => {
  const rows = { a: 7, b: '7', c: [7], d: null, e: { f: 7 } };
  const respond: Respond = (_, response) => sendJson(response, rows);
  for (const [codec, row] of [
    ['text', '7'],
    ['number', 7],
  ] as const) {
    const { store } = await open('/?k={keys}', respond, { codec });
    const found = await store.mget(Object.keys(rows), limits);
    expect(found.slice(0, 2)).toMatchObject([{ row }, { row }]);
    expect(found.slice(2).map(outcome)).toEqual(['error', 'error', 'error']);
  }
});

test('many single keys share their wave without a warning', async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on('warning', warned);
  onTestFinished(() => void process.off('warning', warned));
  const { store } = await open('/{key}', (_, response) => sendJson(response, 1));
  const keys = Array.from({ length: 60 }, (_, i) => i);
  expect((await store.mget(keys, limits)).map(outcome)).toEqual(keys.map(() => 'present'));
  await new Promise(setImmediate);
  expect(warnings).toEqual([]);
});

test('404 for many keys is an error', async () => {
  const { store } = await open('/?ids={keys}', (_, response) => sendJson(response, {}, 404));
  expect((await store.mget(['a', 'b'], limits)).map(outcome)).toEqual(['error', 'error']);
});

test('long lists of keys are asked for in parts', async () => {
  const urls: string[] = [];
  const { store } = await open(
    '/?ids={keys}',
    (request, response) => {
      urls.push(request.url!);
      const keys = request.url!.split('=')[1].split(',').map(decodeURIComponent);
      sendJson(response, rowsOf(new Map(keys.map((key) => [key, key])), keys));
    },
    { maxKeys: 50 },
  );
  const keys = Array.from({ length: 120 }, (_, i) => '界'.repeat(i % 60 || 1) + i);
  expect(await store.mget(keys, limits)).toMatchObject(keys.map((row) => ({ row })));
  expect(urls.length).toBeGreaterThan(3);
  for (const url of urls) expect(url.length).toBeLessThan(5000);
});

test('a request carries on its context, how much time is left, and its own headers', async () => {
  const headers: object[] = [];
  const respond: Respond = (request, response) => {
    headers.push(request.headers);
    sendJson(response, {});
  };
  const { store } = await open('/', respond, {
    body: { ids: '{keys}' },
    headers: { 'x-token': 'abc' },
  });
  const carry = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`, baggage: 'a=b' };
  await store.mget(['a'], { timeoutMs: 250.7, carry });
  expect(headers).toMatchObject([
    { ...carry, 'x-token': 'abc', 'x-sightline-deadline-ms': '250', accept: 'application/json' },
  ]);
});

test('where an SDK propagates contexts, headers are not written twice', async () => {
  propagation.setGlobalPropagator({
    inject() {},
    extract: (context) => context,
    fields: () => ['traceparent'],
  });
  onTestFinished(() => propagation.disable());
  const headers: object[] = [];
  const { store } = await open('/{key}', (request, response) => {
    headers.push(request.headers);
    sendJson(response, 1);
  });
  await store.mget(['a'], { ...limits, carry: { traceparent: 'ours' } });
  expect(headers).toHaveLength(1);
  expect(headers[0]).not.toHaveProperty('traceparent');
});

test.each([
  [429, 'unavailable'],
  [503, 'unavailable'],
  [500, 'error'],
  [401, 'error'],
  [302, 'error'],
])('status %i is %s, and tells neither key nor answer', async (status, reason) => {
  const { store } = await open('/{key}', (_, response) => {
    response.writeHead(status, { location: '/elsewhere' }).end('"secret"');
  });
  const [found] = await store.mget(['hidden'], limits);
  expect(outcome(found)).toBe(reason);
  const { cause } = found as { cause: SightlineError };
  expect(cause.message).toBe(`feature store http answered status ${status}`);
  expect(`${cause.stack} ${cause.cause}`).not.toMatch(/secret|hidden/);
});

test.each([
  ['no JSON', 'not json'],
  ['another form', '[1]'],
  ['half of it', '{"data":{"a":1'],
  ['no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ['a pointer that leads nowhere', '{"other":{}}'],
  ['nothing', ''],
  ['too much', `{"data":{"a":"${'x'.repeat(5000)}"}}`],
])('an answer with %s is an error', async (_, answer) => {
  const { store } = await open('/?k={keys}', (__, response) => response.end(answer), {
    rows: '/data',
    maxAnswerBytes: 4096,
  });
  expect((await store.mget(['a', 'b'], limits)).map(outcome)).toEqual(['error', 'error']);
});

test('a wave that is given up ends its requests', async () => {
  let isCut = false;
  const { store } = await open('/{key}', (request) => {
    request.socket.once('close', () => {
      isCut = true;
    });
  });
  expect((await store.mget(['a'], { timeoutMs: 50 })).map(outcome)).toEqual(['timeout']);
  await until(() => isCut);
  const giveUp = new AbortController();
  const found = store.mget(['a'], { timeoutMs: 60_000, signal: giveUp.signal });
  giveUp.abort();
  expect((await found).map(outcome)).toEqual(['timeout']);
});

test('a service that is stopped is unavailable, and found when it is started again', async () => {
  const { service, store } = await open('/{key}', (_, response) => sendJson(response, 1));
  const read = async () => outcome((await store.mget(['a'], limits))[0]);
  expect(await read()).toBe('present');
  await service.stop();
  await until(async () => (await read()) === 'unavailable');
  await service.start();
  await until(async () => (await read()) === 'present');
});
