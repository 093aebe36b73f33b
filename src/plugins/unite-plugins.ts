import { type Mistake, SightlineError } from '../domain/errors.ts';
import type { AlgorithmKind, Catalogue } from '../pipeline/catalogue.ts';
import { builtIn } from './built-in.ts';
import type { Plugin } from './plugin.ts';

const kinds: readonly AlgorithmKind[] = ['retrievers', 'scorers', 'rerankers', 'filters'];

/**
 * The catalogue of the built-in algorithms and those of other plugins. Throws `SL_CONFIG_INVALID` with every name that
 * two plugins claim: their series would merge.
 *
 * @example unitePlugins([]).rerankers.has('mmr') // true
 */
export function unitePlugins(plugins: readonly Plugin[]): Catalogue {
  const owners = new Map<string, string>();
  const mistakes: Mistake[] = [];
  const catalogue = Object.fromEntries(kinds.map((kind) => [kind, new Map<string, unknown>()]));
  for (const plugin of [builtIn, ...plugins]) {
    for (const kind of kinds) {
      for (const [name, definition] of Object.entries(plugin[kind] ?? {})) {
        const owner = owners.get(`${kind} ${name}`);
        if (owner !== undefined) {
          const message = `brings ${name} of ${kind}, which ${owner} has already`;
          mistakes.push({ path: `plugins.${plugin.name}`, message });
        }
        owners.set(`${kind} ${name}`, plugin.name);
        catalogue[kind].set(name, definition);
      }
    }
  }
  if (mistakes.length === 0) return catalogue as unknown as Catalogue;
  const list = mistakes.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new SightlineError('SL_CONFIG_INVALID', `plugins are at odds: ${list}`, { mistakes });
}
