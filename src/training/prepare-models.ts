import type { Clock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import { modelKinds } from '../models/index.ts';
import type { ModelSlot } from '../models/model.ts';
import { openRegistry, type Registry } from '../models/registry.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { Store } from '../stores/store.ts';
import type { Emit } from '../telemetry/facts.ts';
import { describeLearning, interactionsFromStore } from './dataset/interactions-from-store.ts';
import type { LearningOptions } from './dataset/learning-schema.ts';
import { loadModel } from './load-models.ts';
import { type ModelToTrain, trainModels } from './trainer.ts';

/** What is needed to have models ready. */
export interface PrepareOptions {
  /** Folder of the trained models. */
  readonly folder: string;
  readonly models: Readonly<Record<string, ModelToTrain>>;
  readonly store: Store;
  readonly table: ItemTable;
  /** What of the feedback is learnt from; absent is every default. */
  readonly learning?: LearningOptions | undefined;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly onProgress: (progress: {
    readonly phase: 'load' | 'train';
    readonly name: string;
    readonly done: number;
    readonly note: string;
  }) => void;
}

/**
 * Loads every declared model, and first trains those that were never trained. A model that cannot be had does
 * not stop the others: its slot says why, and works go on without it.
 */
export async function prepareModels(
  options: PrepareOptions,
): Promise<ReadonlyMap<string, ModelSlot>> {
  const registry = openRegistry({ folder: options.folder });
  const untrained = Object.entries(options.models).filter(
    ([name]) => registry.versions(name).length === 0,
  );
  const problems = new Map<string, Error>();
  if (untrained.length > 0)
    await train(Object.fromEntries(untrained), options, { registry, problems });
  const { table, emit, onProgress } = options;
  const slots = Object.entries(options.models).map(([name, { kind }]) => {
    const slot = loadModel(name, kind, { registry, table, emit, problem: problems.get(name) });
    if ('model' in slot)
      onProgress({ phase: 'load', name, done: 1, note: `version ${slot.model.version}` });
    return [name, slot] as const;
  });
  return new Map(slots);
}

/**
 * Trains models from the store's feedback and keeps them as current versions. Throws `SL_TRAINING_FAILED`,
 * and `SL_NOTHING_TO_LEARN` without feedback where a model needs some; models that were done before stay.
 */
export async function trainAndSave(
  models: Readonly<Record<string, ModelToTrain>>,
  options: Omit<PrepareOptions, 'models' | 'table'>,
): Promise<void> {
  const { store, learning, clock, emit, onProgress } = options;
  const registry = openRegistry({ folder: options.folder });
  const learnt = await interactionsFromStore(store, { learning, nowMs: clock.now() });
  const { interactions, report } = learnt;
  if (Object.keys(report.leftOut).length > 0)
    onProgress({ phase: 'train', name: 'data', done: 1, note: describeLearning(report) });
  const canLearn = interactions.codes.length > 0;
  await trainModels({
    interactions,
    models: Object.fromEntries(
      Object.entries(models).filter(([, { kind }]) => canLearn || !modelKinds[kind].learns),
    ),
    trainedAtMs: clock.now(),
    onProgress: ({ name, done, note }) => onProgress({ phase: 'train', name, done, note }),
    onTrained({ name, bytes, seconds }) {
      registry.save(name, bytes);
      emit('training.finished', { model: name, seconds, bytes: bytes.length });
    },
  });
  if (!canLearn && Object.values(models).some(({ kind }) => modelKinds[kind].learns)) {
    const message = 'store has no feedback, expected some to learn from';
    throw new SightlineError('SL_NOTHING_TO_LEARN', message);
  }
}

interface Desk {
  readonly registry: Registry;
  readonly problems: Map<string, Error>;
}

async function train(
  models: Readonly<Record<string, ModelToTrain>>,
  options: PrepareOptions,
  { registry, problems }: Desk,
): Promise<void> {
  try {
    await trainAndSave(models, options);
  } catch (cause) {
    for (const name of Object.keys(models)) {
      if (registry.versions(name).length === 0) problems.set(name, cause as Error);
    }
  }
}
