import { vi } from 'vitest';
import type { Clock } from '../../../src/domain/clock.ts';
import type { RecommendRequest } from '../../../src/domain/recommend-request.ts';
import { createRng } from '../../../src/math/rng.ts';
import type { Model } from '../../../src/models/model.ts';
import { QueryIndex } from '../../../src/pipeline/algorithms/query-index.ts';
import { assembleWork } from '../../../src/pipeline/assemble.ts';
import { createFaults } from '../../../src/pipeline/faults.ts';
import { createPipeline } from '../../../src/pipeline/pipeline.ts';
import type { Run } from '../../../src/pipeline/run.ts';
import { workSchema } from '../../../src/pipeline/work-schema.ts';
import type { Plugin } from '../../../src/plugins/plugin.ts';
import { unitePlugins } from '../../../src/plugins/unite-plugins.ts';
import type { FeatureStore } from '../../../src/stores/features/feature-store.ts';
import { createMemoryStore } from '../../../src/stores/memory.ts';
import { SessionTable } from '../../../src/stores/session-table.ts';
import type { GlobalTable } from '../../../src/stores/tables/global-table.ts';
import type { Emit } from '../../../src/telemetry/facts.ts';
import { RequestRecord } from '../../../src/telemetry/request-record.ts';
import { createShop, served } from '../test-work.ts';

/** The clock of vitest's fake timers. */
export const fakeClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** Brings the items I9 to I0, and scores low numbers best. */
export const lowFirst = {
  ...{ kind: 'low-first', version: '0', trainedAtMs: 0 },
  retrieve(_query, limit, hits) {
    hits.count = Math.min(limit, 10);
    for (let rank = 0; rank < hits.count; rank++) hits.items[rank] = 9 - rank;
  },
  score(_query, items, count, scores) {
    for (let row = 0; row < count; row++) scores[row] = 10 - items[row];
  },
} as Model;

/** What a shop with features is opened with. */
export interface FeatureShopOptions {
  readonly stores?: readonly FeatureStore[];
  readonly tables?: Readonly<Record<string, GlobalTable>>;
  /** `use` of the stages. */
  readonly features?: readonly unknown[];
  readonly score?: readonly object[];
  readonly filter?: readonly unknown[];
  readonly popularity?: readonly number[];
  readonly plugins?: readonly Plugin[];
  readonly clock?: Clock;
  readonly wave?: { readonly coverageEnough?: number; readonly stragglerShare?: number };
}

/** The description of a work over ten candidates, as a configuration has it. */
export function describeWork({ features, score, filter }: FeatureShopOptions) {
  return workSchema.parse({
    surface: 'session',
    strategy: 'by-number',
    budgetMs: 100,
    stages: [
      { stage: 'intent' },
      { stage: 'retrieve', use: [{ algorithm: 'low-first' }] },
      { stage: 'features', budgetMs: 40, use: features },
      { stage: 'score', use: score ?? [{ algorithm: 'low-first', weight: 1 }] },
      { stage: 'rerank', use: 'score' },
      { stage: 'filter', use: filter ?? ['hidden'] },
    ],
  });
}

/** A shop of thirty items, I0 to I29, with one work and the user `u`. */
export async function openFeatureShop(options: FeatureShopOptions) {
  const { stores = [], tables = {}, clock = fakeClock, plugins = [], wave } = options;
  const told: { readonly name: string; readonly store?: string }[] = [];
  const emit: Emit = (name, fact) => void told.push({ name, ...fact });
  const store = createMemoryStore({ clock });
  await store.mset('users', [{ id: 'u', segment: 'gold', attributes: {} }]);
  const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
  const faults = createFaults({ store, clock, emit, rng: createRng(1), sleep });
  const table = createShop(30);
  const work = assembleWork('test', describeWork(options), {
    store,
    catalogue: unitePlugins(plugins),
    tables: new Map(Object.entries(tables)),
    models: new Map([['low-first', { model: lowFirst }]]),
    segments: new Set(['gold']),
    index: new QueryIndex(table),
    popularity: () => Int32Array.from(options.popularity ?? [20, 21, 22, 23, 24, 25]),
    faults,
    features: { stores: new Map(stores.map((one) => [one.name, one])), emit, wave },
  });
  const pipeline = createPipeline({ table, sessions: new SessionTable(), clock, faults });
  const record = new RequestRecord();
  const start = <T>(request: Partial<RecommendRequest>, use: (run: Run) => T) => {
    record.reset(work.layout);
    record.startedAt = clock.monotonic();
    return pipeline.run({ work, request: { n: 3, explain: false, ...request }, record }, use);
  };
  /** Asks, lets `ms` of the fake timers pass, and says what came of it. */
  const recommend = async (request: Partial<RecommendRequest> = {}, ms = 200) => {
    told.length = 0;
    const pending = Promise.resolve(start(request, served));
    if (vi.isFakeTimers()) await vi.advanceTimersByTimeAsync(ms);
    return { items: await pending, ...reportOf(record) };
  };
  return { table, work, pipeline, record, told, faults, start, recommend };
}

function reportOf(record: RequestRecord) {
  return {
    outcome: record.outcome,
    reasons: record.degradations.map(
      ({ component, reason, coverage }) =>
        `${component} ${reason}${coverage === undefined ? '' : ` ${coverage}`}`,
    ),
    featuresAsked: record.featuresAsked,
    featuresMissing: record.featuresMissing,
    featuresMs: record.stageEnd[2] - record.stageStart[2],
  };
}
