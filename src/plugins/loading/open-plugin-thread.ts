import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { PluginOptions } from '../plugins-schema.ts';
import { endThread } from './end-thread.ts';
import type { PluginSource } from './plugin-source.ts';
import type { PluginThreadStart, TrialReport } from './plugin-thread.ts';

/** A plugin that was imported and tried in a thread, which goes on. */
export interface PluginThread extends Omit<Extract<TrialReport, { say: 'good' }>, 'say'> {
  readonly worker: Worker;
  /** The host's end of the questions, see `PluginThreadStart`. */
  readonly port: MessagePort;
  readonly answered: Int32Array;
}

/** What is wrong with a plugin, in words that follow its name. */
export class PluginRefusal extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('; '));
    this.mistakes = mistakes;
  }
}

/** Megabytes of heap for what is young, beside those that the limits name. */
const youngMb = 16;
/** How long a thread may take until it looks at the plugin: that is not the plugin's fault. */
const startMs = 30_000;

/**
 * Imports a plugin in a thread of its own and has each algorithm called once. Rejects with `PluginRefusal` where it is
 * refused, is not done in time, or takes too much memory; the thread is then ended.
 */
export async function openPluginThread(
  name: string,
  source: PluginSource,
  options: PluginOptions,
): Promise<PluginThread> {
  const { limits, isolate } = options;
  const { port1: port, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const questions = isolate ? { port: port2, answered } : undefined;
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./plugin-thread.${extension}`, import.meta.url), {
    name: `plugin ${name}`,
    workerData: {
      ...{ source, questions, limitMs: limits.loadMs },
      uses: usesOf(options),
    } satisfies PluginThreadStart,
    transferList: isolate ? [port2] : [],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, maxYoungGenerationSizeMb: youngMb },
  });
  try {
    const { say: _, ...report } = await reportOf(worker, limits);
    return { ...report, worker, port, answered };
  } catch (cause) {
    port.close();
    await endThread(worker);
    throw cause;
  }
}

/** The options of the parts that the configuration uses. */
function usesOf({ signals, detectors }: PluginOptions): PluginThreadStart['uses'] {
  const ofDetectors = Object.entries(detectors).map(([name, { options }]) => [name, options]);
  return { signals, detectors: Object.fromEntries(ofDetectors) };
}

type Good = Extract<TrialReport, { say: 'good' }>;

function reportOf(worker: Worker, { loadMs, memoryMb }: PluginOptions['limits']): Promise<Good> {
  const { promise, resolve, reject } = Promise.withResolvers<Good>();
  let step = 'its start';
  const refuse = (...mistakes: readonly string[]) => reject(new PluginRefusal(mistakes));
  const late = (ms: number) =>
    setTimeout(() => refuse(`was not done with ${step} after ${ms} ms`), ms);
  let timer = late(startMs);
  const hear = (report: TrialReport) => {
    if (report.say === 'step') {
      step = report.step;
      clearTimeout(timer);
      timer = late(loadMs);
    }
    if (report.say === 'good') resolve(report);
    if (report.say === 'refused') refuse(...report.mistakes);
  };
  const fail = (cause: Error) =>
    refuse(
      (cause as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? `took more than ${memoryMb} MB in ${step}`
        : `failed in ${step}: ${cause.message}`,
    );
  const end = (code: number) => refuse(`ended its thread in ${step} with exit code ${code}`);
  worker.on('message', hear).on('error', fail).on('exit', end);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.off('message', hear).off('exit', end);
    // A thread that is being ended may still fail, and a failure that nobody hears ends the process.
    worker.off('error', fail).on('error', () => {});
  });
}
