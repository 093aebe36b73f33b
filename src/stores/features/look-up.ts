import { parseFeatureKey } from './feature-key.ts';
import { errorLookup, excessLookup } from './feature-lookups.ts';
import { type FeatureKey, type FeatureLookup, maxWaveKeys } from './feature-store.ts';
import type { SnapshotEntries } from './snapshot-entries.ts';

/** What a snapshot has of a wave. */
export interface LookedUp {
  /** In the order of the keys, with holes where something is missing. */
  readonly lookups: FeatureLookup[];
  /** The places of every key that must be read; absent where none must. */
  readonly missing: ReadonlyMap<string, readonly number[]> | undefined;
  /** Places that were filled from the snapshot, and that were not. */
  readonly hits: number;
  readonly misses: number;
}

/** Looks keys up among entries that were read at `freshFrom` or later (monotonic milliseconds). O(keys). */
export function lookUp(
  entries: SnapshotEntries,
  keys: readonly FeatureKey[],
  freshFrom: number,
): LookedUp {
  const lookups: FeatureLookup[] = new Array(keys.length);
  let missing: Map<string, number[]> | undefined;
  let hits = 0;
  let misses = 0;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    // Text was checked when it was read: what cannot be carried is never kept.
    const text = typeof key === 'string' ? key : parseFeatureKey(key);
    if (i >= maxWaveKeys) lookups[i] = excessLookup;
    else if (typeof text !== 'string') lookups[i] = errorLookup(text);
    else {
      const entry = entries.get(text);
      if (entry === undefined || entry.readAt < freshFrom) {
        missing = addPlace(missing, text, i);
        misses += 1;
      } else {
        entry.wasUsed = true;
        lookups[i] = entry.lookup;
        hits += 1;
      }
    }
  }
  return { lookups, missing, hits, misses };
}

function addPlace(places = new Map<string, number[]>(), key: string, place: number) {
  const known = places.get(key);
  if (known) known.push(place);
  else places.set(key, [place]);
  return places;
}
