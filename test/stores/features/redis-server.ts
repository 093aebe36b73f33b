import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../e2e/running-server.ts';

/** A Redis of the machine on a free loopback port, in a temporary folder, that a test may kill and start again. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** A client of the test's own. */
  readonly client: Redis;
  /** Starts it on the same port and folder, and resolves when it answers. */
  start(): Promise<void>;
  /** Stops it where it is, connections open and dead, or lets it go on. */
  pause(isPaused: boolean): void;
  /** Ends it without a chance to say so. */
  kill(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** Starts a Redis that keeps nothing on disk. */
export async function openRedisServer(
  flags: readonly string[] = [],
  password?: string,
): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-redis-'));
  const port = await freePort();
  const client = new Redis({ port, password, lazyConnect: true, retryStrategy: () => 20 });
  client.on('error', () => {});
  let child: ChildProcess | undefined;
  let exited = Promise.resolve();
  const server: RedisServer = {
    port,
    url: `redis://127.0.0.1:${port}`,
    client,
    async start() {
      const own = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder];
      const started = spawn('redis-server', [...own, ...flags], { stdio: 'ignore' });
      child = started;
      exited = new Promise((resolve) => started.once('close', () => resolve()));
      await client.ping();
    },
    pause: (isPaused) => void child?.kill(isPaused ? 'SIGSTOP' : 'SIGCONT'),
    async kill() {
      child?.kill('SIGKILL');
      await exited;
    },
    async close() {
      client.disconnect();
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** Resolves when the check holds; throws after ten seconds. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 10_000; performance.now() < end; ) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('it did not happen in ten seconds');
}
