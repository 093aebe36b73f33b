import type { Alarming } from './alarming.ts';
import type { Config } from './config.ts';
import type { Clock } from './domain/clock.ts';
import type { Experiments } from './experiments/experiments.ts';
import type { Model } from './models/model.ts';
import type { Generations } from './pipeline/generations.ts';
import { createRetraining, type Retraining } from './retraining.ts';
import type { PastEvents } from './signals/signal.ts';
import { createSplitting } from './splitting.ts';
import type { ItemTable } from './stores/item-table.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { openWatch, type Watch } from './watching.ts';

/** What is watched and what may be changed by what is seen. */
export interface LoopParts {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly table: ItemTable;
  readonly generations: Generations;
  readonly experiments: Experiments;
  readonly alarming: Alarming;
  /** Feedback of before the start. */
  readonly past: PastEvents;
}

/** The signals, and the loops that they close: vectors learnt anew, traffic split anew. */
export function closeLoops({
  config,
  telemetry,
  clock,
  table,
  generations,
  experiments,
  alarming,
  past,
}: LoopParts): { readonly watch: Watch | undefined; readonly retraining: Retraining } {
  const { emit } = telemetry;
  const { vectors, retrain, history, ...signals } = config.signals;
  const vectorModel = (): Model | undefined => {
    const slot = generations.current.models.get(vectors);
    return slot !== undefined && 'model' in slot ? slot.model : undefined;
  };
  const retraining = createRetraining({
    folder: config.modelFolder,
    models: config.models,
    table,
    clock,
    emit,
    publish(models) {
      generations.publish(models);
      watch?.setModel(vectorModel());
    },
  });
  const splitting = createSplitting({ experiments, clock, emit });
  const watch = openWatch({
    telemetry,
    table,
    clock,
    signals: { ...signals, leaves: leavesOptions(config) },
    history,
    model: vectorModel(),
    past,
    onReport({ similarity, arms, leaves }) {
      if (retrain && similarity !== undefined) retraining.consider(similarity);
      if (arms !== undefined) splitting.consider(arms);
      if (leaves?.tick !== undefined) alarming.tick(leaves.tick);
    },
  });
  return { watch, retraining };
}

/** The counts of leaves are for the anomaly engine, so they follow its tick. */
function leavesOptions({ anomaly }: Config) {
  return { tickSeconds: anomaly.tickSeconds, declaredLabels: anomaly.labels.length };
}
