import { Cluster, ReplyError } from 'ioredis';
import { SightlineError } from '../../domain/errors.ts';
import type { FeatureStore } from './feature-store.ts';
import { packBySlot } from './key-slot.ts';
import { createRedisClient, type RedisAddress, type RedisClient } from './redis-client.ts';
import {
  createSourceFeatures,
  type FeatureSource,
  type SourceFailure,
  type SourceOptions,
} from './source-features.ts';

/** What a Redis with features is called, where it is, and how its values are read. */
export interface RedisFeaturesOptions extends RedisAddress, SourceOptions {
  readonly name?: string;
  /** Stands before every key. */
  readonly keyPrefix?: string;
}

/** Answers of a server that will be able again. */
const passing = new Set(['LOADING', 'CLUSTERDOWN', 'MASTERDOWN', 'TRYAGAIN', 'BUSY', 'READONLY']);

/**
 * Opens features of a Redis or a Redis cluster, read with MGET, one per slot and wave in a cluster, all those of a
 * tick in one packet. It connects with the first read, which waits for it; while a connection is broken reads
 * fail at once with `unavailable`, and it is mended in the background. Errors name neither keys nor values.
 *
 * @example
 * const store = openRedisFeatures({ urls: ['redis://cache:6379'], keyPrefix: 'f:' });
 * await store.mget(['user:7', 'item:1'], { timeoutMs: 20 });
 */
export function openRedisFeatures({
  name = 'redis',
  keyPrefix = '',
  ...options
}: RedisFeaturesOptions): FeatureStore {
  const client = createRedisClient(options);
  const connection = createConnection(client);
  const source: FeatureSource = {
    name,
    async fetch(keys, answer) {
      const failAll = (places: Iterable<number>, failure: SourceFailure) => {
        for (const place of places) answer(place, failure);
      };
      if (!(await connection.ready())) return failAll(keys.keys(), failureOf(undefined, name));
      const full = keys.map((key) => keyPrefix + key);
      const packs = client.isCluster ? packBySlot(full) : [[...keys.keys()]];
      await Promise.all(
        packs.map(async (places) => {
          try {
            const rows: unknown = await client.mgetBuffer(places.map((place) => full[place]));
            if (!isAnswer(rows, places.length)) return failAll(places, nonsenseOf(name));
            for (const [i, place] of places.entries()) answer(place, rows[i] ?? undefined);
          } catch (error) {
            // A slot that no known node has: the client would not look for one by itself.
            if (error instanceof TypeError && client instanceof Cluster) client.refreshSlotsCache();
            failAll(places, failureOf(error, name));
          }
        }),
      );
    },
    close: async () => connection.close(),
  };
  return createSourceFeatures(source, options);
}

/** Whether the client can be asked: the first reads wait for the first attempt, later ones do not wait. */
function createConnection(client: RedisClient) {
  let first: Promise<boolean> | undefined;
  const isReady = () => client.status === 'ready';
  return {
    async ready(): Promise<boolean> {
      if (isReady()) return true;
      first ??= client.connect().then(
        () => true,
        () => false,
      );
      await first;
      return isReady();
    },
    close: () => client.disconnect(),
  };
}

function isAnswer(rows: unknown, count: number): rows is (Buffer | null)[] {
  return (
    Array.isArray(rows) &&
    rows.length === count &&
    rows.every((row) => row === null || Buffer.isBuffer(row))
  );
}

/** Only the first word of an answer is told: what follows may hold a key. */
function failureOf(error: unknown, name: string): SourceFailure {
  const message = (error as Error | undefined)?.message ?? '';
  if (message.startsWith('Unknown RESP type')) return nonsenseOf(name);
  if (!(error instanceof ReplyError)) {
    return { failed: 'unavailable', cause: errorOf(`feature store ${name} is not connected`) };
  }
  const [word = 'an error'] = /^[A-Z]+\b/.exec(message) ?? [];
  const failed = passing.has(word) ? 'unavailable' : 'error';
  return { failed, cause: errorOf(`feature store ${name} answered ${word}`) };
}

const nonsenseOf = (name: string): SourceFailure => ({
  failed: 'error',
  cause: errorOf(`feature store ${name} does not speak the protocol of Redis`),
});

const errorOf = (message: string) => new SightlineError('SL_STORE_UNAVAILABLE', message);
