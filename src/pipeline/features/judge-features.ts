import { SightlineError } from '../../domain/errors.ts';
import type { FeatureLookup } from '../../stores/features/feature-store.ts';
import type { WaveColumn } from '../../stores/features/read-wave.ts';
import type { Emit } from '../../telemetry/facts.ts';
import type { Run } from '../run.ts';
import type { Probe } from '../stage.ts';
import type { ColumnTally } from './feature-column.ts';
import type { FeaturePlan, PlannedFeature, PlannedStore } from './feature-plan.ts';

/** Names of the features that algorithms of a work read. */
export interface FeatureReads {
  readonly byAny: ReadonlySet<string>;
  readonly byFilters: ReadonlySet<string>;
}

/** What a wave brought, by the place of the feature in the plan. */
export interface FoundFeatures {
  readonly plan: FeaturePlan;
  /** How many keys; undefined where the request does not have what they name. */
  readonly asked: readonly ({ readonly count: number } | undefined)[];
  readonly columns: readonly WaveColumn[];
  /** Whether the answers are held in memory, so that equal ones come again. */
  readonly areHeld: boolean;
  readonly reads: FeatureReads;
  readonly emit: Emit;
}

/** Where it is told; component `first` of the stage is the first store. */
interface Listener {
  readonly run: Run;
  readonly probe: Probe;
  readonly first: number;
}

/** A share of values under which a feature that says nothing about it counts as missing. */
const usualCoverage = 0.5;

/** Fills the columns of a request with what was found, and says what is not as it should be. */
export function judgeFeatures(found: FoundFeatures, listener: Listener): void {
  const { features, stores } = found.plan;
  const tallies = features.map((feature, f) =>
    fillColumn(feature, f, { found, run: listener.run }),
  );
  for (let s = 0; s < stores.length; s++) {
    const judged = { found, tallies, listener, c: listener.first + s };
    nameFailure(stores[s], judged);
    for (const f of stores[s].features) {
      nameMissing(f, judged);
      nameStale(f, judged);
    }
    const present = stores[s].features.reduce((sum, f) => sum + tallies[f].present, 0);
    listener.probe.lap(judged.c, present);
  }
}

interface Judged {
  readonly found: FoundFeatures;
  readonly tallies: readonly ColumnTally[];
  readonly listener: Listener;
  /** The component of the store. */
  readonly c: number;
}

function fillColumn(
  { feature, store, isSingle, minCoverage }: PlannedFeature,
  f: number,
  { found: { asked, columns, areHeld, emit }, run }: { found: FoundFeatures; run: Run },
): ColumnTally {
  const column = run.features.get(feature);
  const keys = asked[f]?.count;
  if (keys === undefined) {
    column.fillWith('absent', isSingle ? 1 : run.features.rows);
    return { present: 0, failed: 0 };
  }
  const { lookups } = columns[f];
  const tally = column.fill(lookups, isSingle || !areHeld ? undefined : run.features.items);
  if (keys === 0) return tally;
  const { present } = tally;
  run.features.asked += 1;
  if (present < keys * (minCoverage ?? usualCoverage)) run.features.missing += 1;
  emit('feature.read', {
    store: store.name,
    feature,
    asked: keys,
    missing: keys - present,
  });
  // One value stands for all: each is chosen as often as the others, and a slate of five hundred costs no more than one.
  const some = lookups[run.query.serial % keys];
  if (some.state === 'present') {
    emit('feature.aged', { store: store.name, ageSeconds: ageMs(some, run) / 1000 });
  }
  return tally;
}

/** Says once for a store why it did not answer for some keys. */
function nameFailure({ features }: PlannedStore, { found, tallies, listener, c }: Judged): void {
  let asked = 0;
  let failed = 0;
  for (const f of features) {
    asked += found.asked[f]?.count ?? 0;
    failed += tallies[f].failed;
  }
  if (failed === 0) return;
  const f = features.find((at) => tallies[at].failed > 0)!;
  const { lookups, reason } = found.columns[f];
  listener.probe.degraded(c, {
    // A snapshot may know of a single key that no store can carry it.
    reason: reason === 'none' ? 'dependency.error' : reason,
    action: 'default_value',
    coverage: (asked - failed) / asked,
    changedSlate: features.some(
      (at) => tallies[at].failed > 0 && found.reads.byAny.has(found.plan.features[at].feature),
    ),
    cause: lookups.find(isFailed)?.cause,
  });
}

const isFailed = (lookup: FeatureLookup) => lookup.state === 'failed';

/** Says that too few values are there, where it is not because the store did not answer. */
function nameMissing(f: number, { found, tallies, listener, c }: Judged): void {
  const { feature, minCoverage = 0 } = found.plan.features[f];
  const keys = found.asked[f]?.count ?? 0;
  if (keys === 0 || tallies[f].failed > 0) return;
  const coverage = tallies[f].present / keys;
  if (coverage >= minCoverage) return;
  const cause = `feature ${feature} has ${tallies[f].present} of ${keys} values, expected a share of ${minCoverage}`;
  listener.probe.degraded(c, {
    reason: 'feature.missing',
    action: 'default_value',
    coverage,
    changedSlate: found.reads.byAny.has(feature),
    cause: new SightlineError('SL_DATA_INVALID', cause),
  });
}

/** Says that values are older than they may be. They are used all the same. */
function nameStale(f: number, { found, tallies, listener, c }: Judged): void {
  const { feature, maxAgeMs } = found.plan.features[f];
  const { present } = tallies[f];
  if (maxAgeMs === undefined || present === 0) return;
  const { run, probe } = listener;
  let stale = 0;
  for (const lookup of found.columns[f].lookups) {
    if (lookup.state === 'present' && ageMs(lookup, run) > maxAgeMs) stale += 1;
  }
  if (stale === 0) return;
  const cause = `feature ${feature} has ${stale} of ${present} values older than ${maxAgeMs / 1000} s`;
  probe.degraded(c, {
    reason: 'feature.stale',
    action: 'partial',
    coverage: (present - stale) / present,
    changedSlate: false,
    cause: new SightlineError('SL_DATA_INVALID', cause),
  });
}

function ageMs({ writtenAtMs }: { readonly writtenAtMs: number }, { nowMs }: Run): number {
  return Math.max(0, nowMs - writtenAtMs);
}
