import type { Clock } from '../../domain/clock.ts';
import type { FetchOutcome } from '../../telemetry/fact-values.ts';
import type { Emit } from '../../telemetry/facts.ts';
import type { FeatureLookup, FeatureStore } from './feature-store.ts';

/**
 * Watches the reads of a feature store from outside: how long each wave took and how it ended. Answers pass through
 * unchanged.
 *
 * @example const store = measuredFeatures(openRedisFeatures(address), telemetry.emit, systemClock);
 */
export function measuredFeatures(store: FeatureStore, emit: Emit, clock: Clock): FeatureStore {
  const { name } = store;
  const tell = (outcome: FetchOutcome, startedAt: number) =>
    emit('store.fetched', {
      store: name,
      outcome,
      seconds: (clock.monotonic() - startedAt) / 1000,
    });
  return {
    name,
    timeoutMs: store.timeoutMs,
    async mget(keys, limits) {
      const startedAt = clock.monotonic();
      const found = await store.mget(keys, limits);
      tell(outcomeOf(found), startedAt);
      return found;
    },
    ...(store.peek && {
      peek(rows) {
        const startedAt = clock.monotonic();
        const found = store.peek?.(rows);
        if (found !== undefined) tell('ok', startedAt);
        return found;
      },
    }),
    close: () => store.close(),
  };
}

function outcomeOf(found: readonly FeatureLookup[]): FetchOutcome {
  let failures = 0;
  for (const { state } of found) if (state === 'failed') failures += 1;
  if (failures === 0) return 'ok';
  const [first] = found;
  return failures === found.length && first.state === 'failed' ? first.reason : 'partial';
}
