import { systemClock } from '../../../src/domain/clock.ts';
import { QueryIndex } from '../../../src/pipeline/algorithms/query-index.ts';
import { assembleWork } from '../../../src/pipeline/assemble.ts';
import { deadlineFor } from '../../../src/pipeline/deadline.ts';
import { Run } from '../../../src/pipeline/run.ts';
import { RunProbe } from '../../../src/pipeline/run-probe.ts';
import { workSchema } from '../../../src/pipeline/work-schema.ts';
import { unitePlugins } from '../../../src/plugins/unite-plugins.ts';
import type { FeatureStore } from '../../../src/stores/features/feature-store.ts';
import { ItemTable } from '../../../src/stores/item-table.ts';
import { createMemoryStore } from '../../../src/stores/memory.ts';
import { createFactSeries } from '../../../src/telemetry/fact-series.ts';
import type { Emit, FactName, Facts } from '../../../src/telemetry/facts.ts';
import { createMetricSet } from '../../../src/telemetry/metric-set.ts';
import { RequestRecord } from '../../../src/telemetry/request-record.ts';

/** What a request reads: the features of a user, and those of items whose index is their id. */
export interface FeatureRequest {
  readonly user: string;
  readonly items: Int32Array;
}

/** Runs the features stage of a work and answers how many values it brought. */
export type ReadStage = (
  request: FeatureRequest,
  use: (run: Run) => number,
) => Promise<number> | number;

const work = workSchema.parse({
  surface: 'user',
  strategy: 'features',
  budgetMs: 1000,
  stages: [
    { stage: 'intent' },
    { stage: 'retrieve', use: [{ algorithm: 'query' }] },
    {
      stage: 'features',
      use: [
        { feature: 'profile', store: 'redis', key: 'user:{user}', of: 'user' },
        { feature: 'offer', store: 'redis', key: 'item:{item}' },
      ],
    },
    { stage: 'score', use: [{ algorithm: 'feature', weight: 1, options: { feature: 'offer' } }] },
    { stage: 'rerank', use: 'score' },
    { stage: 'filter', use: ['hidden'] },
  ],
});

/** Makes the features stage of a work over `size` items, with facts that feed real series. */
export function createStageReader(store: FeatureStore, size: number): ReadStage {
  const table = createTable(size);
  const built = assembleWork('bench', work, {
    store: createMemoryStore({ clock: systemClock }),
    catalogue: unitePlugins([]),
    models: new Map(),
    tables: new Map(),
    segments: new Set(),
    index: new QueryIndex(table),
    popularity: () => new Int32Array(0),
    features: { stores: new Map([['redis', store]]), emit: createEmit() },
  });
  const monotonic = () => systemClock.monotonic();
  const pool: Run[] = [];
  const stage = built.stages[2];
  return (request, use) => {
    const run = pool.pop() ?? new Run(table, monotonic);
    begin(run, request, built.layout);
    const probe = new RunProbe(built, run, monotonic);
    probe.begin(2, monotonic());
    const end = () => {
      const { asked, missing } = run.features;
      if (asked !== 2 || missing !== 0) throw new Error('a value was missing');
      const count = use(run);
      pool.push(run);
      return count;
    };
    const pending = stage.run(run, probe);
    return pending === undefined ? end() : pending.then(end);
  };
}

function createTable(size: number): ItemTable {
  const table = new ItemTable();
  const plain = { catalog: 'all', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };
  for (let i = 0; i < size; i++) table.upsert({ ...plain, id: String(i) });
  return table;
}

function begin(run: Run, { user, items }: FeatureRequest, layout: RequestRecord['layout']): void {
  const record = run.record ?? new RequestRecord();
  record.reset(layout);
  const startedAt = systemClock.monotonic();
  const deadline = deadlineFor({
    startedAt,
    askedMs: undefined,
    budgetMs: 1000,
    maxBudgetMs: 1000,
  });
  run.start({ n: 20, explain: false, user }, record, deadline);
  run.nowMs = systemClock.now();
  run.candidates.items.set(items);
  run.candidates.count = items.length;
}

function createEmit(): Emit {
  const series = createFactSeries(createMetricSet({ maxLabelValues: 50 }), systemClock);
  return <Name extends FactName>(name: Name, fact: Facts[Name]) => series[name]?.(fact);
}
