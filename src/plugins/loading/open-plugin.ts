import { fileURLToPath } from 'node:url';
import type { Clock } from '../../domain/clock.ts';
import type { PluginPart } from '../../domain/plugin-part.ts';
import { messageOf } from '../../pipeline/make-algorithm.ts';
import type { Emit } from '../../telemetry/facts.ts';
import { isolatedPlugin } from '../isolation/isolated-plugin.ts';
import { openIsolate } from '../isolation/open-isolate.ts';
import type { Plugin } from '../plugin.ts';
import type { LoadedPlugin } from '../plugin-shelf.ts';
import type { PluginOptions } from '../plugins-schema.ts';
import { digestModules, isUnchanged, type ModuleDigest } from './digest-modules.ts';
import { endThread } from './end-thread.ts';
import type { ModuleVersions } from './module-versions.ts';
import { openPluginThread, PluginRefusal, type PluginThread } from './open-plugin-thread.ts';
import { partImporter } from './part-importer.ts';
import { pluginMistakes } from './plugin-mistakes.ts';
import { type PluginSource, sourceOf } from './plugin-source.ts';

/** A plugin that was tried and taken in. */
export interface OpenPlugin {
  readonly loaded: LoadedPlugin;
  /** Paths of its own modules. */
  readonly files: readonly string[];
  /** Its parts that the configuration uses in other threads. */
  readonly parts: readonly PluginPart[];
  /** Whether its modules still are what they were. */
  isUnchanged(): Promise<boolean>;
  /** The plugin for one holder, who releases what it made. */
  lease(): { readonly plugin: Plugin; release(): void };
  close(): Promise<void>;
}

/** What plugins are opened on. */
export interface PluginGround {
  readonly folder: string;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly restartMs: number;
  readonly versions: ModuleVersions;
}

/**
 * Tries a plugin in a thread, and takes it in: its modules under the hash of their content, or the thread itself where it
 * is isolated. Rejects with `PluginRefusal`.
 */
export async function openPlugin(
  name: string,
  options: PluginOptions,
  ground: PluginGround,
): Promise<OpenPlugin> {
  const { folder, clock, emit } = ground;
  const started = clock.monotonic();
  const source = sourceOf(options, folder);
  try {
    const thread = await openPluginThread(name, source, options);
    const digest = await digestOf(thread);
    const loaded: LoadedPlugin = {
      name,
      source: options.path ?? options.package ?? '',
      hash: digest.hash,
      isolated: options.isolate,
    };
    const taken = options.isolate
      ? isolate({ name, options, source, thread, hash: digest.hash }, ground)
      : await takeIn(name, thread, { digest, ground });
    const { hash, isolated } = loaded;
    const seconds = (clock.monotonic() - started) / 1000;
    emit('plugin.loaded', { plugin: name, hash, isolated, seconds });
    const files = digest.modules.map((url) => fileURLToPath(url));
    const parts = partsOf(name, options, digest);
    return { loaded, files, parts, isUnchanged: () => isUnchanged(digest), ...taken };
  } catch (cause) {
    emit('plugin.failed', { plugin: name, cause });
    throw cause;
  }
}

function partsOf(
  plugin: string,
  { signals, detectors, limits: { loadMs } }: PluginOptions,
  modules: ModuleDigest,
): PluginPart[] {
  const common = { plugin, loadMs, modules, importer: partImporter };
  return [
    ...Object.entries(signals).map(
      ([name, options]): PluginPart => ({ kind: 'signals', name, options, series: [], ...common }),
    ),
    ...Object.entries(detectors).map(
      ([name, used]): PluginPart => ({ kind: 'detectors', name, ...used, ...common }),
    ),
  ];
}

async function digestOf(thread: PluginThread) {
  try {
    return await digestModules(thread);
  } catch (cause) {
    await endThread(thread.worker);
    throw new PluginRefusal([`cannot be read: ${messageOf(cause)}`]);
  }
}

type Taken = Pick<OpenPlugin, 'lease' | 'close'>;

async function takeIn(
  name: string,
  { worker }: PluginThread,
  { digest, ground }: { digest: ModuleDigest; ground: PluginGround },
): Promise<Taken> {
  await endThread(worker);
  const plugin = await importGood(() => ground.versions.import(digest));
  // Otherwise the version would stand for other content.
  if (!(await isUnchanged(digest))) {
    ground.versions.forget(digest);
    throw new PluginRefusal(['was changed while it was loaded']);
  }
  const named = { ...plugin, name };
  return { lease: () => ({ plugin: named, release() {} }), close: async () => {} };
}

async function importGood(load: () => Promise<Readonly<Record<string, unknown>>>): Promise<Plugin> {
  let value: unknown;
  try {
    value = (await load()).default;
  } catch (cause) {
    throw new PluginRefusal([`cannot be imported: ${messageOf(cause)}`]);
  }
  const mistakes = pluginMistakes(value);
  if (mistakes.length > 0) throw new PluginRefusal(mistakes);
  return value as Plugin;
}

interface Tried {
  readonly name: string;
  readonly options: PluginOptions;
  readonly source: PluginSource;
  readonly thread: PluginThread;
  readonly hash: string;
}

function isolate({ name, options, source, thread, hash }: Tried, ground: PluginGround): Taken {
  const { clock, emit, restartMs } = ground;
  const restart = async () => {
    const next = await openPluginThread(name, source, options);
    if ((await digestOf(next)).hash === hash) return next;
    await endThread(next.worker);
    throw new Error('its files have changed since it was loaded');
  };
  const { limits } = options;
  const running = openIsolate({ name, limits, thread, restart, clock, emit, restartMs });
  return {
    lease: () => isolatedPlugin(name, thread.algorithms, running),
    close: () => running.close(),
  };
}
