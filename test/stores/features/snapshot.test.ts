import { expect, onTestFinished, test } from 'vitest';
import type { FeatureKey } from '../../../src/stores/features/feature-store.ts';
import { openRedisFeatures } from '../../../src/stores/features/redis-features.ts';
import { openRedisKeyWatch } from '../../../src/stores/features/redis-key-watch.ts';
import { openSnapshot, type SnapshotOptions } from '../../../src/stores/features/snapshot.ts';
import { testWith } from '../../installed.ts';
import { manualTime, recordingStore } from './recording-store.ts';
import { openRedisServer, until } from './redis-server.ts';
import { startTcpProxy } from './tcp-proxy.ts';

const limits = { timeoutMs: 100 };

function setUp(rows: Record<string, number> = {}, options: SnapshotOptions = {}) {
  const time = manualTime();
  const store = recordingStore(rows);
  const watch = manualWatch();
  const snapshot = openSnapshot(store, { watch, ...time, maxStaleMs: 10_000, ...options });
  return { store, watch, time, snapshot, rows };
}

function manualWatch() {
  let listener = { changed: (_: string) => {}, allChanged: () => {} };
  const watch = {
    live: true,
    isLive: () => watch.live,
    listen(to: typeof listener) {
      listener = to;
    },
    close: async () => {},
    changed: (key: string) => listener.changed(key),
    allChanged: () => listener.allChanged(),
  };
  return watch;
}

test('what was read is answered from memory, present or absent', async () => {
  const { store, snapshot } = setUp({ a: 1 });
  const first = await snapshot.mget(['a', 'nobody', 'a'], limits);
  expect(first).toMatchObject([{ row: 1 }, { state: 'absent' }, { row: 1 }]);
  expect(await snapshot.mget(['nobody', 'a'], limits)).toEqual([first[1], first[0]]);
  expect(store.asked).toEqual([['a', 'nobody']]);
  expect(snapshot.stats()).toMatchObject({ hits: 2, misses: 3, entries: 2 });
});

/** Rows that are asked for with these keys, and what the store remembers of them. */
const rowsOf = (keys: readonly FeatureKey[], entries?: unknown[]) => ({
  count: keys.length,
  keyOf: (row: number) => keys[row],
  memory: entries && { ids: Int32Array.from(keys.keys()), entries },
});

test.each([
  ['', undefined],
  [', from what it remembers', [undefined, undefined]],
])('what is all in memory is answered at once%s', async (_, memory) => {
  const { store, snapshot, watch, time, rows } = setUp({ a: 1 });
  const peek = () => snapshot.peek?.(rowsOf(['a', 7], memory));
  expect(peek()).toBeUndefined();
  const found = await snapshot.mget(['a', '7'], limits);
  for (let i = 0; i < 3; i++) expect(peek()).toEqual(found);
  expect(snapshot.stats()).toMatchObject({ hits: 6, misses: 2 });
  watch.changed('a');
  expect(peek()).toBeUndefined();
  rows.a = 2;
  await snapshot.mget(['a'], limits);
  expect(peek()).toMatchObject([{ row: 2 }, { state: 'absent' }]);
  watch.allChanged();
  expect(peek()).toBeUndefined();
  await snapshot.mget(['a', 7], limits);
  expect(peek()).toHaveLength(2);
  await time.pass(10_001);
  expect(peek()).toBeUndefined();
  expect(store.asked).toHaveLength(3);
  await snapshot.close();
  expect(peek()).toBeUndefined();
});

test('what was pushed out of memory is not answered from what is remembered of it', async () => {
  const { snapshot } = setUp({ a: 1, b: 2, c: 3 }, { maxEntries: 1 });
  const memory = [undefined];
  await snapshot.mget(['a'], limits);
  expect(snapshot.peek?.(rowsOf(['a'], memory))).toMatchObject([{ row: 1 }]);
  await snapshot.mget(['b'], limits);
  await snapshot.mget(['c'], limits);
  expect(snapshot.peek?.(rowsOf(['a'], memory))).toBeUndefined();
});

