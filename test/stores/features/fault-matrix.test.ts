import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { FeatureStore } from '../../../src/stores/features/feature-store.ts';
import { openHttpFeatures } from '../../../src/stores/features/http-features.ts';
import { openMemcachedFeatures } from '../../../src/stores/features/memcached-features.ts';
import { protect } from '../../../src/stores/features/protect.ts';
import { readWave } from '../../../src/stores/features/read-wave.ts';
import { openRedisFeatures } from '../../../src/stores/features/redis-features.ts';
import { testWith } from '../../installed.ts';
import { startFaultyWire, type WireFault, wireFaults } from './faulty-wire.ts';
import { openHttpService, rowsOf, sendJson } from './http-service.ts';
import { openMemcachedServer } from './memcached-server.ts';
import { openRedisServer, until } from './redis-server.ts';

const keys = Array.from({ length: 40 }, (_, i) => `k${i}`);
const rows = new Map(keys.map((key, i) => [key, i]));
/** A wave may take so long; faults that show at once get all the time of a loaded machine. */
const timeoutMs = 60;
const patientMs = 5000;

/** A store and a server with forty rows. */
interface Case {
  readonly name: string;
  readonly it: typeof test;
  /** Starts the server; answers its port and how it is ended. */
  serve(): Promise<{ readonly port: number; readonly end: () => Promise<void> }>;
  open(port: number): FeatureStore;
  /** Whether keys arrive one by one, so that a part of an answer is of use. */
  readonly isGradual: boolean;
}

const cases: readonly Case[] = [
  {
    name: 'redis',
    it: testWith('redis-server'),
    isGradual: false,
    async serve() {
      const server = await openRedisServer();
      await server.client.mset(...[...rows].flat());
      return { port: server.port, end: () => server.close() };
    },
    open: (port) => openRedisFeatures({ urls: [`redis://127.0.0.1:${port}`], silenceMs: 100 }),
  },
  {
    name: 'memcached',
    it: testWith('memcached'),
    isGradual: true,
    async serve() {
      const server = await openMemcachedServer();
      const values = [...rows].map(([key, row]) => [key, Buffer.from(String(row))]);
      await server.set(Object.fromEntries(values));
      return { port: server.port, end: () => server.kill() };
    },
    open: (port) => openMemcachedFeatures({ url: `memcached://127.0.0.1:${port}`, silenceMs: 100 }),
  },
  {
    name: 'HTTP',
    it: test,
    isGradual: false,
    async serve() {
      const service = await openHttpService((_, response, body) =>
        sendJson(response, rowsOf(rows, JSON.parse(body))),
      );
      return { port: service.port, end: () => service.stop() };
    },
    open: (port) => openHttpFeatures({ url: `http://127.0.0.1:${port}`, body: '{keys}' }),
  },
];

const reasons: Readonly<Record<WireFault, string>> = {
  timeout: 'timeout.stage',
  refused: 'dependency.unavailable',
  slow: 'timeout.stage',
  partial: 'timeout.stage',
  garbage: 'dependency.error',
  disconnect: 'dependency.unavailable',
};

async function read(store: FeatureStore, limitMs = patientMs) {
  const { columns } = await readWave([{ store, keys }], {
    dueAt: performance.now() + 2 * patientMs,
    timeoutMs: limitMs,
  });
  return columns[0];
}

const whole = { reason: 'none', coverage: 1 };
const isWhole = (store: FeatureStore) => async () => (await read(store)).coverage === 1;

describe.each(cases)('the $name store behind a wire', ({ it, serve, open, isGradual }) => {
  let server: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    if (it !== test.skip) server = await serve();
  });
  afterAll(() => server?.end());

  const start = async () => {
    const wire = await startFaultyWire(server.port);
    const store = open(wire.port);
    onTestFinished(() => store.close());
    expect(await read(store)).toMatchObject(whole);
    return { wire, store };
  };

  it.for(wireFaults)('%s is told by name, and over when the wire is mended', async (fault) => {
    const { wire, store } = await start();
    await wire.become(fault);
    const isLate = reasons[fault] === 'timeout.stage';
    const { reason, coverage } = await read(store, isLate ? timeoutMs : patientMs);
    expect(reason).toBe(reasons[fault]);
    const isHalf = isGradual && (fault === 'partial' || fault === 'disconnect');
    if (isHalf) expect(Math.abs(coverage - 0.5)).toBeLessThan(0.2);
    else expect(coverage).toBe(0);
    await wire.become(undefined);
    await until(isWhole(store));
    expect(await read(store)).toMatchObject(whole);
  });

  it.for(['timeout', 'refused', 'slow', 'garbage'] as const)(
    '%s opens the breaker, and the breaker closes when the wire is mended',
    async (fault) => {
      const { wire, store: bare } = await start();
      const breaker = { waves: 4, minWaves: 4, openMs: 200 };
      const store = protect(bare, { timeoutMs, breaker });
      await wire.become(fault);
      const told = new Set<string>();
      await until(async () => {
        const { reason } = await read(store, timeoutMs);
        told.add(reason);
        return reason === 'breaker.open';
      });
      expect(told).toContain(reasons[fault]);
      const before = performance.now();
      expect(await read(store)).toMatchObject({ reason: 'breaker.open', coverage: 0 });
      expect(performance.now() - before).toBeLessThan(timeoutMs);
      await wire.become(undefined);
      await until(isWhole(store));
      expect(store.protection().breaker).toMatchObject({ state: 'closed' });
    },
  );
});
