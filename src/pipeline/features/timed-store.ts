import type { FeatureStore } from '../../stores/features/feature-store.ts';

/** A store that says when a read of it has ended, however it ends. */
export function timedStore(store: FeatureStore, ended: () => void): FeatureStore {
  return {
    ...store,
    name: store.name,
    async mget(keys, limits) {
      try {
        return await store.mget(keys, limits);
      } finally {
        ended();
      }
    },
    close: () => store.close(),
  };
}
