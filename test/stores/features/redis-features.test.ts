import { expect, onTestFinished, test } from 'vitest';
import { SightlineError } from '../../../src/domain/errors.ts';
import type { FeatureLookup, FeatureStore } from '../../../src/stores/features/feature-store.ts';
import { parseRedisUrl } from '../../../src/stores/features/redis-client.ts';
import {
  openRedisFeatures,
  type RedisFeaturesOptions,
} from '../../../src/stores/features/redis-features.ts';
import { freePort } from '../../e2e/running-server.ts';
import { testWith } from '../../installed.ts';
import { openRedisServer, until } from './redis-server.ts';
import { startTcpProxy } from './tcp-proxy.ts';

const it = testWith('redis-server');
const limits = { timeoutMs: 5000 };

async function startRedis(flags: readonly string[] = []) {
  const server = await openRedisServer(flags);
  onTestFinished(() => server.close());
  await server.client.set('secret', '1');
  return server;
}

function opened(url: string, options: Partial<RedisFeaturesOptions> = {}): FeatureStore {
  const store = openRedisFeatures({ urls: [url], ...options });
  onTestFinished(() => store.close());
  return store;
}

async function read(store: FeatureStore, timeoutMs = 5000): Promise<FeatureLookup> {
  const [found] = await store.mget(['secret'], { timeoutMs });
  return found;
}

/** The outcome in one word. */
function outcome(found: FeatureLookup): string {
  return found.state === 'failed' ? found.reason : found.state;
}

const isBack = (store: FeatureStore) => async () => outcome(await read(store)) === 'present';

it('a server that is not there is unavailable, and is found when it comes', async () => {
  const server = await startRedis();
  await server.kill();
  const store = opened(server.url);
  expect(outcome(await read(store))).toBe('unavailable');
  expect(outcome(await read(store))).toBe('unavailable');
  await server.start();
  await server.client.set('secret', '1');
  await until(isBack(store));
});

it('a server that is killed is unavailable at once, and is found again after its restart', async () => {
  const server = await startRedis();
  const store = opened(server.url);
  expect(outcome(await read(store))).toBe('present');
  await server.kill();
  await until(async () => outcome(await read(store)) === 'unavailable');
  const before = performance.now();
  expect(outcome(await read(store, 60_000))).toBe('unavailable');
  expect(performance.now() - before).toBeLessThan(1000);
  await server.start();
  await server.client.set('secret', '1');
  await until(isBack(store));
});

it('a slow server costs no more than the time given, and its late answer is dropped', async () => {
  const server = await startRedis();
  const store = opened(server.url);
  await read(store);
  await server.client.client('PAUSE', 400, 'ALL');
  const before = performance.now();
  const late = await read(store, 30);
  expect(performance.now() - before).toBeLessThan(300);
  expect(late).toEqual({ state: 'failed', reason: 'timeout' });
  expect(outcome(await read(store))).toBe('present');
  expect(late).toEqual({ state: 'failed', reason: 'timeout' });
});

it('a slow server has a bounded number of waves waiting', async () => {
  const server = await startRedis();
  const store = opened(server.url, { maxWaves: 3 });
  await read(store);
  await server.client.client('PAUSE', 300, 'ALL');
  const waves = Array.from({ length: 5 }, () => read(store, 20));
  expect((await Promise.all(waves)).map(outcome)).toEqual([
    ...['timeout', 'timeout', 'timeout'],
    ...['bulkhead_full', 'bulkhead_full'],
  ]);
  // Those that were given up still wait for the server.
  expect(outcome(await read(store, 20))).toBe('bulkhead_full');
  await until(isBack(store));
});

it('a server that falls silent is left, and asked anew over another connection', async () => {
  const server = await startRedis();
  const proxy = await startTcpProxy(server.port);
  const store = opened(proxy.url, { silenceMs: 50 });
  await read(store);
  proxy.hold(true);
  expect(outcome(await read(store))).toBe('unavailable');
  proxy.hold(false);
  await until(isBack(store));
});

