import { randomUUID } from 'node:crypto';
import { type Config, readConfig } from '../config.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import { needLedger } from '../models/index.ts';
import { openRegistry } from '../models/registry.ts';
import { openStore } from '../stores/open-store.ts';
import { openReadOnlyStore } from '../stores/read-only.ts';
import { importDataset } from '../training/dataset/import-dataset.ts';
import {
  describeLearning,
  interactionsFromStore,
} from '../training/dataset/interactions-from-store.ts';
import {
  type ModelReport,
  type RunReport,
  runTraining,
} from '../training/schedule/run-training.ts';
import { type Command, configOption, usageError } from './command.ts';
import { nearest } from './nearest.ts';
import { createStartProgress } from './start-progress.ts';
import { listenForStop } from './stop-signal.ts';
import type { Terminal } from './terminal.ts';

/** Trains models from what is in the store and saves them, for gateways that watch them and for the next start. */
export const train: Command = {
  name: 'train',
  summary: 'train models from the store and save them',
  details: [
    'Trains the named models, or all; a gateway may have the data folder open meanwhile. An empty store',
    'gets the configured data set first. A model that is worse than the one that serves is kept and',
    'does not serve; `training.gate` says what it must hold. A gateway that watches the model folder',
    'serves what was trained within seconds, others after a start.',
  ].join('\n'),
  positionals: '[MODEL...]',
  options: {
    config: configOption,
    force: { summary: 'let what is learnt serve without a look at its quality' },
  },
  run: async ({ values, switches, positionals }, terminal) => {
    const config = readConfig(values.config!, terminal.environment);
    const models = selectModels(config, positionals);
    const report = await trainInStore(config, { models, force: switches.has('force') }, terminal);
    for (const one of report.models) terminal.out(lineOf(one));
    const failed = report.models.find(({ outcome }) => outcome === 'failed');
    const cause = report.cause ?? failed?.cause;
    if (cause !== undefined) throw cause;
    return 0;
  },
};

function selectModels({ models }: Config, names: readonly string[]): Config['models'] {
  const mistakes = names
    .filter((name) => !Object.hasOwn(models, name))
    .map((name) => {
      const near = nearest(name, Object.keys(models));
      return `model ${name} is not declared, ${near === undefined ? `expected one of ${Object.keys(models).join(', ')}` : `did you mean ${near}`}`;
    });
  if (mistakes.length > 0) throw usageError('train', mistakes);
  return names.length === 0
    ? models
    : Object.fromEntries(names.map((name) => [name, models[name]]));
}

/** Opens the store; a folder that a gateway has open is only read. */
async function openToLearn(choice: Config['store'], clock: Clock) {
  try {
    return { store: await openStore(choice, { clock }), isReadOnly: false };
  } catch (cause) {
    const isLocked = cause instanceof SightlineError && cause.code === 'SL_STORE_LOCKED';
    if (!isLocked || choice.kind !== 'sqlite') throw cause;
    return { store: openReadOnlyStore(choice.folder), isReadOnly: true };
  }
}

interface TrainChoice {
  readonly models: Config['models'];
  readonly force: boolean;
}

async function trainInStore(
  config: Config,
  { models, force }: TrainChoice,
  terminal: Terminal,
): Promise<RunReport> {
  const clock = systemClock;
  const { store, isReadOnly } = await openToLearn(config.store, clock);
  const progress = createStartProgress(terminal, clock);
  const onProgress = progress.update;
  const stop = listenForStop(terminal, clock);
  const cancel = new AbortController();
  try {
    const { dataset, modelFolder: folder, training: options } = config;
    if (dataset !== undefined && !isReadOnly) await importDataset({ store, dataset, onProgress });
    stop.arm();
    void stop.heard.then(() => cancel.abort(new Error('stopped')));
    const id = randomUUID().slice(0, 8);
    return await runTraining(
      { id, trigger: 'manual', models, force, signal: cancel.signal },
      {
        ...{ folder, options, clock, emit: () => {} },
        registry: openRegistry({ folder, keepVersions: options.keepVersions }),
        async data() {
          const learning = options.data;
          const learnt = await interactionsFromStore(store, {
            ...{ learning, nowMs: clock.now(), withLedger: needLedger(models) },
          });
          const note = describeLearning(learnt.report);
          if (Object.keys(learnt.report.leftOut).length > 0)
            onProgress({ phase: 'train', name: 'data', done: 1, note });
          return learnt;
        },
        onProgress: ({ model: name, phase, done, note }) => {
          if (phase === 'train') onProgress({ phase, name, done, note });
        },
      },
    );
  } finally {
    stop.release();
    progress.end();
    await store.close();
  }
}

function lineOf({ model, outcome, version, bytes, seconds, reasons }: ModelReport): string {
  if (outcome === 'promoted')
    return `${model} saved: ${bytes} bytes, trained in ${seconds.toFixed(1)} s\n`;
  if (outcome === 'failed') return `${model} failed: ${reasons.join('; ')}\n`;
  return `${model} does not serve: ${reasons.join('; ')}; it is kept as version ${version}\n`;
}
