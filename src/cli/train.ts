import { type Config, readConfig } from '../config.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import { openStore } from '../stores/open-store.ts';
import { openReadOnlyStore } from '../stores/read-only.ts';
import type { Emit, Facts } from '../telemetry/facts.ts';
import { importDataset } from '../training/dataset/import-dataset.ts';
import { trainAndSave } from '../training/prepare-models.ts';
import { type Command, configOption, usageError } from './command.ts';
import { nearest } from './nearest.ts';
import { createStartProgress } from './start-progress.ts';
import type { Terminal } from './terminal.ts';

/** Trains models from what is in the store and saves them, for gateways that watch them and for the next start. */
export const train: Command = {
  name: 'train',
  summary: 'train models from the store and save them',
  details: [
    'Trains the named models, or all; a gateway may have the data folder open meanwhile. An empty store',
    'gets the configured data set first. A gateway that watches the model folder serves what was',
    'trained within seconds, others after a start.',
  ].join('\n'),
  positionals: '[MODEL...]',
  options: { config: configOption },
  run: async ({ values, positionals }, terminal) => {
    const config = readConfig(values.config!, terminal.environment);
    await trainInStore(config, selectModels(config, positionals), terminal);
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

async function trainInStore(
  config: Config,
  models: Config['models'],
  terminal: Terminal,
): Promise<void> {
  const clock = systemClock;
  const { store, isReadOnly } = await openToLearn(config.store, clock);
  const progress = createStartProgress(terminal, clock);
  const onProgress = progress.update;
  const trained: Facts['training.finished'][] = [];
  const emit: Emit = (name, fact) => {
    if (name === 'training.finished') trained.push(fact as Facts['training.finished']);
  };
  try {
    const { dataset, modelFolder: folder } = config;
    if (dataset !== undefined && !isReadOnly) await importDataset({ store, dataset, onProgress });
    const learning = config.training.data;
    await trainAndSave(models, { folder, store, learning, clock, emit, onProgress });
  } finally {
    progress.end();
    await store.close();
  }
  for (const { model, seconds, bytes } of trained) {
    terminal.out(`${model} saved: ${bytes} bytes, trained in ${seconds.toFixed(1)} s\n`);
  }
}
