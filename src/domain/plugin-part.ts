import { plainError } from './plain-error.ts';

/** The kinds of parts of plugins that other threads make. */
export type PluginPartKind = 'signals' | 'detectors';

/** A part of a plugin that another thread makes. Plain data, as it travels there; equal parts are the same part. */
export interface PluginPart {
  readonly kind: PluginPartKind;
  readonly name: string;
  /** Who brings it. */
  readonly plugin: string;
  /** As the configuration gives them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Names of the series that it judges; empty for a signal. */
  readonly series: readonly string[];
  /** Milliseconds for its import. */
  readonly loadMs: number;
  /** The modules of the plugin, and the hash of their content. */
  readonly modules: {
    readonly hash: string;
    readonly entry: string;
    readonly modules: readonly string[];
  };
  /** URL of the module whose `importMaker` imports it: a thread cannot be handed functions. */
  readonly importer: string;
}

/** Imports a part into this thread; what it answers makes it. Rejects with a `plainError`, also when its time is over. */
export async function importPart(part: PluginPart): Promise<() => unknown> {
  const importing = import(part.importer).then((importer: { importMaker: ImportMaker }) =>
    importer.importMaker(part),
  );
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`was not imported after ${part.loadMs} ms`)),
    part.loadMs,
  );
  try {
    return await Promise.race([importing, late]);
  } catch (cause) {
    throw plainError(cause);
  } finally {
    clearTimeout(timer);
  }
}

type ImportMaker = (part: PluginPart) => Promise<() => unknown>;
