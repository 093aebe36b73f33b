import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import { type Experiments, openExperiments } from '../experiments/experiments.ts';
import type { ModelSlot } from '../models/model.ts';
import { openRegistry } from '../models/registry.ts';
import type { Generation, Ingredients } from '../pipeline/generations/generation.ts';
import { unitePlugins } from '../plugins/unite-plugins.ts';
import { type FeatureStores, openFeatureStores } from '../stores/features/open-feature-stores.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { AnyTable } from '../stores/tables/attach-table.ts';
import type { TableShelf } from '../stores/tables/table-shelf.ts';
import type { Emit } from '../telemetry/facts.ts';
import { renewModels } from '../training/load-models.ts';
import { Shared } from './shared.ts';

/** The keys of the configuration that a change may replace while the gateway runs. */
export const servingKeys = [
  'works',
  'segments',
  'models',
  'tables',
  'experiments',
  'flags',
  'features',
] as const;

/** What generations are made from; the rest of the configuration holds until the next start. */
export type ServingSettings = Pick<Config, (typeof servingKeys)[number]>;

/** The settings of a configuration that generations are made from. */
export function servingSettings(config: Config): ServingSettings {
  const picked = servingKeys.map((key) => [key, config[key]] as const);
  return Object.fromEntries(picked) as ServingSettings;
}

/** What may differ in the ingredients of the next generation. */
export interface Renewal {
  /** In place of those before. */
  readonly settings?: ServingSettings | undefined;
  /** A table that is read again although its file looks unchanged. */
  readonly reread?: string | undefined;
  /** Models that were just made, by name; the others are looked up in the registry. */
  readonly models?: ReadonlyMap<string, ModelSlot> | undefined;
}

/** Where ingredients come from. */
export interface IngredientSources {
  readonly modelFolder: string;
  readonly itemTable: ItemTable;
  readonly tables: TableShelf;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Time until the outcome of a request is known. */
  readonly joinSeconds: number;
  /** Holds the secrets that the configuration names. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What a generation of a gateway is made of. */
export interface ServingIngredients extends Ingredients {
  readonly settings: ServingSettings;
  readonly experiments: Experiments;
  readonly features: FeatureStores;
  /** What it holds together with the generations before and after that have the same. */
  readonly shared: SharedParts;
}

/** A generation of a gateway. */
export type ServingGeneration = ServingIngredients & Generation;

interface SharedParts {
  readonly experiments: Shared<Experiments>;
  readonly features: Shared<FeatureStores>;
}

/** The ingredients of a first generation around models that are loaded already. Throws what the loads throw. */
export async function gatherIngredients(
  settings: ServingSettings,
  models: ReadonlyMap<string, ModelSlot>,
  sources: IngredientSources,
): Promise<ServingIngredients> {
  const tables = await sources.tables.load(settings.tables);
  return combine(settings, { models, tables, shared: await share(settings, sources) });
}

/**
 * The ingredients of the next generation: what has changed since `before` is loaded, the rest is shared with it. Throws
 * what the loads throw; `before` stays as it is.
 */
export async function renewIngredients(
  before: ServingIngredients,
  { settings = before.settings, reread, models: made = new Map() }: Renewal,
  sources: IngredientSources,
): Promise<ServingIngredients> {
  const { modelFolder, itemTable, emit } = sources;
  const tables = await sources.tables.load(settings.tables, reread);
  const registry = openRegistry({ folder: modelFolder });
  const known = new Map([...before.models, ...made]);
  const models = renewModels(settings.models, known, { registry, table: itemTable, emit });
  return combine(settings, { models, tables, shared: await share(settings, sources, before) });
}

/** Opens what is not the same as before, and holds what is. */
async function share(
  settings: ServingSettings,
  sources: IngredientSources,
  before?: ServingIngredients,
): Promise<SharedParts> {
  const isSame = (...keys: readonly (keyof ServingSettings)[]) =>
    keys.every((key) => isDeepStrictEqual(settings[key], before?.settings[key]));
  const experiments =
    before !== undefined && isSame('experiments', 'flags')
      ? before.shared.experiments.hold()
      : await shareExperiments(settings, sources, before?.experiments);
  try {
    const features =
      before !== undefined && isSame('features')
        ? before.shared.features.hold()
        : await shareFeatures(settings, sources);
    return { experiments, features };
  } catch (cause) {
    await experiments.release();
    throw cause;
  }
}

async function shareExperiments(
  { experiments, flags }: ServingSettings,
  { clock, emit, joinSeconds }: IngredientSources,
  before: Experiments | undefined,
): Promise<Shared<Experiments>> {
  const opened = await openExperiments(experiments, { clock, emit, flags, joinSeconds, before });
  return new Shared(opened, () => opened.close());
}

async function shareFeatures(
  { features }: ServingSettings,
  { clock, emit, environment }: IngredientSources,
): Promise<Shared<FeatureStores>> {
  const opened = await openFeatureStores(features, { clock, emit, environment });
  return new Shared(opened, () => opened.close());
}

function combine(
  settings: ServingSettings,
  loaded: Pick<ServingIngredients, 'models' | 'shared'> & {
    readonly tables: ReadonlyMap<string, AnyTable>;
  },
): ServingIngredients {
  const { tables, shared } = loaded;
  const versions = [...tables].map(([name, { version }]) => [`table ${name}`, version]);
  return {
    ...loaded,
    settings,
    catalogue: unitePlugins([]),
    experiments: shared.experiments.value,
    features: shared.features.value,
    featureWave: settings.features.wave,
    versions: Object.fromEntries(versions),
    async release() {
      await Promise.all([shared.experiments.release(), shared.features.release()]);
    },
  };
}
