import { systemClock } from '../../src/domain/clock.ts';
import { QueryIndex } from '../../src/pipeline/algorithms/query-index.ts';
import { Run } from '../../src/pipeline/run.ts';
import { createPluginShelf } from '../../src/plugins/plugin-shelf.ts';
import { pluginsSchema } from '../../src/plugins/plugins-schema.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';
import type { BenchOptions } from './harness/bench.ts';
import { round } from './harness/spread.ts';

const size = 20_000;
const rounds = 1000;
const warmRounds = 500;

/**
 * What a call of a plugin's scorer costs in the gateway and isolated, by the number of candidates: microseconds at the
 * median and the 99th percentile, and those of them that the main thread is busy. Beside it, how long a load takes, new
 * and unchanged.
 */
export async function pluginsBench({ log }: BenchOptions) {
  const run = new Run(createTable(), () => performance.now());
  const results: Record<string, unknown> = {};
  for (const isolate of [false, true]) {
    const shelf = createPluginShelf({ folder: import.meta.dirname, clock: systemClock });
    const limits = { timeoutMs: 5000 };
    const newest = { path: '../plugins/good/newest.ts', isolate, limits };
    const settings = pluginsSchema.parse({ newest });
    const [load, plugins] = await timed(() => shelf.load(settings));
    const [again, shared] = await timed(() => shelf.load(settings));
    const scorer = plugins.catalogue.scorers.get('newest')?.create(
      {},
      {
        ...{ surface: 'user', models: new Map(), tables: new Map(), segments: new Set() },
        index: new QueryIndex(run.table),
      },
    );
    const calls: Record<number, unknown> = {};
    for (const count of [50, 500, 2000]) calls[count] = await measure(run, scorer, count);
    const name = isolate ? 'isolated' : 'in_gateway';
    results[name] = { load_ms: round(load), load_unchanged_ms: round(again), calls };
    log(`${name}: ${JSON.stringify(results[name])}`);
    await Promise.all([plugins.release(), shared.release()]);
  }
  return results;
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [number, T]> {
  const began = performance.now();
  const done = await work();
  return [performance.now() - began, done];
}

function createTable(): ItemTable {
  const table = new ItemTable();
  for (let i = 0; i < size; i++) {
    table.upsert({
      id: `A${i}`,
      catalog: `catalog-${i % 4}`,
      categories: [`category-${i % 50}`],
      attributes: { colour: `colour-${i % 20}`, price: i % 100 },
      hidden: false,
      publishedAtMs: i * 60_000,
    });
  }
  return table;
}

interface Scores {
  score(context: Run, candidates: Run['candidates'], scores: Float32Array): void | Promise<void>;
}

async function measure(run: Run, scorer: Scores | undefined, count: number) {
  const times: number[] = [];
  let busyMs = 0;
  for (let r = 0; r < warmRounds + rounds; r++) {
    const dueAt = performance.now() + 5000;
    run.start({ n: 10, explain: false }, new RequestRecord(), { dueAt, workUntil: dueAt });
    run.nowMs = size * 60_000;
    const { candidates } = run;
    candidates.count = count;
    for (let row = 0; row < count; row++) candidates.items[row] = (row * 37 + r) % size;
    const column = candidates.contribution(0);
    const began = performance.now();
    const pending = scorer?.score(run, candidates, column);
    if (r >= warmRounds) busyMs += performance.now() - began;
    await pending;
    if (r >= warmRounds) times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const at = (quantile: number) => round(1000 * times[Math.floor(rounds * quantile)]);
  return { p50_us: at(0.5), p99_us: at(0.99), main_thread_us: round((1000 * busyMs) / rounds) };
}