test('keys that no store can carry, and too many of them, are not answered at once', () => {
  const { snapshot } = setUp();
  expect(snapshot.peek?.(rowsOf(['x\n']))).toBeUndefined();
  expect(snapshot.peek?.({ count: 10_001, keyOf: String })).toBeUndefined();
});

test('a key that changed is read again, alone', async () => {
  const { store, snapshot, watch, rows } = setUp({ a: 1, b: 2 });
  await snapshot.mget(['a', 'b', 'c'], limits);
  rows.a = 10;
  rows.c = 30;
  watch.changed('a');
  watch.changed('c');
  watch.changed('never read');
  expect(await snapshot.mget(['a', 'b', 'c'], limits)).toMatchObject([
    { row: 10 },
    { row: 2 },
    { row: 30 },
  ]);
  expect(store.asked.at(-1)).toEqual(['a', 'c']);
});

test('everything is read again after the watch began or broke', async () => {
  const { store, snapshot, watch } = setUp({ a: 1 });
  await snapshot.mget(['a'], limits);
  watch.allChanged();
  await snapshot.mget(['a'], limits);
  expect(store.asked).toEqual([['a'], ['a']]);
  expect(snapshot.stats()).toMatchObject({ dropped: 1, entries: 1 });
});

test('an answer that was under way while its key changed is served once and not kept', async () => {
  const { store, snapshot, watch, rows } = setUp({ a: 1 });
  store.hold();
  const before = snapshot.mget(['a'], limits);
  rows.a = 2;
  watch.changed('a');
  const after = snapshot.mget(['a'], limits);
  store.release();
  expect(await before).toMatchObject([{ row: 1 }]);
  expect(await after).toMatchObject([{ row: 2 }]);
  expect(await snapshot.mget(['a'], limits)).toMatchObject([{ row: 2 }]);
  expect(store.asked).toHaveLength(2);
});

test('an answer that was under way while everything changed is not kept', async () => {
  const { store, snapshot, watch } = setUp({ a: 1 });
  store.hold();
  const wave = snapshot.mget(['a'], limits);
  watch.allChanged();
  store.release();
  await wave;
  await snapshot.mget(['a'], limits);
  expect(store.asked).toHaveLength(2);
});

test('equal keys are read once at a time', async () => {
  const { store, snapshot } = setUp({ a: 1, b: 2, c: 3 });
  store.hold();
  const waves = [
    snapshot.mget(['a', 'b'], limits),
    snapshot.mget(['b', 'c'], limits),
    snapshot.mget(['c', 'a'], limits),
  ];
  store.release();
  expect(await Promise.all(waves)).toMatchObject([
    [{ row: 1 }, { row: 2 }],
    [{ row: 2 }, { row: 3 }],
    [{ row: 3 }, { row: 1 }],
  ]);
  expect(store.asked).toEqual([['a', 'b'], ['c']]);
});

test('a wave waits no longer than its time, and a late answer fills the snapshot', async () => {
  const { store, snapshot, time } = setUp({ a: 1, b: 2 });
  await snapshot.mget(['b'], limits);
  store.hold();
  const wave = snapshot.mget(['a', 'b'], { timeoutMs: 20 });
  await time.pass(20);
  expect(await wave).toMatchObject([{ state: 'failed', reason: 'timeout' }, { row: 2 }]);
  store.release();
  await time.pass(0);
  expect(await snapshot.mget(['a'], limits)).toMatchObject([{ row: 1 }]);
  expect(store.asked).toHaveLength(2);
});

test('an old entry is read again although nothing was told, sooner without a watch that is live', async () => {
  const { store, snapshot, watch, time } = setUp({ a: 1 }, { maxUnwatchedMs: 500 });
  await snapshot.mget(['a'], limits);
  await time.pass(10_000);
  await snapshot.mget(['a'], limits);
  expect(store.asked).toHaveLength(1);
  await time.pass(1);
  await snapshot.mget(['a'], limits);
  expect(store.asked).toHaveLength(2);
  watch.live = false;
  await time.pass(500);
  await snapshot.mget(['a'], limits);
  expect(store.asked).toHaveLength(2);
  await time.pass(1);
  await snapshot.mget(['a'], limits);
  expect(store.asked).toHaveLength(3);
});

