import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { algorithmKinds } from '../../pipeline/catalogue.ts';
import { messageOf } from '../../pipeline/make-algorithm.ts';
import { serveCalls } from '../isolation/serve-calls.ts';
import type { Plugin } from '../plugin.ts';
import { type PartUses, partTrials, unknownParts } from './part-trials.ts';
import { partKinds, pluginMistakes } from './plugin-mistakes.ts';
import type { PluginSource } from './plugin-source.ts';
import { type Trial, tryAlgorithm } from './try-algorithm.ts';
import { importWatched, type WatchedModules } from './watch-modules.ts';

/** What a thread is started with. */
export interface PluginThreadStart {
  readonly source: PluginSource;
  readonly limitMs: number;
  /** Options of the parts that the configuration uses. */
  readonly uses: PartUses;
  /** Where questions that the host waits for come from; undefined where the thread only tries the plugin. */
  readonly questions: { readonly port: MessagePort; readonly answered: Int32Array } | undefined;
}

/** An algorithm as the host knows it. */
export interface AlgorithmNotice {
  readonly kind: (typeof algorithmKinds)[number];
  readonly name: string;
  readonly summary: string;
}

/** What a thread tells of a plugin before it serves. */
export type TrialReport =
  /** What it does now, so that somebody knows where it hangs. */
  | { readonly say: 'step'; readonly step: string }
  | { readonly say: 'refused'; readonly mistakes: readonly string[] }
  | {
      readonly say: 'good';
      readonly entry: string;
      readonly modules: readonly string[];
      readonly algorithms: readonly AlgorithmNotice[];
    };

const { source, limitMs, questions, uses } = workerData as PluginThreadStart;
const tell = (report: TrialReport) => parentPort?.postMessage(report);

/** What an isolated plugin may bring: the others work on what the host's threads of memory hold. */
const isolable = ['retrievers', 'scorers'];

async function main(): Promise<void> {
  tell({ say: 'step', step: 'its import' });
  const { namespace, modules } = await importWatched(source);
  const value = namespace.default;
  const mistakes = [...pluginMistakes(value), ...commonJsMistakes(modules)];
  if (mistakes.length > 0) return tell({ say: 'refused', mistakes });
  const plugin = value as Plugin;
  if (questions !== undefined) mistakes.push(...heldBack(plugin));
  mistakes.push(...unknownParts(plugin, uses));
  const trials = trialsOf(plugin);
  for (const trial of mistakes.length > 0 ? [] : trials) {
    tell({ say: 'step', step: `a call of ${trial.kind.slice(0, -1)} ${trial.name}` });
    const mistake = await tryAlgorithm(trial, limitMs);
    if (mistake !== undefined) mistakes.push(mistake);
  }
  for (const { what, run } of mistakes.length > 0 ? [] : partTrials(plugin, uses)) {
    tell({ say: 'step', step: `a call of ${what}` });
    mistakes.push(...run());
  }
  if (mistakes.length > 0) return tell({ say: 'refused', mistakes });
  if (questions !== undefined) serveCalls(plugin, questions);
  const { entry, own } = modules;
  const algorithms = trials.map(({ kind, name, definition: { summary } }) => ({
    kind,
    name,
    summary,
  }));
  tell({ say: 'good', entry, modules: [...own], algorithms });
}

function trialsOf(plugin: Plugin): Trial[] {
  return algorithmKinds.flatMap((kind) =>
    Object.entries(plugin[kind] ?? {}).map(
      ([name, definition]) => ({ kind, name, definition }) as Trial,
    ),
  );
}

function commonJsMistakes({ commonJs }: WatchedModules): string[] {
  return commonJs.slice(0, 1).map((url) => `has the CommonJS module ${url}, expected ES modules`);
}

function heldBack(plugin: Plugin): string[] {
  return [...algorithmKinds, 'stores' as const, ...partKinds]
    .filter((kind) => !isolable.includes(kind) && plugin[kind] !== undefined)
    .map((kind) => `brings ${kind}, which cannot run isolated, expected ${isolable.join(' and ')}`);
}

await main().catch((cause) => {
  tell({ say: 'refused', mistakes: [`cannot be imported: ${messageOf(cause)}`] });
});
