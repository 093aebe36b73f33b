import type { Changes } from './changes/changes.ts';
import type { ServingGeneration } from './changes/ingredients.ts';
import type { Config } from './config.ts';
import type { Clock } from './domain/clock.ts';
import { SightlineError } from './domain/errors.ts';
import type { InTurn } from './domain/in-turn.ts';
import { type Schedule, systemSchedule } from './domain/schedule.ts';
import { needLedger } from './models/index.ts';
import { type KeptVersion, openRegistry, type Registry } from './models/registry.ts';
import type { Generations } from './pipeline/generations/generations.ts';
import type { Store } from './stores/store.ts';
import type { Emit } from './telemetry/facts.ts';
import { interactionsFromStore } from './training/dataset/interactions-from-store.ts';
import { runTraining } from './training/schedule/run-training.ts';
import { createScheduler, type Scheduler } from './training/schedule/scheduler.ts';

/** The training of a gateway: runs, and the versions that they leave. */
export interface Training extends Omit<Scheduler, 'settled'> {
  /** Versions of a declared model that are kept, newest first. Rejects with `SL_NOT_FOUND`. */
  history(model: string): Promise<readonly KeptVersion[]>;
  /**
   * Lets a kept version of a model serve in a new generation. Rejects with `SL_NOT_FOUND` for one that is not kept, and as
   * `Changes.apply` does: then the version before goes on serving.
   */
  promote(model: string, version: string): Promise<void>;
  /** Lets the version serve again that did before; rejects as `promote` does. */
  rollBack(model: string): Promise<void>;
}

/** What training is made of. */
export interface TrainingParts {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly generations: Generations<ServingGeneration>;
  readonly changes: Changes;
  /** Shared with whoever else changes the registry. */
  readonly inTurn: InTurn;
  readonly schedule?: Schedule;
}

/** Opens the scheduler of a gateway: what passes the gate serves in a new generation. */
export function openTraining(parts: TrainingParts): Training {
  const { config, clock, emit, generations, changes, inTurn } = parts;
  const { modelFolder: folder, training: options } = config;
  const registry = openRegistry({ folder, keepVersions: options.keepVersions });
  const declared = () => generations.current.generation.settings.models;
  const scheduler = createScheduler({
    clock,
    schedule: parts.schedule ?? systemSchedule,
    everyHours: options.everyHours,
    onEvents: options.onEvents,
    onImport: options.onImport,
    unlearnt: () => unlearnt(generations.current.generation),
    lastTrainedAtMs: oldestTraining(generations.current.generation),
    run: ({ id, trigger, models, force = false }, { signal, onProgress }) =>
      runTraining(
        { id, trigger, models: chosen(declared(), models), force, signal },
        {
          ...{ folder, registry, options, clock, emit, onProgress, inTurn },
          data: () => dataOf(parts, chosen(declared(), models)),
          async publish() {
            const { outcome } = await changes.apply({ trigger: 'training' });
            return outcome === 'held' ? 'held' : 'published';
          },
        },
      ),
  });
  const check = (model: string) => assertDeclared([model], declared());
  return {
    ...scheduler,
    train(request) {
      assertDeclared(request.models ?? [], declared());
      return scheduler.train(request);
    },
    async history(model) {
      check(model);
      return registry.history(model);
    },
    async promote(model, version) {
      check(model);
      await inTurn(async () => {
        await registry.promote(model, version, clock.now());
        await applyOr(changes, () => registry.withdraw(model));
      });
      emit('model.promoted', { model, version, trigger: 'control' });
    },
    async rollBack(model) {
      check(model);
      const version = await inTurn(async () => {
        const before = await registry.currentVersion(model);
        const former = await registry.rollBack(model);
        await applyOr(changes, () => restore(registry, model, before));
        return former;
      });
      emit('model.promoted', { model, version, trigger: 'rollback' });
    },
  };
}

/** The pointer tells the truth about what serves. */
async function applyOr(changes: Changes, undo: () => Promise<void>): Promise<void> {
  try {
    await changes.apply({ trigger: 'control' });
  } catch (cause) {
    await undo();
    throw cause;
  }
}

async function restore(registry: Registry, model: string, version: string | undefined) {
  if (version !== undefined) await registry.promote(model, version);
}

function oldestTraining({ models }: ServingGeneration): number | undefined {
  const times = [...models.values()].flatMap((slot) =>
    'model' in slot ? slot.model.trainedAtMs : [],
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Models without a version, as there was nothing to learn. */
function unlearnt({ models }: ServingGeneration): readonly string[] {
  return [...models].flatMap(([name, slot]) =>
    'unavailable' in slot && isLack(slot.unavailable) ? name : [],
  );
}

const isLack = (cause: Error): boolean =>
  cause instanceof SightlineError && cause.code === 'SL_NOTHING_TO_LEARN';

function chosen(models: Config['models'], names: readonly string[] | undefined): Config['models'] {
  if (names === undefined) return models;
  return Object.fromEntries(Object.entries(models).filter(([name]) => names.includes(name)));
}

/** A folder is read in the training thread, as this one answers requests; the last second of events is not in it yet. */
async function dataOf({ config, store, clock }: TrainingParts, models: Config['models']) {
  const learning = config.training.data;
  return config.store.kind === 'sqlite'
    ? { storeFolder: config.store.folder, learning }
    : interactionsFromStore(store, {
        learning,
        nowMs: clock.now(),
        withLedger: needLedger(models),
      });
}

function assertDeclared(names: readonly string[], models: Config['models']): void {
  const unknown = names.find((name) => !Object.hasOwn(models, name));
  if (unknown === undefined) return;
  const message = `model is ${unknown.slice(0, 64)}, expected one of ${Object.keys(models).join(', ')}`;
  throw new SightlineError('SL_NOT_FOUND', message);
}
