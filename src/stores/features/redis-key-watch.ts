import { type Cluster, Redis } from 'ioredis';
import type { KeyListener, KeyWatch } from './key-watch.ts';
import {
  createRedisClient,
  parseRedisUrl,
  type RedisAddress,
  redisOptions,
} from './redis-client.ts';

/** Which keys of a Redis are watched. */
export interface RedisKeyWatchOptions extends RedisAddress {
  /** What stands before the keys; it is taken off what is told. */
  readonly keyPrefix?: string;
  /** Milliseconds between two signs of life that each connection asks for. */
  readonly pingMs?: number;
}

const channel = '__redis__:invalidate';

/**
 * Opens a watch of the keys of a Redis, or of every node of a cluster, by server-assisted client-side caching:
 * `CLIENT TRACKING … BCAST` on a connection of its own, redirected to itself as RESP2 messages. The client library
 * drops the pushes of RESP3, and broadcasting keeps working whichever connection reads. The server remembers
 * prefixes, not keys.
 */
export function openRedisKeyWatch(options: RedisKeyWatchOptions): KeyWatch {
  let listener: KeyListener | undefined;
  const tell: KeyListener = {
    changed: (key) => listener?.changed(key),
    allChanged: () => listener?.allChanged(),
  };
  const nodes = options.urls.length === 1 ? watchOne(options, tell) : watchCluster(options, tell);
  return {
    isLive: nodes.isLive,
    listen(to) {
      listener = to;
    },
    close: async () => nodes.close(),
  };
}

interface Watched {
  isLive(): boolean;
  close(): void;
}

function watchOne(options: RedisKeyWatchOptions, tell: KeyListener): Watched {
  const [url] = options.urls.map(parseRedisUrl);
  return watchNode(createTracker(options, url), options, tell);
}

/** Watches masters and replicas alike, so that a failover goes unnoticed. */
function watchCluster(options: RedisKeyWatchOptions, tell: KeyListener): Watched {
  const watched = new Map<string, Watched>();
  const [url] = options.urls.map(parseRedisUrl);
  const cluster = createRedisClient(options) as Cluster;
  const keyOf = ({ options: { host, port } }: Redis) => `${host}:${port}`;
  cluster.on('+node', (node: Redis) => {
    const { host = '127.0.0.1', port = 6379 } = node.options;
    const tracker = createTracker(options, { host, port, tls: url.tls });
    watched.set(keyOf(node), watchNode(tracker, options, tell));
  });
  cluster.on('-node', (node: Redis) => {
    watched.get(keyOf(node))?.close();
    watched.delete(keyOf(node));
    tell.allChanged();
  });
  cluster.connect().catch(() => {});
  return {
    isLive: () =>
      cluster.status === 'ready' && [...watched.values()].every((node) => node.isLive()),
    close() {
      for (const node of watched.values()) node.close();
      cluster.disconnect();
    },
  };
}

function createTracker(
  options: RedisKeyWatchOptions,
  { host, port, tls }: { host: string; port: number; tls: boolean },
): Redis {
  const tracker = new Redis({
    ...redisOptions({ silenceMs: 2 * (options.pingMs ?? defaultPingMs), ...options }, { tls }),
    host,
    port,
    protocol: 2,
    enableAutoPipelining: false,
    autoResubscribe: false,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 5), 1000),
  });
  tracker.on('error', () => {});
  return tracker;
}

const defaultPingMs = 500;

/** Tracks from `ready` on; a connection that answers no ping is ended by its own limit of silence. */
function watchNode(
  tracker: Redis,
  { keyPrefix = '', pingMs = defaultPingMs }: RedisKeyWatchOptions,
  tell: KeyListener,
): Watched {
  let live = false;
  const become = (now: boolean) => {
    if (live === now) return;
    live = now;
    tell.allChanged();
  };
  tracker.on('ready', () => {
    track(tracker, keyPrefix).then(
      () => become(true),
      () => tracker.disconnect(true),
    );
  });
  tracker.on('close', () => become(false));
  tracker.on('messageBuffer', (_: Buffer, keys: readonly Buffer[] | null) => {
    if (keys === null) return tell.allChanged();
    for (const key of keys) tell.changed(key.toString().slice(keyPrefix.length));
  });
  const pings = setInterval(() => {
    if (live) tracker.ping().catch(() => {});
  }, pingMs).unref();
  tracker.connect().catch(() => {});
  return {
    isLive: () => live,
    close() {
      clearInterval(pings);
      tracker.disconnect();
    },
  };
}

async function track(tracker: Redis, keyPrefix: string): Promise<void> {
  const id = await tracker.client('ID');
  await tracker.client('TRACKING', 'ON', 'REDIRECT', id, 'BCAST', 'PREFIX', keyPrefix);
  await tracker.subscribe(channel);
}
