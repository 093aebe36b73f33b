import { SightlineError } from '../../domain/errors.ts';
import type { FeatureStore } from '../../stores/features/feature-store.ts';
import { createFeatureKeys, type FeatureKeys } from './feature-keys.ts';
import type { FeatureOptions } from './feature-schema.ts';
import { type FeatureOf, parseKeyTemplate } from './key-template.ts';
import { KnownNumbers } from './known-numbers.ts';

/** A declared feature, ready to be read. */
export interface PlannedFeature {
  readonly feature: string;
  readonly store: FeatureStore;
  readonly of: FeatureOf;
  /** Whether it has one row for the whole request. */
  readonly isSingle: boolean;
  readonly keys: FeatureKeys;
  readonly known: KnownNumbers;
  /** Undefined: that of the store, or of the stage. */
  readonly timeoutMs: number | undefined;
  readonly maxAgeMs: number | undefined;
  readonly minCoverage: number | undefined;
}

/** The features of one store, in one read. */
export interface PlannedStore {
  readonly store: FeatureStore;
  /** Places in the list of all features. */
  readonly features: readonly number[];
}

/** What one work reads, and of whom. */
export interface FeaturePlan {
  readonly features: readonly PlannedFeature[];
  readonly stores: readonly PlannedStore[];
}

/** The feature stores of a gateway, by the names that works refer to. */
export interface StoresByName {
  get(name: string): FeatureStore | undefined;
}

/** Plans the reads of declared features. Throws `SL_CONFIG_INVALID` for a store that is not there. */
export function planFeatures(
  declared: readonly FeatureOptions[],
  stores: StoresByName,
): FeaturePlan {
  const features = declared.map((options) => planFeature(options, stores));
  const used = [...new Set(features.map(({ store }) => store))];
  return {
    features,
    stores: used.map((store) => ({
      store,
      features: features.flatMap((feature, f) => (feature.store === store ? [f] : [])),
    })),
  };
}

function planFeature(
  { feature, store: name, key, of, timeoutMs, maxAgeSeconds, minCoverage }: FeatureOptions,
  stores: StoresByName,
): PlannedFeature {
  const store = stores.get(name);
  if (store === undefined) {
    const message = `store ${name} of feature ${feature} is not there, expected one of features.stores`;
    throw new SightlineError('SL_CONFIG_INVALID', message);
  }
  return {
    feature,
    store,
    of,
    isSingle: of !== 'candidates',
    known: new KnownNumbers(),
    keys: createFeatureKeys(parseKeyTemplate(key)),
    timeoutMs,
    maxAgeMs: maxAgeSeconds === undefined ? undefined : maxAgeSeconds * 1000,
    minCoverage,
  };
}
