import { createHash } from 'node:crypto';
import type { ModelSlot } from '../../models/model.ts';
import type { GlobalTable } from '../../stores/tables/global-table.ts';
import type { Catalogue } from '../catalogue.ts';
import type { FeatureParts } from '../features/assemble-features.ts';
import type { StoresByName } from '../features/feature-plan.ts';
import type { Work } from '../work.ts';
import type { WorkOptions } from '../work-schema.ts';

/** The part of a configuration that a generation is made of. */
export interface GenerationSettings {
  readonly works: Readonly<Record<string, WorkOptions>>;
  readonly segments: readonly string[];
  /** The declared models, with their kinds. */
  readonly models: Readonly<Record<string, { readonly kind: string }>>;
}

/** What one generation is made of. Nothing in it changes once it is there. */
export interface Ingredients {
  readonly settings: GenerationSettings;
  readonly catalogue: Catalogue;
  readonly models: ReadonlyMap<string, ModelSlot>;
  readonly tables: ReadonlyMap<string, GlobalTable>;
  readonly features: StoresByName;
  /** How long a wave over them is waited for. */
  readonly featureWave?: FeatureParts['wave'];
  /** Versions of what stands outside of the configuration, by its name: `plugin margin`, `table blocked`. */
  readonly versions: Readonly<Record<string, string>>;
  /** Lets go of what no other generation holds; called once, after the last request. */
  release(): Promise<void>;
}

/** Everything that decides an answer, immutable. */
export interface Generation extends Ingredients {
  /** Ten hex digits of the hash of what it is made of: equal ingredients give equal ids on every instance. */
  readonly id: string;
  readonly works: ReadonlyMap<string, Work>;
}

/**
 * Names a generation by what is in it.
 *
 * @example generationId({ settings, models: new Map(), versions: {} }) // ten hex digits
 */
export function generationId({
  settings,
  models,
  versions,
}: Pick<Ingredients, 'settings' | 'models' | 'versions'>): string {
  const trained = [...models].map(([name, slot]) => [
    name,
    'model' in slot ? slot.model.version : null,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([settings, trained.sort(), Object.entries(versions).sort()]))
    .digest('hex')
    .slice(0, 10);
}
