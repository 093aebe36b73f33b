import { registerHooks } from 'node:module';
import { ownModules, type PluginSource, rewritten } from './plugin-source.ts';

/** The most modules that one plugin may have of its own. */
const maxModules = 1000;

/** The modules of a plugin that were loaded in this thread. */
export interface WatchedModules {
  /** URL of the first module. */
  readonly entry: string;
  /** URLs of its own modules. */
  readonly own: ReadonlySet<string>;
  /** Those of them that are CommonJS. */
  readonly commonJs: readonly string[];
}

/** Imports a plugin into the realm of this thread, and tells which modules of its own it loads, now and later. */
export async function importWatched(source: PluginSource): Promise<{
  readonly namespace: Readonly<Record<string, unknown>>;
  readonly modules: WatchedModules;
}> {
  const own = new Set<string>();
  const commonJs: string[] = [];
  let entry = '';
  let isOwn = (_url: string) => false;
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === entryMark) {
        const found = next(source.specifier, { ...context, parentURL: source.from });
        entry = found.url;
        isOwn = ownModules(entry);
        own.add(entry);
        return found;
      }
      const found = next(rewritten(specifier), context);
      if (isOwn(found.url)) own.add(found.url);
      if (own.size > maxModules) throw new Error(`has more than ${maxModules} modules`);
      return found;
    },
    load(url, context, next) {
      const loaded = next(url, context);
      if (own.has(url) && loaded.format?.startsWith('commonjs') === true) commonJs.push(url);
      return loaded;
    },
  });
  const namespace = await import(entryMark);
  return { namespace, modules: { entry, own, commonJs } };
}

/** Stands for the plugin until it is resolved. */
const entryMark: string = 'sightline-plugin:entry';
