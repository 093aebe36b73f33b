import { randomUUID } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import { needLedger } from '../models/index.ts';
import type { ModelSlot } from '../models/model.ts';
import { openRegistry, type Registry } from '../models/registry.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { Store } from '../stores/store.ts';
import type { Emit } from '../telemetry/facts.ts';
import { describeLearning, interactionsFromStore } from './dataset/interactions-from-store.ts';
import { loadModel } from './load-models.ts';
import { runTraining } from './schedule/run-training.ts';
import type { ModelToTrain } from './trainer.ts';
import { type TrainingOptions, trainingSchema } from './training-schema.ts';

/** What is needed to have models ready. */
export interface PrepareOptions {
  /** Folder of the trained models. */
  readonly folder: string;
  readonly models: Readonly<Record<string, ModelToTrain>>;
  /** How they are trained; the defaults where left out. */
  readonly training?: TrainingOptions;
  readonly store: Store;
  readonly table: ItemTable;
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
 * Loads every declared model, and first trains those that were never trained; as nothing serves yet, these are not judged.
 * A model that cannot be had does not stop the others: its slot says why, and works go on without it.
 */
export async function prepareModels(
  options: PrepareOptions,
): Promise<ReadonlyMap<string, ModelSlot>> {
  const {
    folder,
    models,
    training = trainingSchema.parse(undefined),
    table,
    emit,
    onProgress,
  } = options;
  const registry = openRegistry({ folder, keepVersions: training.keepVersions });
  const kept = await Promise.all(Object.keys(models).map((name) => registry.versions(name)));
  const untrained = Object.entries(models).filter((_, at) => kept[at].length === 0);
  const problems =
    untrained.length === 0
      ? new Map<string, Error>()
      : await train(Object.fromEntries(untrained), options, { registry, training });
  const slots = new Map<string, ModelSlot>();
  for (const [name, { kind }] of Object.entries(models)) {
    const problem = problems.get(name);
    const slot = await loadModel(name, kind, { registry, table, emit, problem });
    if ('model' in slot)
      onProgress({ phase: 'load', name, done: 1, note: `version ${slot.model.version}` });
    slots.set(name, slot);
  }
  return slots;
}

/** Trains for the first time; answers why a model could not be. */
async function train(
  models: Readonly<Record<string, ModelToTrain>>,
  { folder, store, clock, emit, onProgress }: PrepareOptions,
  { registry, training }: { readonly registry: Registry; readonly training: TrainingOptions },
): Promise<ReadonlyMap<string, Error>> {
  const report = await runTraining(
    { id: randomUUID().slice(0, 8), trigger: 'start', models, force: true },
    {
      ...{ folder, registry, options: training, clock, emit },
      async data() {
        const { interactions, report } = await interactionsFromStore(store, {
          learning: training.data,
          withLedger: needLedger(models),
          nowMs: clock.now(),
        });
        const note = describeLearning(report);
        if (Object.keys(report.leftOut).length > 0)
          onProgress({ phase: 'train', name: 'data', done: 1, note });
        return { interactions };
      },
      onProgress: ({ model: name, done, note }) => {
        if (name !== '') onProgress({ phase: 'train', name, done, note });
      },
    },
  );
  const { cause } = report;
  if (cause !== undefined)
    return new Map(Object.keys(models).map((name) => [name, cause as Error]));
  return new Map(report.models.map(({ model, cause }) => [model, cause as Error]));
}