test('a failure is told and not kept', async () => {
  const { store, snapshot } = setUp({ a: 1 });
  store.fail('unavailable');
  expect(await snapshot.mget(['a'], limits)).toMatchObject([{ reason: 'unavailable' }]);
  store.fail(undefined);
  expect(await snapshot.mget(['a'], limits)).toMatchObject([{ row: 1 }]);
});

test('a store that breaks its contract fails its keys and is asked again', async () => {
  const { store, snapshot } = setUp({ a: 1 });
  store.fail('throw');
  expect(await snapshot.mget(['a'], limits)).toMatchObject([{ reason: 'error' }]);
  store.fail('short');
  expect(await snapshot.mget(['a'], limits)).toMatchObject([{ reason: 'error' }]);
  store.fail(undefined);
  expect(await snapshot.mget(['a'], limits)).toMatchObject([{ row: 1 }]);
});

const it = testWith('redis-server');

async function watched() {
  const server = await openRedisServer();
  const proxy = await startTcpProxy(server.port);
  const watch = openRedisKeyWatch({ urls: [proxy.url], keyPrefix: 'f:', pingMs: 20 });
  const store = openRedisFeatures({ urls: [server.url], keyPrefix: 'f:' });
  // Times that no test reaches: what is read anew was told.
  const old = { maxStaleMs: 3_600_000, maxUnwatchedMs: 3_600_000 };
  const snapshot = openSnapshot(store, { watch, ...old });
  onTestFinished(async () => {
    await snapshot.close();
    await server.close();
  });
  await until(() => watch.isLive());
  const row = async () => {
    const [found] = await snapshot.mget(['a'], { timeoutMs: 5000 });
    return found.state === 'present' ? found.row : found.state;
  };
  const shows = (value: unknown) => until(async () => (await row()) === value);
  return { server, proxy, watch, snapshot, row, shows };
}

it('sees writes, deletions, expiry and flushes of a Redis', async () => {
  const { server, shows } = await watched();
  await shows('absent');
  await server.client.set('f:a', '1');
  await shows(1);
  await server.client.del('f:a');
  await shows('absent');
  await server.client.set('f:a', '2', 'PX', 100);
  await shows(2);
  await shows('absent');
  await server.client.set('f:a', '3');
  await shows(3);
  await server.client.flushall();
  await shows('absent');
});

it('keeps what other prefixes change', async () => {
  const { server, snapshot, row, shows } = await watched();
  await server.client.set('f:a', '1');
  await until(() => snapshot.stats().changed === 1);
  await shows(1);
  const { misses } = snapshot.stats();
  await server.client.mset('g:a', '2', 'a', '3');
  await server.client.set('f:b', '4');
  await until(() => snapshot.stats().changed > 1);
  expect(await row()).toBe(1);
  expect(snapshot.stats().misses).toBe(misses);
});

it('drops everything when the watch breaks, and goes on when it is back', async () => {
  const { server, proxy, watch, snapshot, shows } = await watched();
  await server.client.set('f:a', '1');
  await shows(1);
  proxy.cut();
  await until(() => !watch.isLive());
  expect(snapshot.stats().entries).toBe(0);
  await until(() => watch.isLive());
  await shows(1);
  await server.client.set('f:a', '2');
  await shows(2);
});

it('a watch that hears nothing any more is not live', async () => {
  const { proxy, watch } = await watched();
  proxy.hold(true);
  await until(() => !watch.isLive());
  proxy.hold(false);
  await until(() => watch.isLive());
});

it('watches again after the server was killed and started', async () => {
  const { server, watch, shows } = await watched();
  await server.client.set('f:a', '1');
  await shows(1);
  await server.kill();
  await until(() => !watch.isLive());
  await server.start();
  await shows('absent');
  await until(() => watch.isLive());
  await server.client.set('f:a', '2');
  await shows(2);
});
