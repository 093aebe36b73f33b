import { setImmediate as nextTurn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Run } from '../../src/pipeline/run.ts';
import type { FeatureStore } from '../../src/stores/features/feature-store.ts';
import { openRedisFeatures } from '../../src/stores/features/redis-features.ts';
import { openRedisKeyWatch } from '../../src/stores/features/redis-key-watch.ts';
import { openSnapshot } from '../../src/stores/features/snapshot.ts';
import { openRedisServer } from '../stores/features/redis-server.ts';
import { createStageReader, type FeatureRequest } from './features/stage-reader.ts';
import type { Bench } from './harness/bench.ts';
import { createRandom, shuffled } from './harness/random.ts';
import { quantileOf, round, spreadOf } from './harness/spread.ts';

const users = 5000;
const items = 20_000;
const itemsPerRequest = 500;
const slates = 256;
const concurrency = 16;
const rounds = 8;
const writesPerSecond = 100;
const keyPrefix = 'f:';
const limits = { timeoutMs: 1000 };

/** What one request asks for, in the form of each reader. */
interface Asked extends FeatureRequest {
  /** The user's first. */
  readonly keys: readonly string[];
}

/** Reads the features of one request and answers how many values it got. */
type Read = (asked: Asked) => Promise<number> | number;

/** One burst of reads. */
interface Burst {
  readonly perSecond: number;
  /** Microseconds of all threads of this process per request; those of the Redis are not in it. */
  readonly cpuMicros: number;
}

/**
 * Requests per second of one thread that reads 1 user and 500 items each, from a real Redis: through the features
 * stage of a work, which makes the keys, fills typed columns and tells series of it, over the local snapshot, warm, and
 * through the store with that snapshot alone, against one plain MGET whose values are parsed, while 100 values per second are written
 * for all of them; and how long after a write was sent its old value is still read, under the same load.
 */
export const featuresBench: Bench = async ({ seconds, log }) => {
  const server = await openRedisServer();
  const plain = new Redis({ port: server.port, keyPrefix });
  const address = { urls: [server.url], keyPrefix };
  const watch = openRedisKeyWatch(address);
  const snapshot = openSnapshot(openRedisFeatures(address), { watch });
  const bare = openRedisFeatures(address);
  try {
    await fill(server.client);
    while (!watch.isLive()) await nextTurn();
    const parsed: Read = async ({ keys }) => countParsed(await plain.mget(...keys));
    const stage = createStageReader(snapshot, items);
    const entries: Readonly<Record<string, Read>> = {
      stage: (asked) => stage(asked, countStates),
      stage_numbers: (asked) => stage(asked, countPrices),
      snapshot: ({ keys }) => countPresent(snapshot, keys),
      mget: parsed,
      mget_again: parsed,
      mget_unparsed: async ({ keys }) => (await plain.mget(...keys)).length,
      store: ({ keys }) => countPresent(bare, keys),
    };
    await warm(snapshot);
    const cold = snapshot.stats();
    const writing = setInterval(() => write(server.client), 1000 / writesPerSecond);
    const burstMs = (seconds * 800) / (rounds * Object.keys(entries).length);
    const bursts = await measure(entries, burstMs, log);
    clearInterval(writing);
    const hot = snapshot.stats();
    const [hits, misses] = [hot.hits - cold.hits, hot.misses - cold.misses];
    const staleMs = await measureStaleness(snapshot, server.client, seconds * 200);
    const ratio = (above: string, below: string, of: keyof Burst = 'perSecond') =>
      spreadOf(bursts[above].map((burst, r) => burst[of] / bursts[below][r][of]));
    const medians = (of: keyof Burst) =>
      Object.fromEntries(
        Object.entries(bursts).map(([name, all]) => [
          name,
          spreadOf(all.map((burst) => burst[of])),
        ]),
      );
    return {
      stage_over_mget: ratio('stage', 'mget'),
      stage_numbers_over_mget: ratio('stage_numbers', 'mget'),
      stage_over_snapshot: ratio('stage', 'snapshot'),
      mget_over_stage_cpu: ratio('mget', 'stage', 'cpuMicros'),
      snapshot_over_mget: ratio('snapshot', 'mget'),
      snapshot_over_mget_unparsed: ratio('snapshot', 'mget_unparsed'),
      store_over_mget: ratio('store', 'mget'),
      mget_over_snapshot_cpu: ratio('mget', 'snapshot', 'cpuMicros'),
      aa: ratio('mget_again', 'mget'),
      aa_cpu: ratio('mget_again', 'mget', 'cpuMicros'),
      stale_p50_ms: round(quantileOf(staleMs, 0.5)),
      stale_p99_ms: round(quantileOf(staleMs, 0.99)),
      stale_max_ms: round(Math.max(...staleMs)),
      stale_writes: staleMs.length,
      snapshot_hit_ratio: round(hits / (hits + misses)),
      requests_per_s: medians('perSecond'),
      cpu_us_per_request: medians('cpuMicros'),
      keys_per_request: 1 + itemsPerRequest,
      writes_per_s: writesPerSecond,
      concurrency,
      rounds,
    };
  } finally {
    plain.disconnect();
    await snapshot.close();
    await bare.close();
    await server.close();
  }
};

const random = createRandom(31);
const pick = (count: number) => Math.floor(random() * count);

