import type { PluginPart } from '../../domain/plugin-part.ts';
import { parseOptions } from '../../pipeline/catalogue.ts';
import type { Plugin } from '../plugin.ts';
import { isUnchanged } from './digest-modules.ts';
import { createModuleVersions } from './module-versions.ts';

const versions = createModuleVersions();
/** What was imported in this thread, by the hash of its content: it stays what it is when its files change. */
const imported = new Map<string, Plugin>();

/**
 * Imports a plugin into this thread and answers what makes a part of it. Rejects where its files have changed. See
 * `importPart` of the domain, which calls it.
 */
export async function importMaker({
  kind,
  name,
  options,
  modules,
}: PluginPart): Promise<() => unknown> {
  const plugin = imported.get(modules.hash) ?? (await importVersion(modules));
  const definition = plugin[kind]?.[name];
  if (definition === undefined) throw new Error(`has no ${kind.slice(0, -1)} ${name}`);
  return () => definition.create(parseOptions(definition, options));
}

async function importVersion(modules: PluginPart['modules']): Promise<Plugin> {
  const { default: plugin } = await versions.import(modules);
  if (!(await isUnchanged(modules))) throw new Error('was changed before it was loaded');
  imported.set(modules.hash, plugin as Plugin);
  return plugin as Plugin;
}

/** URL of this module, for `PluginPart`. */
export const partImporter = import.meta.url;
