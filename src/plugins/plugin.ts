import type { PluginDetector } from '../anomaly/plugged/plugin-detector.ts';
import type { OptionsSchema } from '../domain/options-schema.ts';
import type { AlgorithmKind, Algorithms, Definition } from '../pipeline/catalogue.ts';
import type { PluginSignal } from '../signals/plugged/plugin-signal.ts';
import type { FeatureStoreKind } from '../stores/features/feature-store-kind.ts';

export type { PluginDetector, Verdict } from '../anomaly/plugged/plugin-detector.ts';
export type {
  PluginReading,
  PluginSignal,
  ReadingLabel,
  SignalEvent,
} from '../signals/plugged/plugin-signal.ts';

/** How a part is made that runs in a thread of Sightline, under the name that the configuration refers to. */
export interface PartDefinition<Part, Options = unknown> {
  /** One line for people. */
  readonly summary: string;
  /** Absent where there are no options. */
  readonly options?: OptionsSchema<Options> | undefined;
  /** Makes it, anew for each start of its thread and each version of the plugin; a detector for each series. */
  create(options: Options): Part;
}

/** What a plugin brings: algorithms, kinds of feature stores, signals and detectors, by the names that the configuration refers to. */
export type Plugin = {
  /** For labels and messages: lower-case letters, digits and dashes. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: as below
  readonly stores?: Readonly<Record<string, FeatureStoreKind<any>>>;
  // biome-ignore lint/suspicious/noExplicitAny: as below
  readonly signals?: Readonly<Record<string, PartDefinition<PluginSignal, any>>>;
  // biome-ignore lint/suspicious/noExplicitAny: as below
  readonly detectors?: Readonly<Record<string, PartDefinition<PluginDetector, any>>>;
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
