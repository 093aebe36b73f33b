import type { FeatureStore } from './feature-store.ts';
import type { FeatureStoreConfig } from './features-schema.ts';
import type { KeyWatch } from './key-watch.ts';
import { type Environment, readSecrets } from './read-secrets.ts';

/** A store, and what tells of its changes where something does. */
export interface OpenedStore {
  readonly store: FeatureStore;
  /** Opened for a snapshot alone, which closes it. */
  openWatch?(): KeyWatch;
}

/** What a kind of store is opened with. */
export interface OpenerOptions {
  /** Name of the store, for labels. */
  readonly name: string;
  /** Options of the kind, checked by nobody else. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly environment: Environment;
}

/** Opens a store of a kind that a plugin brings. */
export type FeatureStoreOpener = (options: OpenerOptions) => Promise<FeatureStore> | FeatureStore;

type ConfigOf<Kind extends FeatureStoreConfig['kind']> = Extract<
  FeatureStoreConfig,
  { kind: Kind }
>;

/** Opens a store of a built-in kind; the packages that it needs are loaded then. */
type BuiltIn<Kind extends FeatureStoreConfig['kind']> = (
  config: ConfigOf<Kind>,
  name: string,
  environment: Environment,
) => Promise<OpenedStore>;

/** The built-in kinds. */
export const featureStoreKinds: {
  readonly [Kind in Exclude<FeatureStoreConfig['kind'], 'plugin'>]: BuiltIn<Kind>;
} = {
  async memory({ rows, codec }, name) {
    const { createMemoryFeatures } = await import('./memory-features.ts');
    return { store: createMemoryFeatures(rows, { name, codec }) };
  },
  async redis({ passwordEnv, ...config }, name, environment) {
    const [{ openRedisFeatures }, { openRedisKeyWatch }] = await Promise.all([
      import('./redis-features.ts'),
      import('./redis-key-watch.ts'),
    ]);
    const named = passwordEnv === undefined ? {} : { password: passwordEnv };
    const address = { ...config, name, ...readSecrets(named, environment) };
    return { store: openRedisFeatures(address), openWatch: () => openRedisKeyWatch(address) };
  },
  async memcached(config, name) {
    const { openMemcachedFeatures } = await import('./memcached-features.ts');
    return { store: openMemcachedFeatures({ ...config, name }) };
  },
  async sqlite(config, name) {
    const { openSqliteFeatures } = await import('./sqlite-features.ts');
    return { store: openSqliteFeatures({ ...config, name }) };
  },
  async http({ headersEnv, ...config }, name, environment) {
    const { openHttpFeatures } = await import('./http-features.ts');
    const headers = readSecrets(headersEnv, environment);
    return { store: openHttpFeatures({ ...config, name, headers }) };
  },
};
