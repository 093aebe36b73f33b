import type { Clock } from '../../domain/clock.ts';
import type { Emit, Facts } from '../../telemetry/facts.ts';
import type { FeatureLookup, FeatureStore } from './feature-store.ts';

/**
 * Watches the reads of a feature store from outside: how long each wave took and how it ended, and how old its oldest
 * row was. Answers pass through unchanged.
 *
 * @example const store = measuredFeatures(openRedisFeatures(address), telemetry.emit, systemClock);
 */
export function measuredFeatures(store: FeatureStore, emit: Emit, clock: Clock): FeatureStore {
  return {
    name: store.name,
    timeoutMs: store.timeoutMs,
    async mget(keys, limits) {
      const startedAt = clock.monotonic();
      const found = await store.mget(keys, limits);
      const seconds = (clock.monotonic() - startedAt) / 1000;
      emit('store.fetched', { store: store.name, outcome: outcomeOf(found), seconds });
      const oldestMs = oldestOf(found);
      if (oldestMs !== undefined) {
        const ageSeconds = Math.max(0, clock.now() - oldestMs) / 1000;
        emit('feature.aged', { store: store.name, ageSeconds });
      }
      return found;
    },
    close: () => store.close(),
  };
}

function outcomeOf(found: readonly FeatureLookup[]): Facts['store.fetched']['outcome'] {
  let failures = 0;
  for (const { state } of found) if (state === 'failed') failures += 1;
  if (failures === 0) return 'ok';
  const [first] = found;
  return failures === found.length && first.state === 'failed' ? first.reason : 'partial';
}

/** When the oldest value was read from its source, in epoch milliseconds. */
function oldestOf(found: readonly FeatureLookup[]): number | undefined {
  let oldest = Number.POSITIVE_INFINITY;
  for (const lookup of found)
    if (lookup.state === 'present' && lookup.writtenAtMs < oldest) oldest = lookup.writtenAtMs;
  return oldest === Number.POSITIVE_INFINITY ? undefined : oldest;
}
