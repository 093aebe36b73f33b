import type { Config } from '../config.ts';
import type { ModelSlot } from '../models/model.ts';
import { openRegistry } from '../models/registry.ts';
import type { Ingredients } from '../pipeline/generations/generation.ts';
import { unitePlugins } from '../plugins/unite-plugins.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { AnyTable } from '../stores/tables/attach-table.ts';
import type { DeclaredTables, TableShelf } from '../stores/tables/table-shelf.ts';
import type { Emit } from '../telemetry/facts.ts';
import { renewModels } from '../training/load-models.ts';

/** The keys of the configuration that a change may replace while the gateway runs. */
export const servingKeys = ['works', 'segments', 'models', 'tables'] as const;

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
  readonly emit: Emit;
}

/** The ingredients of a first generation around models that are loaded already. Throws what the loads throw. */
export async function gatherIngredients(
  settings: ServingSettings,
  models: ReadonlyMap<string, ModelSlot>,
  { tables: shelf }: Pick<IngredientSources, 'tables'>,
): Promise<Ingredients<ServingSettings>> {
  const tables = await shelf.load(sourcesOf(settings));
  return combine(settings, models, tables);
}

/**
 * The ingredients of the next generation: what has changed since `before` is loaded, the rest is shared with it. Throws
 * what the loads throw; `before` stays as it is.
 */
export async function renewIngredients(
  before: Ingredients<ServingSettings>,
  { settings = before.settings, reread, models: made = new Map() }: Renewal,
  { modelFolder, itemTable, tables: shelf, emit }: IngredientSources,
): Promise<Ingredients<ServingSettings>> {
  const tables = await shelf.load(sourcesOf(settings), reread);
  const registry = openRegistry({ folder: modelFolder });
  const known = new Map([...before.models, ...made]);
  const models = renewModels(settings.models, known, { registry, table: itemTable, emit });
  return combine(settings, models, tables);
}

function combine(
  settings: ServingSettings,
  models: ReadonlyMap<string, ModelSlot>,
  tables: ReadonlyMap<string, AnyTable>,
): Ingredients<ServingSettings> {
  const versions = Object.fromEntries(
    [...tables].map(([name, { version }]) => [`table ${name}`, version]),
  );
  return {
    settings,
    catalogue: unitePlugins([]),
    models,
    tables,
    versions,
    release: async () => {},
  };
}

const sourcesOf = ({ tables }: ServingSettings): DeclaredTables => tables;
