import { type Mistake, SightlineError } from '../domain/errors.ts';
import { algorithmKinds, type Catalogue } from '../pipeline/catalogue.ts';
import { signalCatalogue } from '../signals/index.ts';
import type { FeatureStoreKind } from '../stores/features/feature-store-kind.ts';
import { builtIn } from './built-in.ts';
import { partKinds } from './loading/plugin-mistakes.ts';
import type { Plugin } from './plugin.ts';

/**
 * The catalogue of the built-in algorithms and those of other plugins. Throws `SL_CONFIG_INVALID` with every name that
 * two plugins claim: their series would merge.
 *
 * @example unitePlugins([]).rerankers.has('mmr') // true
 */
export function unitePlugins(plugins: readonly Plugin[]): Catalogue {
  return unite([builtIn, ...plugins], algorithmKinds) as unknown as Catalogue;
}

/** The kinds of feature stores that plugins bring. Throws as `unitePlugins`. */
export function uniteStoreKinds(
  plugins: readonly Plugin[],
): Readonly<Record<string, FeatureStoreKind>> {
  const { stores } = unite(plugins, ['stores']);
  return Object.fromEntries(stores as ReadonlyMap<string, FeatureStoreKind>);
}

/** Throws as `unitePlugins` where two plugins claim a signal, or one that Sightline has. */
export function assertDistinctParts(plugins: readonly Plugin[]): void {
  const own = { name: builtIn.name, signals: signalCatalogue } as unknown as Plugin;
  unite([own, ...plugins], partKinds);
}

type Kind = Exclude<keyof Plugin, 'name'>;

function unite(
  plugins: readonly Plugin[],
  kinds: readonly Kind[],
): Readonly<Record<string, ReadonlyMap<string, unknown>>> {
  const owners = new Map<string, string>();
  const mistakes: Mistake[] = [];
  const united = Object.fromEntries(kinds.map((kind) => [kind, new Map<string, unknown>()]));
  for (const plugin of plugins) {
    for (const kind of kinds) {
      for (const [name, definition] of Object.entries(plugin[kind] ?? {})) {
        const owner = owners.get(`${kind} ${name}`);
        if (owner !== undefined) {
          const message = `brings ${name} of ${kind}, which ${owner} has already`;
          mistakes.push({ path: `plugins.${plugin.name}`, message });
        }
        owners.set(`${kind} ${name}`, plugin.name);
        united[kind].set(name, definition);
      }
    }
  }
  if (mistakes.length === 0) return united;
  const list = mistakes.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new SightlineError('SL_CONFIG_INVALID', `plugins are at odds: ${list}`, { mistakes });
}
