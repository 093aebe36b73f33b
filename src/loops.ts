import { isDeepStrictEqual } from 'node:util';
import type { Alarming } from './alarming.ts';
import type { ServingGeneration } from './changes/ingredients.ts';
import type { Config } from './config.ts';
import type { Clock } from './domain/clock.ts';
import type { InTurn } from './domain/in-turn.ts';
import type { PluginPartKind } from './domain/plugin-part.ts';
import { createDrifting, type Drifting } from './drifting.ts';
import type { Model } from './models/model.ts';
import type { Generation } from './pipeline/generations/generation.ts';
import { createRetraining, type Retraining } from './retraining.ts';
import type { Serving } from './serving.ts';
import type { PastEvents } from './signals/signal.ts';
import { createSplitting } from './splitting.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { openWatch, type Watch } from './watching.ts';

/** What is watched and what may be changed by what is seen. */
export interface LoopParts {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly serving: Serving;
  readonly alarming: Alarming;
  /** Feedback of before the start. */
  readonly past: PastEvents;
  /** Shared with whoever else changes the registry of models. */
  readonly inTurn: InTurn;
}

/** What watches, and what acts on what is seen. */
export interface Loops {
  readonly watch: Watch | undefined;
  readonly retraining: Retraining;
  readonly drifting: Drifting;
  /**
   * Told of each generation that becomes current: its signals run and compare its vectors, its detectors
   * judge, and how far its models moved is measured.
   */
  readonly follow: (generation: ServingGeneration) => void;
}

/** The signals, and the loops that they close: vectors learnt anew, traffic split anew. */
export function closeLoops({
  config,
  telemetry,
  clock,
  serving,
  alarming,
  past,
  inTurn,
}: LoopParts): Loops {
  const { emit } = telemetry;
  const { table, generations, changes } = serving;
  const { vectors, retrain, history, ...signals } = config.signals;
  const vectorModel = ({ models }: Generation): Model | undefined => {
    const slot = models.get(vectors);
    return slot !== undefined && 'model' in slot ? slot.model : undefined;
  };
  const retraining = createRetraining({
    folder: config.modelFolder,
    models: () => generations.current.generation.settings.models,
    table,
    clock,
    emit,
    inTurn,
    publish: (models) => changes.apply({ trigger: 'retraining', models }).then(() => undefined),
  });
  const splitting = createSplitting({
    experiments: () => generations.current.generation.experiments,
    clock,
    emit,
  });
  let plugged = partsIn(generations.current.generation);
  alarming.setDetectors(plugged.detectors);
  const watch = openWatch({
    telemetry,
    table,
    clock,
    signals: { ...signals, leaves: leavesOptions(config) },
    history,
    model: vectorModel(generations.current.generation),
    past,
    plugged: plugged.signals,
    onReport({ similarity, arms, leaves }) {
      if (retrain && similarity !== undefined) retraining.consider(similarity);
      if (arms !== undefined) splitting.consider(arms);
      if (leaves?.tick !== undefined) alarming.tick(leaves.tick);
    },
  });
  const drifting = createDrifting(generations.current.generation.models, emit);
  let followed = vectorModel(generations.current.generation);
  const follow = (generation: ServingGeneration) => {
    const model = vectorModel(generation);
    if (model !== followed) watch?.setModel(model);
    followed = model;
    drifting.follow(generation.models);
    const parts = partsIn(generation);
    if (!isDeepStrictEqual(parts.signals, plugged.signals)) watch?.setPlugged(parts.signals);
    if (!isDeepStrictEqual(parts.detectors, plugged.detectors))
      alarming.setDetectors(parts.detectors);
    plugged = parts;
  };
  return { watch, retraining, drifting, follow };
}

function partsIn({ plugins: { parts } }: ServingGeneration) {
  const of = (wanted: PluginPartKind) => parts.filter(({ kind }) => kind === wanted);
  return { signals: of('signals'), detectors: of('detectors') };
}

/** The counts of leaves are for the anomaly engine, so they follow its tick. */
function leavesOptions({ anomaly }: Config) {
  return { tickSeconds: anomaly.tickSeconds, declaredLabels: anomaly.labels.length };
}
