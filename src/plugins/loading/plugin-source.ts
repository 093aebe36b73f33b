import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PluginOptions } from '../plugins-schema.ts';

/** Where the modules of a plugin begin. */
export interface PluginSource {
  /** A URL, or the name of a package. */
  readonly specifier: string;
  /** The URL of the folder that packages are looked for from. */
  readonly from: string;
}

/**
 * Where a plugin is, seen from the folder of the configuration.
 *
 * @example sourceOf({ path: 'plugins/margin.ts', ... }, '/etc/shop').specifier // 'file:///etc/shop/plugins/margin.ts'
 */
export function sourceOf(options: PluginOptions, folder: string): PluginSource {
  const { path, package: name = '' } = options;
  const from = pathToFileURL(`${resolve(folder)}/`).href;
  return { from, specifier: path === undefined ? name : pathToFileURL(resolve(folder, path)).href };
}

/** The folder of Sightline's own modules. */
const house = import.meta.url.slice(0, import.meta.url.lastIndexOf('plugins/loading/'));

/**
 * Which modules are a plugin's own: those beside it, or of its package; not those of other packages, of Node.js or of
 * Sightline.
 */
export function ownModules(entry: string): (url: string) => boolean {
  const [root = ''] = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(entry) ?? [];
  return (url) =>
    url.startsWith('file:') &&
    !url.startsWith(house) &&
    url.startsWith(root) &&
    !url.slice(root.length).includes('/node_modules/');
}

/** What an author imports to be told of wrong types. */
const publicName = 'sightline/plugin';
const publicModule = new URL(
  `../plugin.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
).href;

/** The specifier as it is looked for: plugins find `sightline/plugin` wherever they are. */
export function rewritten(specifier: string): string {
  return specifier === publicName ? publicModule : specifier;
}
