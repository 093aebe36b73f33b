import { SightlineError } from '../../domain/errors.ts';
import { errorLookup } from './feature-lookups.ts';
import type { FeatureKey, FeatureLookup, FeatureStore, ReadLimits } from './feature-store.ts';

/** Reads a store that may break its contract: one answer per key comes back, or `failed: error` for each. */
export async function askStore(
  store: FeatureStore,
  keys: readonly FeatureKey[],
  limits: ReadLimits,
): Promise<readonly FeatureLookup[]> {
  try {
    const found = await store.mget(keys, limits);
    if (found.length === keys.length) return found;
  } catch {}
  const message = `feature store ${store.name} broke, expected one answer for each key`;
  const broke = errorLookup(new SightlineError('SL_INTERNAL', message));
  return keys.map(() => broke);
}