/** About 100 bytes of JSON, as a row of features is. */
function rowOf(version: number): string {
  const [price, clicks, rate] = [pick(10_000) / 100, pick(1000), random()];
  return JSON.stringify({ price, clicks, rate, category: `category-${pick(50)}`, version });
}

async function fill(client: Redis): Promise<void> {
  for (const [kind, count] of [
    ['user', users],
    ['item', items],
  ] as const) {
    for (let from = 0; from < count; from += 1000) {
      const pairs = Array.from({ length: 1000 }, (_, i) => [
        `${keyPrefix}${kind}:${from + i}`,
        rowOf(0),
      ]);
      await client.mset(pairs.flat());
    }
  }
}

function write(client: Redis): void {
  const key = random() < 0.2 ? `user:${pick(users)}` : `item:${pick(items)}`;
  client.set(keyPrefix + key, rowOf(1)).catch(() => {});
}

/** Reads every row once, as the first minutes of a server do. */
async function warm(store: FeatureStore): Promise<void> {
  for (let from = 0; from < items; from += users) {
    const kinds = from === 0 ? ['user', 'item'] : ['item'];
    for (const kind of kinds) {
      await countPresent(
        store,
        Array.from({ length: users }, (_, i) => `${kind}:${from + i}`),
      );
    }
  }
}

async function countPresent(store: FeatureStore, keys: readonly string[]): Promise<number> {
  let present = 0;
  for (const { state } of await store.mget(keys, limits)) if (state === 'present') present += 1;
  return present;
}

function countParsed(values: readonly (string | null)[]): number {
  let present = 0;
  for (const value of values) if (value !== null && JSON.parse(value)) present += 1;
  return present;
}

/** Bursts of every entry in a seeded order per round, the first round for warming up only. */
async function measure(
  entries: Readonly<Record<string, Read>>,
  burstMs: number,
  log: (line: string) => void,
): Promise<Readonly<Record<string, readonly Burst[]>>> {
  const requests = makeRequests();
  const bursts: Record<string, Burst[]> = {};
  for (let r = 0; r <= rounds; r++) {
    for (const name of shuffled(Object.keys(entries), random)) {
      const measured = await burst(entries[name], requests, burstMs);
      bursts[name] ??= [];
      if (r > 0) bursts[name].push(measured);
    }
    const line = Object.entries(bursts).map(
      ([name, all]) => `${name} ${Math.round(all.at(-1)?.perSecond ?? 0)}/s`,
    );
    if (r > 0) log(`round ${r}: ${line.join(' · ')}`);
  }
  return bursts;
}

/** Slates of distinct items, each read for any user. */
function makeRequests(): () => Asked {
  const made = Array.from({ length: slates }, () => {
    const chosen = new Set<number>();
    while (chosen.size < itemsPerRequest) chosen.add(pick(items));
    return { items: Int32Array.from(chosen), keys: ['', ...[...chosen].map((i) => `item:${i}`)] };
  });
  let next = 0;
  return () => {
    next = (next + 1) % slates;
    const user = String(pick(users));
    return { user, items: made[next].items, keys: made[next].keys.with(0, `user:${user}`) };
  };
}

/** Values of all columns by their states, as a filter looks at them. */
function countStates({ features }: Run): number {
  let present = features.get('profile').state[0];
  const { state, count } = features.get('offer');
  for (let row = 0; row < count; row++) present += state[row];
  return present;
}

/** Values of all columns as numbers, as a scorer looks at them. */
function countPrices({ features }: Run): number {
  let present = features.get('profile').state[0];
  const column = features.get('offer');
  const prices = column.numbers('price', -1);
  for (let row = 0; row < column.count; row++) if (prices[row] >= 0) present += 1;
  return present;
}

/** Several readers ask again as soon as they have their answer. */
async function burst(read: Read, request: () => Asked, ms: number): Promise<Burst> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  let done = 0;
  const reader = async () => {
    while (performance.now() - startedAt < ms) {
      const asked = request();
      const found = read(asked);
      if ((typeof found === 'number' ? found : await found) !== asked.keys.length)
        throw new Error('a value was missing');
      done += 1;
      // A request of a server begins in a turn of its own, too.
      await nextTurn();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, reader));
  const { user, system } = process.cpuUsage(before);
  return {
    perSecond: done / ((performance.now() - startedAt) / 1000),
    cpuMicros: (user + system) / done,
  };
}

/** Milliseconds from sending a write until its value is read, one per write, while requests are read. */
async function measureStaleness(
  snapshot: FeatureStore,
  client: Redis,
  ms: number,
): Promise<readonly number[]> {
  const staleMs: number[] = [];
  const until = performance.now() + ms;
  const load = burst(({ keys }) => countPresent(snapshot, keys), makeRequests(), ms);
  for (let version = 2; performance.now() < until; version++) {
    const key = `item:${pick(items)}`;
    await snapshot.mget([key], limits);
    const sentAt = performance.now();
    await client.set(keyPrefix + key, rowOf(version));
    for (;;) {
      const [found] = await snapshot.mget([key], limits);
      if (found.state === 'present' && (found.row as { version: number }).version === version)
        break;
      await nextTurn();
    }
    staleMs.push(performance.now() - sentAt);
    await nextTurn();
  }
  await load;
  return staleMs;
}