it('a server that speaks something else is unavailable', async () => {
  const server = await startRedis();
  const proxy = await startTcpProxy(server.port);
  proxy.corrupt('HTTP/1.1 400 Bad Request\r\n\r\n');
  const store = opened(proxy.url);
  expect(outcome(await read(store))).toBe('unavailable');
  proxy.corrupt(undefined);
  await until(isBack(store));
});

it('nonsense in the middle of a connection is an error, and the next connection is good', async () => {
  const server = await startRedis();
  const proxy = await startTcpProxy(server.port);
  const store = opened(proxy.url);
  await read(store);
  proxy.corrupt('no such protocol');
  expect(outcome(await read(store))).toBe('error');
  proxy.corrupt(undefined);
  await until(isBack(store));
});

it('an answer of the wrong kind is an error, not a value', async () => {
  const server = await startRedis();
  const proxy = await startTcpProxy(server.port);
  const store = opened(proxy.url);
  await read(store);
  for (const wrong of ['+OK\r\n', ':7\r\n', '*0\r\n', '*1\r\n:7\r\n', '%1\r\n+a\r\n+b\r\n']) {
    proxy.corrupt(wrong);
    expect(outcome(await read(store))).toBe('error');
  }
});

it('a connection that is cut during a read is unavailable, and is made again', async () => {
  const server = await startRedis();
  const proxy = await startTcpProxy(server.port);
  const store = opened(proxy.url);
  await read(store);
  proxy.hold(true);
  const wave = read(store);
  await new Promise(setImmediate);
  proxy.cut();
  expect(outcome(await wave)).toBe('unavailable');
  proxy.hold(false);
  await until(isBack(store));
});

it('a refusal is an error that names neither key nor value', async () => {
  const server = await startRedis();
  await server.client.acl('SETUSER', 'reader', 'on', '>pass', '~allowed*', '+@all');
  const store = opened(server.url, { username: 'reader', password: 'pass' });
  const found = await read(store);
  expect(outcome(found)).toBe('error');
  const { cause } = found as { cause: SightlineError };
  expect(cause).toBeInstanceOf(SightlineError);
  expect(cause.message).toBe('feature store redis answered NOPERM');
  expect(JSON.stringify(cause) + cause.stack).not.toContain('secret');
  expect(cause.cause).toBeUndefined();
});

it('a password is asked for and given', async () => {
  const server = await openRedisServer(['--requirepass', 'open sesame'], 'open sesame');
  onTestFinished(() => server.close());
  await server.client.set('secret', '1');
  expect(outcome(await read(opened(server.url, { password: 'open sesame' })))).toBe('present');
  expect(outcome(await read(opened(server.url, { password: 'wrong' })))).toBe('unavailable');
  expect(outcome(await read(opened(server.url)))).toBe('unavailable');
});

it('waves of one tick share their way to the server', async () => {
  const server = await startRedis();
  const store = opened(server.url, { keyPrefix: 'f:' });
  await server.client.mset('f:1', '10', 'f:2', '20');
  const waves = await Promise.all([1, 2, 1].map((key) => store.mget([key, 3], limits)));
  expect(waves).toMatchObject([10, 20, 10].map((row) => [{ row }, { state: 'absent' }]));
});

test('nothing is asked of the network before the first read', async () => {
  const store = openRedisFeatures({ urls: [`redis://127.0.0.1:${await freePort()}`] });
  await store.close();
  expect(outcome(await read(store))).toBe('unavailable');
});

test('reads the URL of a Redis', () => {
  expect(parseRedisUrl('redis://cache')).toEqual({ host: 'cache', port: 6379, db: 0, tls: false });
  expect(parseRedisUrl('rediss://[::1]:6380/2')).toEqual({
    host: '::1',
    port: 6380,
    db: 2,
    tls: true,
  });
});

test.each(['', 'cache:6379', 'http://cache', 'redis://', 'redis://a/x', 'redis://:secret@a'])(
  'refuses the URL %j, and does not repeat it',
  (url) => {
    expect(() => parseRedisUrl(url)).toThrow(/^URL of a Redis is not one, expected redis:\/\//);
  },
);
