import type { DegradationReason } from '../../domain/degradation.ts';
import type { FeatureLookup, FeatureStore, PeekRows } from '../../stores/features/feature-store.ts';
import { readWave, type WaveColumn } from '../../stores/features/read-wave.ts';
import { carriedHeaders, runInTrace } from '../../telemetry/context.ts';
import type { Emit } from '../../telemetry/facts.ts';
import type { RequestContext } from '../algorithm.ts';
import type { Run } from '../run.ts';
import type { Probe } from '../stage.ts';
import { listKeys } from './feature-keys.ts';
import type { FeaturePlan, PlannedFeature } from './feature-plan.ts';
import { type FeatureReads, judgeFeatures } from './judge-features.ts';
import { timedStore } from './timed-store.ts';

/** What a wave is made with. */
export interface FeatureWaveOptions {
  readonly plan: FeaturePlan;
  readonly emit: Emit;
  /** Who reads what: known once all algorithms of the work are made. */
  readonly reads: FeatureReads;
  /** Dense item indices, most popular first: filters will judge those that fill a short slate. */
  readonly popularity: () => Int32Array;
  /** Milliseconds that the stage may take. */
  readonly budgetMs: number;
  /** What is asked in the place of a store, for faults. */
  readonly storeOf: (store: FeatureStore) => (context: RequestContext) => FeatureStore;
  /** See `WaveOptions`. */
  readonly coverageEnough?: number | undefined;
  readonly stragglerShare?: number | undefined;
}

/** Reads the declared features of a work, all stores at the same time. */
export interface FeatureWave {
  /** Names of the stores, each a component of the stage. */
  readonly stores: readonly string[];
  readonly needsCandidates: boolean;
  /**
   * Reads what the request needs into its columns; component `firstComponent` is the first store. Synchronous when all
   * stores have everything in memory. Never rejects: what was not read in time is `failed`.
   */
  read(run: Run, probe: Probe, firstComponent: number): void | Promise<void>;
}

/** What each feature is asked for; undefined where the request does not have what its key names. */
type Asked = readonly (PeekRows | undefined)[];

/** Makes the wave of one work. */
export function createFeatureWave(options: FeatureWaveOptions): FeatureWave {
  const { plan, emit, reads, popularity, storeOf } = options;
  const { features, stores } = plan;
  const storesOf = stores.map(({ store }) => storeOf(store));
  const needsCandidates = features.some(({ isSingle }) => !isSingle);
  return {
    stores: stores.map(({ store }) => store.name),
    needsCandidates,
    read(run, probe, first) {
      run.features.begin(features, reads.byFilters.size > 0 ? popularity() : undefined);
      const asked = features.map((feature) => keysOf(feature, run));
      const take = (columns: readonly WaveColumn[], areHeld: boolean) =>
        judgeFeatures({ plan, asked, columns, areHeld, reads, emit }, { run, probe, first });
      const struck = storesOf.map((of) => of(run));
      const known = peekAll(plan, struck, { asked, lap: (s) => probe.lap(first + s, 0) });
      if (known !== undefined) return take(known, true);
      let isOpen = true;
      const lap = (s: number) => isOpen && probe.lap(first + s, 0);
      const timed = struck.map((store, s) => timedStore(store, () => lap(s)));
      const reading = runInTrace(run.record, () => readAll(options, timed, { asked, run }));
      return reading.then((columns) => {
        isOpen = false;
        take(columns, false);
      });
    },
  };
}

function keysOf({ of, keys }: PlannedFeature, run: Run): PeekRows | undefined {
  if (of === 'user' || of === 'session') return keys.of(run);
  if (of === 'candidates') return keys.of(run, run.features.items, run.features.rows);
  const { anchor } = run.intent;
  return anchor < 0 ? undefined : keys.of(run, Int32Array.of(anchor), 1);
}

/** What every store answers at once, or undefined when one of them has to fetch something. */
function peekAll(
  { features, stores }: FeaturePlan,
  struck: readonly FeatureStore[],
  { asked, lap }: { asked: Asked; lap: (s: number) => void },
): readonly WaveColumn[] | undefined {
  const columns: WaveColumn[] = new Array(features.length);
  for (let s = 0; s < stores.length; s++) {
    for (const f of stores[s].features) {
      const lookups = peek(struck[s], asked[f]);
      if (lookups === undefined) return undefined;
      columns[f] = { lookups, coverage: 1, reason: 'none' };
    }
    lap(s);
  }
  return columns;
}

const noLookups: readonly FeatureLookup[] = [];

const keysOfRows = (rows: PeekRows | undefined) => (rows === undefined ? [] : listKeys(rows));

function peek(store: FeatureStore, rows: PeekRows | undefined) {
  if (rows === undefined || rows.count === 0) return noLookups;
  const lookups = store.peek?.(rows);
  return lookups?.length === rows.count ? lookups : undefined;
}

async function readAll(
  { plan, budgetMs, coverageEnough, stragglerShare }: FeatureWaveOptions,
  stores: readonly FeatureStore[],
  { asked, run }: { asked: Asked; run: Run },
): Promise<readonly WaveColumn[]> {
  const { workUntil } = run.deadline;
  const reserveMs = laterShare * run.remainingMs();
  const clock = { now: () => run.nowMs, monotonic: () => workUntil - run.remainingMs() };
  const requests = plan.features.map(({ store, timeoutMs }, f) => ({
    store: stores[plan.stores.findIndex((planned) => planned.store === store)],
    keys: keysOfRows(asked[f]),
    timeoutMs: timeoutMs && Math.min(timeoutMs, budgetMs),
  }));
  const { columns } = await readWave(requests, {
    dueAt: Math.min(workUntil - reserveMs, clock.monotonic() + budgetMs),
    timeoutMs: budgetMs,
    ...(coverageEnough !== undefined && { coverageEnough }),
    ...(stragglerShare !== undefined && { stragglerShare }),
    clock,
    carry: carriedHeaders(run.record),
  });
  const leftMs = run.remainingMs() - reserveMs;
  return columns.map((column) => ({ ...column, reason: exactly(column.reason, leftMs) }));
}

/** Share of the time left that is kept for the stages behind, which only calculate. */
const laterShare = 0.2;

/** A limit that ends this close to the end of the request's time was that of the request. */
const clockSlackMs = 1;

/** A limit is the request's only where the request has no time left: stages and stores have limits of their own. */
function exactly(reason: DegradationReason, leftMs: number): DegradationReason {
  return reason === 'timeout.request' && leftMs > clockSlackMs ? 'timeout.stage' : reason;
}
