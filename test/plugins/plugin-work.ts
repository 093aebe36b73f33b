import { setTimeout as wait } from 'node:timers/promises';
import { QueryIndex } from '../../src/pipeline/algorithms/query-index.ts';
import { assembleWork } from '../../src/pipeline/assemble.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import { workSchema } from '../../src/pipeline/work-schema.ts';
import type { LoadedPlugins } from '../../src/plugins/plugin-shelf.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { SessionTable } from '../../src/stores/session-table.ts';
import type { GlobalTable } from '../../src/stores/tables/global-table.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';

const size = 40;
const nowMs = Date.UTC(2026, 0, 31, 9);

/** Forty items A0, A1, ...: each an hour older than the one before. */
export function pluginShop(): ItemTable {
  const table = new ItemTable();
  for (let i = 0; i < size; i++) {
    table.upsert({
      id: `A${i}`,
      catalog: i % 2 === 0 ? 'shoes' : 'coats',
      categories: ['boots'],
      attributes: { colour: 'black' },
      hidden: false,
      publishedAtMs: nowMs - i * 3_600_000,
    });
  }
  return table;
}

/** What a recommendation came to. */
export interface Served {
  readonly ids: readonly string[];
  /** `stage component: reason` of each degradation. */
  readonly degraded: readonly string[];
}

/** A work over the shop that is made of what plugins bring. */
export function openPluginWork(
  { catalogue }: LoadedPlugins,
  stages: readonly object[],
  tables: ReadonlyMap<string, GlobalTable> = new Map(),
): { recommend(timeoutMs?: number): Promise<Served> } {
  const table = pluginShop();
  const store = createMemoryStore();
  const sessions = new SessionTable();
  sessions.record('s1', 3, nowMs - 2000);
  sessions.record('s1', 5, nowMs - 1000);
  const clock = { now: () => nowMs, monotonic: () => performance.now() };
  const options = workSchema.parse({
    surface: 'session',
    strategy: 'plugins',
    budgetMs: 10_000,
    maxBudgetMs: 10_000,
    stages,
  });
  const popularity = Int32Array.from({ length: size }, (_, i) => size - 1 - i);
  const work = assembleWork('home', options, {
    store,
    catalogue,
    models: new Map(),
    tables,
    segments: new Set(),
    index: new QueryIndex(table),
    popularity: () => popularity,
  });
  const pipeline = createPipeline({ table, sessions, clock });
  return {
    async recommend(timeoutMs) {
      const record = new RequestRecord();
      record.reset(work.layout);
      record.startedAt = clock.monotonic();
      const request = { n: 5, explain: false, session: 's1', timeoutMs };
      const ids = await pipeline.run({ work, request, record }, (run) =>
        Array.from({ length: run.slateCount }, (_, p) => table.ids[run.slateItems[p]]),
      );
      const degraded = record.degradations.map(
        ({ stage, component, reason }) => `${stage} ${component}: ${reason}`,
      );
      return { ids, degraded };
    },
  };
}

/** Asks again and again until the answer is as wanted, for ten seconds at most. */
export async function until(
  ask: () => Promise<Served>,
  isWanted: (served: Served) => boolean,
): Promise<Served> {
  for (let i = 0; ; i++) {
    const served = await ask();
    if (isWanted(served) || i === 500) return served;
    await wait(20);
  }
}
