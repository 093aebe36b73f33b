import type { AlgorithmKind, Algorithms, Definition } from '../pipeline/catalogue.ts';

/** What a plugin brings: algorithms by the names that works refer to. */
export type Plugin = {
  /** For labels and messages: lower-case letters, digits and dashes. */
  readonly name: string;
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
