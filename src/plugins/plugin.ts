import type { AlgorithmKind, Algorithms, Definition } from '../pipeline/catalogue.ts';
import type { FeatureStoreKind } from '../stores/features/feature-store-kind.ts';

/** What a plugin brings: algorithms and kinds of feature stores, by the names that the configuration refers to. */
export type Plugin = {
  /** For labels and messages: lower-case letters, digits and dashes. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: as below
  readonly stores?: Readonly<Record<string, FeatureStoreKind<any>>>;
} & {
  // Each definition has options of its own, which only its own schema knows.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly [Kind in AlgorithmKind]?: Readonly<Record<string, Definition<Algorithms[Kind], any>>>;
};

/**
 * Checks the types of a plugin where it is written, and answers it as it is.
 *
 * @example
 * export default definePlugin({
 *   name: 'margin',
 *   scorers: {
 *     newest: {
 *       summary: 'the newest first',
 *       create: () => ({
 *         score({ table }, { items, count }, scores) {
 *           for (let row = 0; row < count; row++) scores[row] = table.publishedAtMs[items[row]];
 *         },
 *       }),
 *     },
 *   },
 * });
 */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
