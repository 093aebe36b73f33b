import type { Clock } from '../domain/clock.ts';
import { type Mistake, SightlineError } from '../domain/errors.ts';
import type { PluginPart } from '../domain/plugin-part.ts';
import type { Catalogue } from '../pipeline/catalogue.ts';
import type { FeatureStoreKind } from '../stores/features/feature-store-kind.ts';
import type { Emit } from '../telemetry/facts.ts';
import { builtIn } from './built-in.ts';
import { assertJudgedOnce } from './judged-once.ts';
import { createModuleVersions } from './loading/module-versions.ts';
import { type OpenPlugin, openPlugin } from './loading/open-plugin.ts';
import { PluginRefusal } from './loading/open-plugin-thread.ts';
import type { Plugin } from './plugin.ts';
import type { PluginOptions, PluginsOptions } from './plugins-schema.ts';
import { assertDistinctParts, unitePlugins, uniteStoreKinds } from './unite-plugins.ts';

/** One plugin as it is loaded. */
export interface LoadedPlugin {
  readonly name: string;
  /** Its path or package. */
  readonly source: string;
  /** Twelve hex digits: equal for equal content of its modules. */
  readonly hash: string;
  readonly isolated: boolean;
}

/** Plugins that were loaded together, for one generation. */
export interface LoadedPlugins {
  /** The built-in algorithms and theirs. */
  readonly catalogue: Catalogue;
  /** Kinds of feature stores that they bring. */
  readonly stores: Readonly<Record<string, FeatureStoreKind>>;
  readonly plugins: readonly LoadedPlugin[];
  /** Paths of their own modules. */
  readonly files: readonly string[];
  /** Their parts that run in other threads, as the configuration uses them. */
  readonly parts: readonly PluginPart[];
  /** What they bring, the built-in plugin first. */
  readonly contents: readonly Plugin[];
  /** Lets go of them; what nobody holds any more is ended. */
  release(): Promise<void>;
}

/** Where plugins are kept that are in use. */
export interface PluginShelf {
  /**
   * Loads plugins; those that are unchanged are shared with those who hold them. Throws one `SightlineError` with every
   * mistake of every plugin, with nothing left open: `SL_PLUGIN_FAILED`, or `SL_CONFIG_INVALID` where all that is wrong is
   * names that two of them claim.
   */
  load(plugins: PluginsOptions): Promise<LoadedPlugins>;
}

interface Shelved extends OpenPlugin {
  holders: number;
}

/**
 * Makes a shelf for plugins whose paths and packages are looked for from a folder.
 *
 * @example
 * const shelf = createPluginShelf({ folder: '/etc/shop', clock: systemClock });
 * const { catalogue, release } = await shelf.load(config.plugins);
 */
export function createPluginShelf(options: {
  readonly folder: string;
  readonly clock: Clock;
  readonly emit?: Emit;
  /** Milliseconds before an isolated plugin that ended is started again. */
  readonly restartMs?: number;
}): PluginShelf {
  const { folder, clock, emit = () => {}, restartMs = 100 } = options;
  const shelf = new Map<string, Shelved>();
  const ground = { folder, clock, emit, restartMs, versions: createModuleVersions() };

  async function take(name: string, plugin: PluginOptions): Promise<Shelved> {
    const key = JSON.stringify([name, plugin]);
    const known = shelf.get(key);
    if (known !== undefined && (await known.isUnchanged())) {
      known.holders += 1;
      return known;
    }
    const opened = { ...(await openPlugin(name, plugin, ground)), holders: 1 };
    shelf.set(key, opened);
    return opened;
  }

  async function letGo(held: Shelved): Promise<void> {
    held.holders -= 1;
    if (held.holders > 0) return;
    for (const [key, shelved] of shelf) if (shelved === held) shelf.delete(key);
    await held.close();
  }

  async function loadAll(plugins: PluginsOptions): Promise<LoadedPlugins> {
    const entries = Object.entries(plugins);
    const results = await Promise.allSettled(entries.map((entry) => take(...entry)));
    const held = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const leases = held.map((shelved) => shelved.lease());
    let isHeld = true;
    const release = async () => {
      if (!isHeld) return;
      isHeld = false;
      for (const lease of leases) lease.release();
      await Promise.all(held.map(letGo));
    };
    const failed = results.flatMap((result, i) =>
      result.status === 'rejected' ? mistakesOf(entries[i][0], result.reason) : [],
    );
    try {
      const brought = leases.map(({ plugin }) => plugin);
      const united = unite(brought, failed);
      assertJudgedOnce(held.flatMap(({ parts }) => parts));
      const contents = [builtIn, ...brought];
      const files = held.flatMap((shelved) => shelved.files);
      const parts = held.flatMap((shelved) => shelved.parts);
      const loaded = held.map((shelved) => shelved.loaded);
      return { ...united, contents, files, parts, plugins: loaded, release };
    } catch (cause) {
      await release();
      throw cause;
    }
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    load(plugins) {
      // One after the other: two loads at once would try the same plugin twice.
      const loading = last.then(() => loadAll(plugins));
      last = loading.catch(() => {});
      return loading;
    },
  };
}

function unite(plugins: readonly Plugin[], failed: readonly Mistake[]) {
  try {
    const united = { catalogue: unitePlugins(plugins), stores: uniteStoreKinds(plugins) };
    assertDistinctParts(plugins);
    if (failed.length === 0) return united;
  } catch (cause) {
    if (failed.length === 0) throw cause;
    throw pluginsError([...failed, ...(cause as SightlineError).mistakes]);
  }
  throw pluginsError(failed);
}

function mistakesOf(name: string, cause: unknown): Mistake[] {
  const path = `plugins.${name}`;
  if (cause instanceof PluginRefusal) return cause.mistakes.map((message) => ({ path, message }));
  return [{ path, message: `cannot be loaded: ${(cause as Error).message}` }];
}

function pluginsError(mistakes: readonly Mistake[]): SightlineError {
  const list = mistakes.map(({ path, message }) => `${path} ${message}`).join('; ');
  return new SightlineError('SL_PLUGIN_FAILED', `plugins are not as they should be: ${list}`, {
    mistakes,
  });
}
