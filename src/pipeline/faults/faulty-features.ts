import { SightlineError } from '../../domain/errors.ts';
import { absentLookup } from '../../stores/features/feature-lookups.ts';
import type { FeatureLookup, FeatureStore } from '../../stores/features/feature-store.ts';
import type { ReadStrikes } from './faulty-store.ts';

/** A feature store whose reads are struck: late, refused or empty. What is late is really waited for. */
export function faultyFeatures(
  store: FeatureStore,
  { slow, failing, missing }: ReadStrikes,
  sleep: (ms: number) => Promise<unknown>,
): FeatureStore {
  // What a store has in memory is struck like everything else.
  const { peek: _, ...rest } = store;
  return {
    ...rest,
    name: store.name,
    async mget(keys, limits) {
      if (slow !== undefined) await sleep(slow.fault.delayMs * slow.strength);
      if (failing !== undefined) return keys.map(() => refused(failing.fault.name));
      if (missing !== undefined) return keys.map(() => absentLookup);
      return store.mget(keys, limits);
    },
    close: () => store.close(),
  };
}

function refused(fault: string): FeatureLookup {
  const cause = new SightlineError('SL_STORE_UNAVAILABLE', `fault ${fault} is in place`);
  return { state: 'failed', reason: 'unavailable', cause };
}
