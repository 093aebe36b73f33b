import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { testWith } from '../installed.ts';
import { startFaultyWire, type WireFault, wireFaults } from '../stores/features/faulty-wire.ts';
import { openHttpService, rowsOf, sendJson } from '../stores/features/http-service.ts';
import { openMemcachedServer } from '../stores/features/memcached-server.ts';
import { openRedisServer, until } from '../stores/features/redis-server.ts';
import { openPricedShop, shelfRows } from './priced-shop.ts';

/** A server with the rows of the shop. */
interface ShelfServer {
  readonly port: number;
  fill(): Promise<unknown>;
  /** Stops it where it is, connections open and dead, or lets it go on. */
  pause(isPaused: boolean): void;
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** A kind of store, and a real server of its kind. */
interface ShelfKind {
  readonly name: string;
  readonly it: typeof test;
  serve(): Promise<ShelfServer>;
  storeAt(port: number): object;
  /** Whether values arrive one by one, so that a part of an answer is of use. */
  readonly isGradual: boolean;
}

const texts = [...shelfRows].map(([key, row]) => [key, JSON.stringify(row)] as const);

const kinds: readonly ShelfKind[] = [
  {
    name: 'redis',
    it: testWith('redis-server'),
    async serve() {
      const server = await openRedisServer();
      return { ...server, fill: () => server.client.mset(...texts.flat()) };
    },
    storeAt: (port) => ({ kind: 'redis', urls: [`redis://127.0.0.1:${port}`], silenceMs: 100 }),
    isGradual: false,
  },
  {
    name: 'memcached',
    it: testWith('memcached'),
    async serve() {
      const server = await openMemcachedServer();
      const values = Object.fromEntries(texts.map(([key, text]) => [key, Buffer.from(text)]));
      return { ...server, fill: () => server.set(values), close: () => server.kill() };
    },
    storeAt: (port) => ({
      kind: 'memcached',
      url: `memcached://127.0.0.1:${port}`,
      silenceMs: 100,
    }),
    isGradual: true,
  },
  {
    name: 'HTTP',
    it: test,
    async serve() {
      let isPaused = false;
      const service = await openHttpService((_, response, body) => {
        if (!isPaused) sendJson(response, rowsOf(shelfRows, JSON.parse(body)));
      });
      const pause = (paused: boolean) => {
        isPaused = paused;
      };
      const { stop: kill, stop: close } = service;
      return { ...service, fill: async () => {}, pause, kill, close };
    },
    storeAt: (port) => ({ kind: 'http', url: `http://127.0.0.1:${port}`, body: '{keys}' }),
    isGradual: false,
  },
];

/** What an answer calls a fault, and what the time of the read counts as. */
const named: Readonly<Record<WireFault, { readonly reason: string; readonly outcome: string }>> = {
  timeout: { reason: 'timeout.stage', outcome: 'timeout' },
  refused: { reason: 'dependency.unavailable', outcome: 'unavailable' },
  slow: { reason: 'timeout.stage', outcome: 'timeout' },
  partial: { reason: 'timeout.stage', outcome: 'timeout' },
  garbage: { reason: 'dependency.error', outcome: 'error' },
  disconnect: { reason: 'dependency.unavailable', outcome: 'unavailable' },
};

/** What a store may take: faults that show at once get all the time of a loaded machine. */
const timeoutOf = (reason: string) => (reason === 'timeout.stage' ? 60 : 5000);
const breaker = { waves: 4, minWaves: 4, openMs: 100 };

const withStore = ['A39', 'A38', 'A37', 'A36', 'A35'];
const undamaged = { items: withStore, degradations: [] };
const withoutStore = ['A0', 'A1', 'A2', 'A3', 'A4'];

const timed = (outcome: string) =>
  `store_fetch_duration_seconds_count{store="shelf",outcome="${outcome}"}`;
const fallbacks = (reason: string) =>
  `fallback_total{work="home",stage="features",reason="${reason}"}`;

/** An answer that lost all of the store, or a part of it. */
const lost = (reason: string, coverage: unknown = 0) => ({
  status: 200,
  reason,
  degradations: [{ ...degradation(reason), coverage }],
});
const degradation = (reason: string) => ({
  ...{ stage: 'features', component: 'shelf', reason },
  action: 'default_value',
});

describe.each(kinds)('a work over a $name store', ({ it, serve, storeAt, isGradual }) => {
  let server: ShelfServer;

  beforeAll(async () => {
    if (it === test.skip) return;
    server = await serve();
    await server.fill();
  });
  afterAll(() => server?.close());

  const openShop = async (port: number, timeoutMs: number) => {
    const shop = await openPricedShop({ ...storeAt(port), timeoutMs, breaker });
    expect(await shop.askUntil({ whole: true })).toMatchObject(undamaged);
    /** Asks until the breaker is open; answers the reasons that were told before. */
    const askUntilOpen = async () => {
      const told = new Set<string | null>();
      await until(async () => {
        const { reason, items } = await shop.recommend();
        expect(items).toEqual(withoutStore);
        if (reason !== 'breaker.open') told.add(reason);
        return reason === 'breaker.open';
      });
      return [...told];
    };
    return { ...shop, askUntilOpen };
  };

  it.for(wireFaults)('%s: a full slate, the reason, the breaker, and back again', async (fault) => {
    const { reason, outcome } = named[fault];
    const wire = await startFaultyWire(server.port);
    const shop = await openShop(wire.port, timeoutOf(reason));
    const isHalf = isGradual && (fault === 'partial' || fault === 'disconnect');
    const counted = [timed(isHalf ? 'partial' : outcome), fallbacks(reason)];
    const before = await Promise.all(counted.map(shop.series));

    await wire.become(fault);
    const answer = await shop.recommend();
    expect(answer).toMatchObject(lost(reason, isHalf ? expect.closeTo(0.5, 0.4) : 0));
    expect(answer.items).toHaveLength(withoutStore.length);
    if (!isHalf) expect(answer.items).toEqual(withoutStore);
    // Numbers are made after the answer has left.
    await until(async () => {
      const after = await Promise.all(counted.map(shop.series));
      return after.every((count, i) => count > before[i]);
    });
    if (!isHalf) {
      for (const told of await shop.askUntilOpen()) expect(told).toMatch(/^(timeout|dependency)\./);
      await until(async () => (await shop.series(timed('breaker_open'))) > 0);
      await until(async () => (await shop.series(fallbacks('breaker.open'))) > 0);
    }

    await wire.become(undefined);
    expect(await shop.askUntil({ whole: true })).toMatchObject(undamaged);
    expect(await shop.breaker()).toMatchObject({ state: 'closed' });
    expect(await shop.series('store_breaker_state{store="shelf"}')).toBe(0);
  });

  it('a server that is killed and started again on its port is missed, and found again', async () => {
    const shop = await openShop(server.port, 5000);
    await server.kill();
    expect(await shop.recommend()).toMatchObject(lost('dependency.unavailable'));
    expect(await shop.askUntilOpen()).not.toContain('timeout.stage');
    await server.start();
    await server.fill();
    expect(await shop.askUntil({ whole: true })).toMatchObject(undamaged);
    expect(await shop.breaker()).toMatchObject({ state: 'closed', opened: 1 });
  });

  it('a server that stands still is given up in time, and used when it goes on', async () => {
    const shop = await openShop(server.port, 60);
    server.pause(true);
    onTestFinished(() => server.pause(false));
    // A process with many threads takes its time to stand still.
    expect(await shop.askUntil({ whole: false })).toMatchObject(lost('timeout.stage'));
    await shop.askUntilOpen();
    server.pause(false);
    expect(await shop.askUntil({ whole: true })).toMatchObject(undamaged);
  });
});
