import { type Clock, systemClock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { Schedule } from '../../domain/schedule.ts';
import type { Emit } from '../../telemetry/facts.ts';
import type { FeatureStore } from './feature-store.ts';
import {
  type FeatureStoreOpener,
  featureStoreKinds,
  type OpenedStore,
} from './feature-store-kinds.ts';
import type { FeatureStoreConfig } from './features-schema.ts';
import { measuredFeatures } from './measured-features.ts';
import type { ProtectionStatus } from './protect.ts';
import type { Environment } from './read-secrets.ts';
import type { SnapshotStats } from './snapshot.ts';

/** How one feature store is now, with counts since the start. */
export interface FeatureStoreStatus extends ProtectionStatus {
  readonly name: string;
  readonly kind: string;
  readonly timeoutMs: number;
  /** Undefined where there is no snapshot. */
  readonly snapshot: SnapshotStatus | undefined;
}

/** What a snapshot did and holds. */
export interface SnapshotStatus extends SnapshotStats {
  /** Whether every change is told; undefined where nothing tells. */
  readonly isLive: boolean | undefined;
}

/** What stores are opened with. */
export interface FeatureStoresOptions {
  readonly emit: Emit;
  readonly clock?: Clock;
  readonly schedule?: Schedule;
  readonly environment?: Environment;
  /** Further kinds, for stores of the kind `plugin`, by their name. */
  readonly kinds?: Readonly<Record<string, FeatureStoreOpener>>;
}

/** One store as algorithms see it, and what stands before it. */
export interface FurnishedStore {
  readonly store: FeatureStore;
  status(): FeatureStoreStatus;
}

/** Opens one store and puts before it what protects and measures it. */
export async function furnishFeatureStore(
  name: string,
  config: FeatureStoreConfig,
  { emit, clock = systemClock, schedule, environment = {}, kinds = {} }: FeatureStoresOptions,
): Promise<FurnishedStore> {
  const { timeoutMs, breaker, bulkhead, snapshot: bounds } = config;
  const { protect } = await import('./protect.ts');
  const { store, openWatch } = await openKind(name, config, { environment, kinds });
  const guarded = protect(store, {
    timeoutMs,
    breaker,
    ...bulkhead,
    clock,
    ...(schedule && { schedule }),
    onChange(to, from) {
      emit('breaker.changed', { store: name, from, to });
      if (from === 'closed') emit('breaker.opened', { store: name });
      if (to === 'closed') emit('breaker.closed', { store: name });
    },
  });
  const status = (snapshot?: SnapshotStatus): FeatureStoreStatus => ({
    name,
    kind: config.kind === 'plugin' ? config.store : config.kind,
    timeoutMs,
    ...guarded.protection(),
    snapshot,
  });
  const known = (before: FeatureStore) =>
    measuredFeatures({ ...before, name, timeoutMs }, emit, clock);
  if (bounds === undefined) return { store: known(guarded), status };
  const { openSnapshot } = await import('./snapshot.ts');
  const watch = openWatch?.();
  const snapshot = openSnapshot(guarded, {
    ...bounds,
    watch,
    clock,
    ...(schedule && { schedule }),
  });
  return {
    store: known(snapshot),
    status: () => status({ ...snapshot.stats(), isLive: watch?.isLive() }),
  };
}

async function openKind(
  name: string,
  config: FeatureStoreConfig,
  {
    environment,
    kinds,
  }: { environment: Environment; kinds: NonNullable<FeatureStoresOptions['kinds']> },
): Promise<OpenedStore> {
  if (config.kind !== 'plugin') {
    const open = featureStoreKinds[config.kind] as (
      config: FeatureStoreConfig,
      name: string,
      environment: Environment,
    ) => Promise<OpenedStore>;
    return open(config, name, environment);
  }
  const open = Object.hasOwn(kinds, config.store) ? kinds[config.store] : undefined;
  if (open !== undefined)
    return { store: await open({ name, options: config.options, environment }) };
  const known = Object.keys(kinds).join(', ') || 'none';
  throw new SightlineError(
    'SL_CONFIG_INVALID',
    `kind of store ${config.store} is unknown, expected one that a plugin brings: ${known}`,
  );
}
