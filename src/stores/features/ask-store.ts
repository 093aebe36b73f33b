import { SightlineError } from '../../domain/errors.ts';
import type { Schedule } from '../../domain/schedule.ts';
import { byTheEnd } from './by-the-end.ts';
import { errorLookup, lateLookup } from './feature-lookups.ts';
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

/** The same for a store that may not keep its limits: what is not there by then is `failed: timeout`. */
export async function askInTime(
  store: FeatureStore,
  keys: readonly FeatureKey[],
  { schedule, ...limits }: ReadLimits & { readonly schedule: Schedule },
): Promise<readonly FeatureLookup[]> {
  let found: readonly FeatureLookup[] | undefined;
  const work = askStore(store, keys, limits).then((answer) => {
    found = answer;
  });
  await byTheEnd(work, limits, schedule);
  return found ?? keys.map(() => lateLookup);
}
