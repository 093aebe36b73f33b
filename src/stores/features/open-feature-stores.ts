import { type Mistake, SightlineError } from '../../domain/errors.ts';
import { systemSchedule } from '../../domain/schedule.ts';
import type { Emit } from '../../telemetry/facts.ts';
import type { FeatureStore } from './feature-store.ts';
import type { FeaturesConfig } from './features-schema.ts';
import {
  type FeatureStoreStatus,
  type FeatureStoresOptions,
  type FurnishedStore,
  furnishFeatureStore,
  type SnapshotStatus,
} from './furnish-feature-store.ts';

/** The feature stores of a gateway. */
export interface FeatureStores {
  /** The store of that name, with its time limit, or undefined where none is configured. */
  get(name: string): FeatureStore | undefined;
  /** How each store is, in the order of the configuration. */
  status(): readonly FeatureStoreStatus[];
  close(): Promise<void>;
}

/** Milliseconds between two facts about each store. */
const tellEveryMs = 1000;

/**
 * Opens the configured feature stores, each behind a breaker, a bulkhead and its snapshot, and measured; their packages
 * are loaded as they are needed and nothing is asked of the network before the first read, except for the watch of a
 * snapshot. Throws `SL_CONFIG_INVALID` with every mistake and leaves nothing open.
 *
 * @example
 * const features = await openFeatureStores(config.features, { emit, environment: process.env });
 * await features.get('catalogue')?.mget(['item:1'], { timeoutMs: 20 });
 */
export async function openFeatureStores(
  { stores }: Pick<FeaturesConfig, 'stores'>,
  options: FeatureStoresOptions,
): Promise<FeatureStores> {
  const { emit, schedule = systemSchedule } = options;
  const opened = await openAll(stores, options);
  const tell = createTeller(opened, emit);
  const isEmpty = opened.size === 0;
  const again = () => {
    tell();
    cancel = schedule(tellEveryMs, again);
  };
  let cancel = () => {};
  if (!isEmpty) again();
  return {
    get: (name) => opened.get(name)?.store,
    status: () => [...opened.values()].map(({ status }) => status()),
    async close() {
      cancel();
      await Promise.all([...opened.values()].map(({ store }) => store.close()));
    },
  };
}

async function openAll(
  stores: FeaturesConfig['stores'],
  options: FeatureStoresOptions,
): Promise<ReadonlyMap<string, FurnishedStore>> {
  const opened = new Map<string, FurnishedStore>();
  const mistakes: Mistake[] = [];
  for (const [name, config] of Object.entries(stores)) {
    try {
      opened.set(name, await furnishFeatureStore(name, config, options));
    } catch (cause) {
      const path = `features.stores.${name}`;
      mistakes.push({ path, message: (cause as Error).message });
    }
  }
  if (mistakes.length === 0) return opened;
  await Promise.all([...opened.values()].map(({ store }) => store.close()));
  const lines = mistakes.map(({ path, message }) => `${path}: ${message}`);
  const message = `feature stores have ${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'}: ${lines.join('; ')}`;
  throw new SightlineError('SL_CONFIG_INVALID', message, { mistakes });
}

/** Makes what tells how all stores are, with what snapshots did since it told last. */
function createTeller(opened: ReadonlyMap<string, FurnishedStore>, emit: Emit): () => void {
  const before = new Map<string, SnapshotStatus>();
  return () => {
    for (const [store, { status }] of opened) {
      const { breaker, snapshot } = status();
      emit('breaker.measured', { store, state: breaker.state });
      if (snapshot === undefined) continue;
      const { hits = 0, misses = 0, dropped = 0 } = before.get(store) ?? {};
      before.set(store, snapshot);
      emit('snapshot.measured', {
        store,
        hits: snapshot.hits - hits,
        misses: snapshot.misses - misses,
        dropped: snapshot.dropped - dropped,
        bytes: snapshot.bytes,
        isLive: snapshot.isLive,
      });
    }
  };
}
