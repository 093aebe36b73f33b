import { encodeFeature } from './feature-codec.ts';
import type { FeatureStore, FeatureValue } from './feature-store.ts';
import { createSourceFeatures, type SourceOptions } from './source-features.ts';

/** Features in memory, and how to change them. */
export interface MemoryFeatures extends FeatureStore {
  /** Sets a value; `undefined` removes it. */
  set(key: string, value: FeatureValue | undefined): void;
}

/**
 * Makes a feature store of an object, for tests and small shops. Values are kept as their codec writes them, so that
 * later changes of the object change nothing.
 *
 * @example
 * const store = createMemoryFeatures({ 'item:7': { price: 9.5 } });
 * await get(store, 'item:7', { timeoutMs: 10 }); // { state: 'present', row: { price: 9.5 }, … }
 */
export function createMemoryFeatures(
  rows: Readonly<Record<string, FeatureValue>> = {},
  { name = 'memory', ...options }: { name?: string } & SourceOptions = {},
): MemoryFeatures {
  const kept = new Map<string, Buffer>();
  const set = (key: string, value: FeatureValue | undefined): void => {
    if (value === undefined) kept.delete(key);
    else kept.set(key, encodeFeature(value, options.codec));
  };
  for (const [key, value] of Object.entries(rows)) set(key, value);
  const store = createSourceFeatures(
    {
      name,
      async fetch(keys, answer) {
        keys.forEach((key, place) => {
          answer(place, kept.get(key));
        });
      },
      close: async () => kept.clear(),
    },
    options,
  );
  return { ...store, set };
}
