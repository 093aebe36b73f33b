import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { SightlineError } from '../../domain/errors.ts';

/** Where a Redis is, and who may ask it. */
export interface RedisAddress {
  /** `redis://` or `rediss://` (TLS) with host, port and database; several nodes are a cluster. */
  readonly urls: readonly string[];
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Milliseconds until an attempt to connect is given up. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds without an answer after which a connection counts as dead. */
  readonly silenceMs?: number;
}

/** One Redis, or a cluster. */
export type RedisClient = Redis | Cluster;

const backoffMs = (attempt: number): number =>
  Math.min(50 * 2 ** Math.min(attempt, 6), 2000) * (0.5 + Math.random() / 2);

/**
 * Makes a client that connects with its first use, asks nothing again, queues nothing while it is disconnected,
 * and reconnects by itself, after 50 ms to 2 s. Throws `SL_CONFIG_INVALID` for a URL that is not of Redis.
 */
export function createRedisClient(address: RedisAddress): RedisClient {
  const [first, ...others] = address.urls.map(parseRedisUrl);
  const options = redisOptions(address, first);
  const client =
    others.length === 0
      ? new Redis({ ...options, ...nodeOf(first), db: first.db, retryStrategy: backoffMs })
      : new Cluster([first, ...others].map(nodeOf), {
          lazyConnect: true,
          enableOfflineQueue: false,
          enableAutoPipelining: true,
          maxRedirections: 3,
          slotsRefreshInterval: 10_000,
          clusterRetryStrategy: backoffMs,
          redisOptions: options,
        });
  // What a broken connection means is told by the reads that fail.
  client.on('error', () => {});
  return client;
}

/** The options that every connection to one address has. */
export function redisOptions(
  { username, password, connectTimeoutMs = 2000, silenceMs = 5000 }: RedisAddress,
  { tls }: { tls: boolean },
) {
  return {
    username,
    password,
    ...(tls ? { tls: {} } : {}),
    lazyConnect: true,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: connectTimeoutMs,
    socketTimeout: silenceMs,
  } satisfies RedisOptions;
}

interface RedisUrl {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly tls: boolean;
}

const nodeOf = ({ host, port }: RedisUrl) => ({ host, port });

/**
 * Reads the URL of a Redis. Passwords do not belong there: they are refused.
 *
 * @example parseRedisUrl('rediss://cache:6380/1') // { host: 'cache', port: 6380, db: 1, tls: true }
 */
export function parseRedisUrl(text: string): RedisUrl {
  const url = URL.parse(text);
  const db = Number(url?.pathname.slice(1) || 0);
  const isRedis = url?.protocol === 'redis:' || url?.protocol === 'rediss:';
  if (!url || !isRedis || url.hostname === '' || !Number.isInteger(db) || url.password !== '') {
    throw new SightlineError(
      'SL_CONFIG_INVALID',
      'URL of a Redis is not one, expected redis:// or rediss:// with host, port and database, without password',
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, port: Number(url.port || 6379), db, tls: url.protocol === 'rediss:' };
}
