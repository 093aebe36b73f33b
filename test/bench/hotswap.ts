import { setTimeout as wait } from 'node:timers/promises';
import type { Bench } from './harness/bench.ts';
import { type Child, startChild } from './harness/child.ts';
import { withTemporaryFolder } from './harness/temporary-folder.ts';
import { type Got, type SteadyLoad, startSteadyLoad } from './hotswap/steady-load.ts';
import {
  createSwappedShop,
  type SwappedPart,
  swappedParts,
  type Versions,
} from './hotswap/swapped-shop.ts';

const swapsWanted = 1000;
const swapsPerSecond = 4;
/** Swaps without a pause, at the end. */
const hastySwaps = 100;
const perSecond = 200;
const warmSwaps = 40;

interface Answer {
  readonly generation: string;
  readonly strategy: string;
  readonly fallback_reason: string | null;
  readonly items: readonly { readonly id: string }[];
}

interface Memory {
  readonly rss: number;
  /** Bytes that are in use after a collection. */
  readonly live: number;
}

/**
 * Swaps generations under a steady load: a new plugin, model, table and configuration in turn. Each leaves its mark in
 * every answer, so an answer of two generations would be seen. At the end some swaps without a pause. A/A: the quiet load before
 * and after.
 */
export const hotswapBench: Bench = ({ seconds, log }) =>
  withTemporaryFolder(async (folder) => {
    const shop = await createSwappedShop(folder, swapsWanted + hastySwaps);
    const server: Server = await startChild('hotswap', {
      options: { file: shop.file },
      execArgv: ['--expose-gc'],
    });
    try {
      const path = (n: number) => `/v1/recommend/bench?session=s${n % 300}&n=10`;
      const load = startSteadyLoad({ port: server.ready.port, path, perSecond });
      const quietSeconds = seconds / 4;
      const swapper = createSwapper(shop, server);
      // What is compiled and allocated once is no leak.
      for (let i = 0; i < warmSwaps; i++) await swapper.swap();
      const before = await quiet(load, { server, seconds: quietSeconds });
      const during: Got[] = [];
      for (let i = 0, dueAt = performance.now(); i < swapsWanted; i++) {
        await wait(Math.max(0, dueAt - performance.now()));
        dueAt += 1000 / swapsPerSecond;
        await swapper.swap();
        during.push(...load.take());
        if (i % 100 === 99) log(`${i + 1} swaps`);
      }
      const after = await quiet(load, { server, seconds: quietSeconds });
      const began = performance.now();
      for (let i = 0; i < hastySwaps; i++) await swapper.swap();
      const hastySeconds = (performance.now() - began) / 1000;
      const hasty = load.take();
      await load.end();
      const all = [...before.got, ...during, ...after.got, ...hasty];
      return {
        swaps: swapper.published,
        swaps_per_second: swapsPerSecond,
        failed: all.filter(({ body }) => body === undefined).length,
        mixed: swapper.mixedIn(all),
        memory_ratio: ratio(after.memory.rss, before.memory.rss),
        live_memory_ratio: ratio(after.memory.live, before.memory.live),
        p99_ratio: ratio(p99(during), p99(before.got)),
        aa: { p99_ratio: ratio(p99(after.got), p99(before.got)) },
        p99_ms: { before: p99(before.got), during: p99(during), after: p99(after.got) },
        median_ms: { before: median(before.got), during: median(during) },
        requests: all.length,
        hasty: {
          swaps_per_second: ratio(hastySwaps, hastySeconds),
          p99_ratio: ratio(p99(hasty), p99(before.got)),
        },
        rss_mb: Math.round(before.memory.rss / 1e6),
      };
    } finally {
      await server.end();
    }
  });

type Server = Child<{ port: number; generation: string }>;

async function quiet(
  load: SteadyLoad,
  { server, seconds }: { server: Server; seconds: number },
): Promise<{ readonly got: readonly Got[]; readonly memory: Memory }> {
  const memory = await server.ask<Memory>('memory');
  await wait(500);
  load.take();
  await wait(seconds * 1000);
  return { got: load.take(), memory };
}

/** Writes one part after the other anew, and remembers which versions make up which generation. */
function createSwapper(shop: Awaited<ReturnType<typeof createSwappedShop>>, server: Server) {
  const versions: Record<SwappedPart, number> = { plugin: 0, model: 0, table: 0, config: 0 };
  const known = new Map<string, Versions>([[server.ready.generation, { ...versions }]]);
  let turn = 0;
  let published = 0;
  return {
    get published() {
      return published - warmSwaps;
    },
    async swap(): Promise<void> {
      const part = swappedParts[turn++ % swappedParts.length];
      versions[part] += 1;
      await shop.write[part](versions[part]);
      const { outcome, generation } = await server.ask<{ outcome: string; generation: string }>(
        'reload',
      );
      if (outcome === 'published') published += 1;
      known.set(generation, { ...versions });
    },
    /** Answers whose marks are not those of their generation. */
    mixedIn: (all: readonly Got[]) =>
      all.filter(({ body }) => body !== undefined && !isWhole(JSON.parse(body) as Answer, known))
        .length,
  };
}

function isWhole(answer: Answer, known: ReadonlyMap<string, Versions>): boolean {
  const versions = known.get(answer.generation);
  if (versions === undefined || answer.fallback_reason !== null) return false;
  const ids = answer.items.map(({ id }) => id).filter((id) => !id.startsWith('item-'));
  const expected = (['plugin', 'model', 'table'] as const).map(
    (part) => `${part}-${versions[part]}`,
  );
  return (
    answer.strategy === `config-${versions.config}` &&
    ids.length === expected.length &&
    expected.every((id) => ids.includes(id))
  );
}

const times = (all: readonly Got[]) => all.map(({ ms }) => ms).sort((a, b) => a - b);
const p99 = (all: readonly Got[]) => round(times(all)[Math.floor(all.length * 0.99)]);
const median = (all: readonly Got[]) => round(times(all)[all.length >> 1]);
const round = (value: number) => Number(value.toPrecision(3));
const ratio = (value: number, base: number) => round(value / base);
