import { createHash } from 'node:crypto';
import { SightlineError } from '../../domain/errors.ts';
import { type FeatureStore, maxValueBytes } from './feature-store.ts';
import {
  createMemcachedConnection,
  type MemcachedAddress,
  type MemcachedGet,
  type MemcachedTrouble,
} from './memcached-connection.ts';
import {
  createSourceFeatures,
  type SourceAnswer,
  type SourceFailure,
  type SourceOptions,
} from './source-features.ts';

/** What a memcached with features is called, where it is, and how its values are read. */
export interface MemcachedFeaturesOptions extends MemcachedAddress, SourceOptions {
  readonly name?: string;
  /** Stands before every key; no spaces. */
  readonly keyPrefix?: string;
}

/** Keys of one command; more would keep other connections of the server waiting. */
const keysPerCommand = 100;

/** The longest key that memcached takes, in bytes. */
const maxMemcachedKeyBytes = 250;

/**
 * Opens features of a memcached, or of a proxy before many: multi-`get` of the text protocol, all commands of a wave in
 * one packet. It connects with the first read, which waits for it; while the connection is broken reads fail at once
 * with `unavailable`, and it is mended in the background. Flags are not looked at: values are plain, not compressed.
 * Errors name neither keys nor values.
 *
 * @example
 * const store = openMemcachedFeatures({ url: 'memcached://cache:11211', keyPrefix: 'f:' });
 * await store.mget(['user:7', 'item:1'], { timeoutMs: 20 });
 */
export function openMemcachedFeatures({
  name = 'memcached',
  keyPrefix = '',
  ...options
}: MemcachedFeaturesOptions): FeatureStore {
  const connection = createMemcachedConnection(options);
  const asked = (keys: readonly string[], from: number, answer: Answer) =>
    askedFor({ name, from, answer, keys: keys.map((key) => memcachedKey(keyPrefix, key)) });
  return createSourceFeatures(
    {
      name,
      async fetch(keys, answer) {
        const commands: AskedGet[] = [];
        for (let from = 0; from < keys.length; from += keysPerCommand)
          commands.push(asked(keys.slice(from, from + keysPerCommand), from, answer));
        await connection.get(commands);
        await Promise.all(commands.map(({ done }) => done));
      },
      close: async () => connection.close(),
    },
    options,
  );
}

/**
 * The key under which memcached has a row: keys that its protocol cannot carry, with spaces or over 250 bytes, stand
 * under the prefix, `sha256:` and their SHA-256 in hexadecimal.
 *
 * @example memcachedKey('f:', 'item 7') // 'f:sha256:c3…' with 64 digits
 */
export function memcachedKey(keyPrefix: string, key: string): string {
  const plain = keyPrefix + key;
  const isCarried = !plain.includes(' ') && Buffer.byteLength(plain) <= maxMemcachedKeyBytes;
  return isCarried ? plain : `${keyPrefix}sha256:${createHash('sha256').update(key).digest('hex')}`;
}

type Answer = (place: number, found: SourceAnswer) => void;

interface AskedGet extends MemcachedGet {
  readonly done: Promise<void>;
}

/** One command, and what its answers mean for the places of its keys, counted from `from`. */
function askedFor({
  name,
  keys,
  from,
  answer,
}: {
  readonly name: string;
  readonly keys: readonly string[];
  readonly from: number;
  readonly answer: Answer;
}): AskedGet {
  const open = new Map(keys.map((key, i) => [key, from + i]));
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    keys,
    done: promise,
    found(key, bytes) {
      const place = open.get(key);
      if (place === undefined) throw new Error('value of another key');
      open.delete(key);
      answer(place, bytes ?? tooLong);
    },
    ended(trouble) {
      const rest = trouble && failureOf(trouble, name);
      for (const place of open.values()) answer(place, rest);
      resolve();
    },
  };
}

const tooLong: SourceFailure = {
  failed: 'error',
  cause: new SightlineError(
    'SL_DATA_INVALID',
    `feature value is longer than expected, at most ${maxValueBytes} bytes`,
  ),
};

function failureOf(trouble: MemcachedTrouble, name: string): SourceFailure {
  const [failed, why] = failures[trouble];
  return {
    failed,
    cause: new SightlineError('SL_STORE_UNAVAILABLE', `feature store ${name} ${why}`),
  };
}

const failures = {
  away: ['unavailable', 'is not connected'],
  nonsense: ['error', 'does not speak the protocol of memcached'],
  ERROR: ['error', 'answered ERROR'],
  CLIENT_ERROR: ['error', 'answered CLIENT_ERROR'],
  SERVER_ERROR: ['unavailable', 'answered SERVER_ERROR'],
} as const;
