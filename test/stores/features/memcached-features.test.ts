import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { FeatureLookup, FeatureStore } from '../../../src/stores/features/feature-store.ts';
import { parseMemcachedUrl } from '../../../src/stores/features/memcached-connection.ts';
import {
  type MemcachedFeaturesOptions,
  memcachedKey,
  openMemcachedFeatures,
} from '../../../src/stores/features/memcached-features.ts';
import { MemcachedReader } from '../../../src/stores/features/memcached-reader.ts';
import { freePort } from '../../e2e/running-server.ts';
import { testWith } from '../../installed.ts';
import { openMemcachedServer } from './memcached-server.ts';
import { until } from './redis-server.ts';
import { startTcpProxy } from './tcp-proxy.ts';

const it = testWith('memcached');

const outcome = (found: FeatureLookup) => (found.state === 'failed' ? found.reason : found.state);
const read = async (store: FeatureStore, timeoutMs = 5000) =>
  outcome((await store.mget(['secret'], { timeoutMs }))[0]);

async function start() {
  const server = await openMemcachedServer();
  onTestFinished(() => server.kill());
  const write = () => server.set({ secret: Buffer.from('1') });
  await write();
  return { server, write };
}

function opened(url: string, options: Partial<MemcachedFeaturesOptions> = {}): FeatureStore {
  const store = openMemcachedFeatures({ url, ...options });
  onTestFinished(() => store.close());
  return store;
}

it('a server that is killed is unavailable at once, and found again after its restart', async () => {
  const { server, write } = await start();
  const store = opened(server.url);
  expect(await read(store)).toBe('present');
  await server.kill();
  await until(async () => (await read(store)) === 'unavailable');
  const before = performance.now();
  expect(await read(store, 60_000)).toBe('unavailable');
  expect(performance.now() - before).toBeLessThan(1000);
  await server.start();
  await write();
  await until(async () => (await read(store)) === 'present');
});

it('a server that falls silent is left though it is asked on, and asked anew', async () => {
  const { server } = await start();
  const proxy = await startTcpProxy(server.port);
  const store = opened(proxy.url.replace('redis', 'memcached'), { silenceMs: 100 });
  expect(await read(store)).toBe('present');
  proxy.hold(true);
  const asking = setInterval(() => void read(store, 10), 20);
  onTestFinished(() => clearInterval(asking));
  expect(await read(store)).toBe('unavailable');
  proxy.hold(false);
  await until(async () => (await read(store)) === 'present');
});

it.each([
  ['SERVER_ERROR out of memory\r\n', 'unavailable'],
  ['CLIENT_ERROR line format\r\n', 'error'],
  ['ERROR\r\n', 'error'],
  ['VALUE other 0 1\r\n7\r\nEND\r\n', 'error'],
  ['VALUE secret 0 1\r\n777\r\nEND\r\n', 'error'],
  ['VALUE secret 0 x\r\n', 'error'],
  ['END\n', 'error'],
  [`VALUE secret 0 ${'1'.repeat(2000)}`, 'error'],
  ['STORED\r\n', 'error'],
])('the answer %j is %s, and the next connection is good', async (answer, reason) => {
  const { server } = await start();
  const proxy = await startTcpProxy(server.port);
  const store = opened(proxy.url.replace('redis', 'memcached'));
  expect(await read(store)).toBe('present');
  proxy.corrupt(answer);
  expect(await read(store)).toBe(reason);
  proxy.corrupt(undefined);
  await until(async () => (await read(store)) === 'present');
});

test('nothing is asked of the network before the first read', async () => {
  const store = openMemcachedFeatures({ url: `memcached://127.0.0.1:${await freePort()}` });
  await store.close();
  expect(await read(store)).toBe('unavailable');
});

test('keys that memcached cannot carry stand under their digest', () => {
  expect(memcachedKey('f:', 'item:7')).toBe('f:item:7');
  expect(memcachedKey('f:', 'x'.repeat(248))).toHaveLength(250);
  expect(memcachedKey('f:', 'x'.repeat(249))).toMatch(/^f:sha256:[\da-f]{64}$/);
  expect(memcachedKey('f:', 'item 7')).toMatch(/^f:sha256:[\da-f]{64}$/);
});

test('reads answers however they are cut into chunks, and skips what is too long', () => {
  const value = fc.record({
    key: fc.string({ minLength: 1, maxLength: 40 }).filter((key) => !/[\s\p{C}]/u.test(key)),
    bytes: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  });
  const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(fc.array(value, { maxLength: 5 })), cuts, (answers, sizes) => {
      const heard: unknown[] = [];
      const reader = new MemcachedReader(
        {
          value: (key, bytes) => heard.push([key, bytes && Buffer.from(bytes)]),
          end: () => heard.push('end'),
          failed: (word) => heard.push(word),
        },
        40,
      );
      const wire = Buffer.concat(
        answers.flatMap((values) => [
          ...values.flatMap(({ key, bytes }) => [
            Buffer.from(`VALUE ${key} 0 ${bytes.length}\r\n`),
            bytes,
            Buffer.from('\r\n'),
          ]),
          Buffer.from('END\r\n'),
        ]),
      );
      for (let at = 0, i = 0; at < wire.length; i++) {
        const size = sizes[i % sizes.length];
        reader.push(wire.subarray(at, at + size));
        at += size;
      }
      expect(heard).toEqual(
        answers.flatMap((values) => [
          ...values.map(({ key, bytes }) => [key, bytes.length > 40 ? undefined : bytes]),
          'end',
        ]),
      );
    }),
    { numRuns: 100 },
  );
});

test.each(['', 'memcached://', 'http://x', 'memcached://u:secret@x', 'memcached://x/1', 'x:11211'])(
  'refuses the URL %j, and does not repeat it',
  (url) => {
    expect(() => parseMemcachedUrl(url)).toThrow(/^URL of a memcached is not one, expected/);
  },
);

test('reads the URL of a memcached', () => {
  expect(parseMemcachedUrl('memcached://cache')).toEqual({ host: 'cache', port: 11_211 });
  expect(parseMemcachedUrl('memcached://[::1]:99')).toEqual({ host: '::1', port: 99 });
});
