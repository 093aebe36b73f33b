import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Item } from '../../../src/domain/item.ts';
import type { FeatureStore } from '../../../src/stores/features/feature-store.ts';
import { featuresSchema } from '../../../src/stores/features/features-schema.ts';
import { openFeatureStores } from '../../../src/stores/features/open-feature-stores.ts';
import { openSqliteStore } from '../../../src/stores/sqlite.ts';
import { openMemcachedServer } from '../../stores/features/memcached-server.ts';
import { openRedisServer } from '../../stores/features/redis-server.ts';
import type { BenchOptions } from '../harness/bench.ts';
import { startChild } from '../harness/child.ts';
import { createRandom, shuffled } from '../harness/random.ts';
import { quantileOf, round, spreadOf } from '../harness/spread.ts';
import { withTemporaryFolder } from '../harness/temporary-folder.ts';

const keyCount = 500;
const rounds = 8;
const readers = 4;
const limits = { timeoutMs: 5000 };

/** Reads one wave and answers how many of its rows are there. */
type Read = () => Promise<number>;

/**
 * Waves of 500 rows from each store, as a configuration opens it (measured, behind breaker and bulkhead), four at a time:
 * waves a second, and the time of one wave; the ratio of memory to itself. Real servers beside, HTTP in a process of its own.
 */
export async function measureFeatureWaves({ seconds, log }: BenchOptions): Promise<object> {
  const random = createRandom(7);
  const rows = makeRows(random);
  const stand = await openStand(rows);
  try {
    const burstMs = (seconds * 1000) / ((rounds + 1) * Object.keys(stand.reads).length);
    const rates: Record<string, number[]> = {};
    const times: Record<string, number[]> = {};
    for (let r = 0; r <= rounds; r++) {
      for (const name of shuffled(Object.keys(stand.reads), random)) {
        const waves = await burst(stand.reads[name], burstMs);
        if (r === 0) continue;
        rates[name] = [...(rates[name] ?? []), (waves.length * 1000) / burstMs];
        times[name] = [...(times[name] ?? []), ...waves];
      }
    }
    const { memory, memory_again: again } = rates;
    const stores = Object.keys(rates).map((name) => {
      const spread = spreadOf(rates[name]);
      const [p50, p99] = [0.5, 0.99].map((q) => round(quantileOf(times[name], q)));
      log(`${name.padEnd(16)} ${spread.median} waves/s, p50 ${p50} ms, p99 ${p99} ms`);
      return [name, { waves_per_s: spread, p50_ms: p50, p99_ms: p99 }];
    });
    const itself = spreadOf(memory.map((rate, i) => again[i] / rate));
    return { keys: keyCount, aa: itself, ...Object.fromEntries(stores) };
  } finally {
    await stand.close();
  }
}

/** About 100 bytes of JSON each, as rows of features are. */
function makeRows(random: () => number): Readonly<Record<string, object>> {
  const pick = (count: number) => Math.floor(random() * count);
  return Object.fromEntries(
    Array.from({ length: keyCount }, (_, i) => [
      `item:${i}`,
      { price: pick(10_000) / 100, clicks: pick(1000), rate: random(), category: `c-${pick(50)}` },
    ]),
  );
}

async function openStand(rows: Readonly<Record<string, object>>) {
  const keys = Object.keys(rows);
  const texts = keys.map((key) => [key, JSON.stringify(rows[key])] as const);
  const redis = await openRedisServer();
  const memcached = await openMemcachedServer();
  const service = await startChild<{ port: number }>('feature-service', {
    options: { rows: Object.fromEntries(texts) },
  });
  await redis.client.mset(...texts.flat());
  await memcached.set(Object.fromEntries(texts.map(([key, text]) => [key, Buffer.from(text)])));
  const urls = [redis.url];
  const stores = {
    own: { kind: 'memory', rows },
    redis: { kind: 'redis', urls },
    redis_snapshot: { kind: 'redis', urls, snapshot: {} },
    memcached: { kind: 'memcached', url: memcached.url },
    http: { kind: 'http', url: `http://127.0.0.1:${service.ready.port}/`, body: '{keys}' },
  };
  const named = Object.entries(stores).map(([name, store]) => [name.replace('_', '-'), store]);
  const features = await openFeatureStores(
    featuresSchema.parse({ stores: Object.fromEntries(named) }),
    { emit: () => {} },
  );
  const read = (store: FeatureStore | undefined): Read => {
    if (store === undefined) throw new Error('store is missing');
    return async () => presentIn(await store.mget(keys, limits));
  };
  const sqlite = await openSqlite(keys);
  return {
    reads: {
      memory: read(features.get('own')),
      memory_again: read(features.get('own')),
      sqlite: sqlite.read,
      redis: read(features.get('redis')),
      redis_snapshot: read(features.get('redis-snapshot')),
      memcached: read(features.get('memcached')),
      http: read(features.get('http')),
    } as Readonly<Record<string, Read>>,
    async close() {
      await features.close();
      await Promise.all([redis.close(), memcached.kill(), service.end(), sqlite.close()]);
    },
  };
}

/** The system of record, with an item for each key. */
async function openSqlite(keys: readonly string[]) {
  const closing = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<Read>();
  const done = withTemporaryFolder(async (folder) => {
    const store = await openSqliteStore({ folder });
    await store.mset('items', keys.map(itemOf));
    opened.resolve(async () => presentIn(await store.mget('items', keys)));
    await closing.promise;
    await store.close();
  });
  return {
    read: await opened.promise,
    close() {
      closing.resolve();
      return done;
    },
  };
}

const itemOf = (id: string): Item => ({
  id,
  catalog: 'shoes',
  categories: ['boots'],
  attributes: { price: 9.5, clicks: 7 },
  hidden: false,
  publishedAtMs: 0,
});

function presentIn(found: readonly { readonly state: string }[]): number {
  let present = 0;
  for (const { state } of found) if (state === 'present') present += 1;
  return present;
}

/** Milliseconds of each wave of some readers that ask again as soon as they have their answer. */
async function burst(read: Read, ms: number): Promise<number[]> {
  const times: number[] = [];
  const endsAt = performance.now() + ms;
  const reader = async () => {
    for (let from = performance.now(); from < endsAt; from = performance.now()) {
      const present = await read();
      if (present !== keyCount) throw new Error(`${present} rows found, expected ${keyCount}`);
      times.push(performance.now() - from);
      // A request of a server begins in a turn of its own, too.
      await nextTurn();
    }
  };
  await Promise.all(Array.from({ length: readers }, reader));
  return times;
}
