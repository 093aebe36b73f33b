import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import { type Experiments, openExperiments } from '../experiments/experiments.ts';
import type { ModelSlot } from '../models/model.ts';
import { openRegistry } from '../models/registry.ts';
import { parseOptions } from '../pipeline/catalogue.ts';
import type { Generation, Ingredients } from '../pipeline/generations/generation.ts';
import type { LoadedPlugins, PluginShelf } from '../plugins/plugin-shelf.ts';
import type { FeatureStoreKind } from '../stores/features/feature-store-kind.ts';
import type { FeatureStoreOpener } from '../stores/features/feature-store-kinds.ts';
import { type FeatureStores, openFeatureStores } from '../stores/features/open-feature-stores.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { AnyTable } from '../stores/tables/attach-table.ts';
import type { TableShelf } from '../stores/tables/table-shelf.ts';
import type { Emit } from '../telemetry/facts.ts';
import { renewModels } from '../training/load-models.ts';
import { Shared } from './shared.ts';

/** The keys of the configuration that a change may replace while the gateway runs. */
export const servingKeys = [
  'plugins',
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
  readonly plugins: PluginShelf;
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
  readonly plugins: LoadedPlugins;
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

/**
 * The ingredients of a first generation. Models come last: making them may take minutes, and what is wrong with the others
 * is known in seconds. Throws what the loads throw.
 */
export function gatherIngredients(
  settings: ServingSettings,
  sources: IngredientSources,
  loadModels: Collection['loadModels'],
): Promise<ServingIngredients> {
  return collect(settings, sources, { loadModels });
}

/**
 * The ingredients of the next generation: what has changed since `before` is loaded, the rest is shared with it. Throws
 * what the loads throw; `before` stays as it is.
 */
export function renewIngredients(
  before: ServingIngredients,
  { settings = before.settings, reread, models: made = new Map() }: Renewal,
  sources: IngredientSources,
): Promise<ServingIngredients> {
  const { modelFolder, itemTable, emit } = sources;
  const loadModels = () => {
    const registry = openRegistry({ folder: modelFolder });
    const known = new Map([...before.models, ...made]);
    return renewModels(settings.models, known, { registry, table: itemTable, emit });
  };
  return collect(settings, sources, { before, reread, loadModels });
}

interface Collection {
  readonly before?: ServingIngredients;
  readonly reread?: string | undefined;
  readonly loadModels: () =>
    | ReadonlyMap<string, ModelSlot>
    | Promise<ReadonlyMap<string, ModelSlot>>;
}

async function collect(
  settings: ServingSettings,
  sources: IngredientSources,
  { before, reread, loadModels }: Collection,
): Promise<ServingIngredients> {
  const held = new AsyncDisposableStack();
  const hold = <Held extends { release(): Promise<void> }>(one: Held): Held => {
    held.defer(() => one.release());
    return one;
  };
  try {
    const tables = await sources.tables.load(settings.tables, reread);
    const plugins = hold(await sources.plugins.load(settings.plugins));
    const shared = {
      experiments: hold(await shareExperiments(settings, sources, before)),
      features: hold(await shareFeatures(settings, plugins, { sources, before })),
    };
    return {
      ...{ settings, plugins, tables, shared, models: await loadModels() },
      catalogue: plugins.catalogue,
      experiments: shared.experiments.value,
      features: shared.features.value,
      featureWave: settings.features.wave,
      versions: versionsOf(tables, plugins),
      release: () => held.disposeAsync(),
    };
  } catch (cause) {
    await held.disposeAsync();
    throw cause;
  }
}

function versionsOf(
  tables: ReadonlyMap<string, AnyTable>,
  { plugins }: LoadedPlugins,
): Readonly<Record<string, string>> {
  return Object.fromEntries([
    ...[...tables].map(([name, { version }]) => [`table ${name}`, version]),
    ...plugins.map(({ name, hash }) => [`plugin ${name}`, hash]),
  ]);
}

async function shareExperiments(
  settings: ServingSettings,
  { clock, emit, joinSeconds }: IngredientSources,
  before: ServingIngredients | undefined,
): Promise<Shared<Experiments>> {
  if (before !== undefined && isSame(settings, before, ['experiments', 'flags']))
    return before.shared.experiments.hold();
  const { experiments, flags } = settings;
  const former = before?.experiments;
  const opened = await openExperiments(experiments, {
    ...{ clock, emit, flags, joinSeconds },
    before: former,
  });
  return new Shared(opened, () => opened.close());
}

/** Stores of plugins are opened anew with every version of theirs. */
async function shareFeatures(
  settings: ServingSettings,
  plugins: LoadedPlugins,
  {
    sources: { clock, emit, environment },
    before,
  }: { readonly sources: IngredientSources; readonly before: ServingIngredients | undefined },
): Promise<Shared<FeatureStores>> {
  const { features } = settings;
  const usesPlugins = Object.values(features.stores).some(({ kind }) => kind === 'plugin');
  const hasSamePlugins = isDeepStrictEqual(plugins.plugins, before?.plugins.plugins);
  if (before !== undefined && isSame(settings, before, ['features']))
    if (!usesPlugins || hasSamePlugins) return before.shared.features.hold();
  const kinds = openersOf(plugins);
  const opened = await openFeatureStores(features, { clock, emit, environment, kinds });
  return new Shared(opened, () => opened.close());
}

function openersOf({ stores }: LoadedPlugins): Readonly<Record<string, FeatureStoreOpener>> {
  const opener =
    (kind: FeatureStoreKind): FeatureStoreOpener =>
    ({ name, options }) =>
      kind.open(parseOptions(kind, options), { name });
  return Object.fromEntries(Object.entries(stores).map(([name, kind]) => [name, opener(kind)]));
}

const isSame = (
  settings: ServingSettings,
  before: ServingIngredients,
  keys: readonly (keyof ServingSettings)[],
) => keys.every((key) => isDeepStrictEqual(settings[key], before.settings[key]));
