import type { Clock } from '../../domain/clock.ts';
import type { Registry } from '../../models/registry.ts';
import type { VersionRecord } from '../../models/version-record.ts';
import type {
  TrainingOutcome,
  TrainingPhase,
  TrainingTrigger,
} from '../../telemetry/fact-values.ts';
import type { Emit } from '../../telemetry/facts.ts';
import { startWorkSpan } from '../../telemetry/work-span.ts';
import { type ModelToTrain, trainModels } from '../trainer.ts';
import type { TrainingOptions } from '../training-schema.ts';
import type { DataSummary } from './describe-data.ts';
import { createRunPhases, type PhaseTime, type RunPhases } from './run-phases.ts';
import type { DataSource, TrainedModel } from './train-in-thread.ts';

/** A run that is asked for. */
export interface TrainingRun {
  readonly id: string;
  readonly trigger: TrainingTrigger;
  readonly models: Readonly<Record<string, ModelToTrain>>;
  /** Serves whatever is learnt, without a look at its quality. */
  readonly force?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** How far a run is; `done` is 0 to 1 of one fit. */
export interface RunProgress {
  readonly phase: TrainingPhase;
  /** Empty where the phase is of all models. */
  readonly model: string;
  readonly done: number;
  readonly note: string;
}

/** What a run is made with. */
export interface RunTools {
  /** Folder of the registry, for the training thread. */
  readonly folder: string;
  readonly registry: Registry;
  readonly data: () => DataSource | Promise<DataSource>;
  readonly options: TrainingOptions;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Lets what is current in the registry serve; what it throws fails the run, and the promotions are taken back. */
  readonly publish?: () => Promise<'published' | 'held'>;
  /** Keeps others from changing the registry meanwhile. */
  readonly inTurn?: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** What became of a model of a run. */
export interface ModelReport {
  readonly model: string;
  readonly outcome: 'promoted' | 'rejected' | 'failed';
  /** Undefined for `failed`. */
  readonly version: string | undefined;
  readonly bytes: number;
  readonly seconds: number;
  /** Why it was rejected or failed. */
  readonly reasons: readonly string[];
  readonly cause?: unknown;
}

/** What a run came to. */
export interface RunReport {
  readonly outcome: TrainingOutcome;
  readonly models: readonly ModelReport[];
  readonly phases: readonly PhaseTime[];
  readonly seconds: number;
  readonly data: DataSummary | undefined;
  /** What ended it, where it failed as a whole or was cancelled. */
  readonly cause?: unknown;
}

/**
 * Runs load, train, evaluate, gate and publish. Models are independent: those that passed serve, whatever became of the
 * others. All are kept and promoted at the end in one go, so a run that is cancelled or fails before leaves nothing. Never
 * rejects.
 */
export async function runTraining(run: TrainingRun, tools: RunTools): Promise<RunReport> {
  const { clock, emit } = tools;
  const { id, trigger, models } = run;
  const startedAt = clock.monotonic();
  emit('training.started', { run: id, trigger, models: Object.keys(models).length });
  const span = startWorkSpan('training', {
    'sightline.training.run': id,
    'sightline.training.trigger': trigger,
  });
  const phases = createRunPhases({ run: id, span, clock, emit });
  const desk: Desk = { trained: [], failed: [], data: undefined, peakBytes: 0 };
  const end = (outcome: TrainingOutcome, reports: readonly ModelReport[], cause?: unknown) => {
    const isError = outcome === 'failed' || outcome === 'partial';
    phases.leave({ isError });
    span.end({ outcome, isError });
    const seconds = (clock.monotonic() - startedAt) / 1000;
    emit('training.ended', { run: id, trigger, outcome, seconds, peakBytes: desk.peakBytes });
    const { data } = desk;
    return { outcome, models: reports, phases: phases.times(), seconds, data, cause };
  };
  try {
    await learn(run, tools, { desk, phases });
    run.signal?.throwIfAborted();
    phases.enter('publish');
    const { inTurn = (work) => work() } = tools;
    const { reports, held } = await inTurn(() => publishAll(run, tools, desk));
    return end(outcomeOf(reports, held), reports);
  } catch (cause) {
    const failed = desk.failed.map(failureOf);
    if (run.signal?.aborted) return end('cancelled', failed, cause);
    emit('training.failed', { run: id, model: '', cause });
    return end('failed', failed, cause);
  }
}

interface Desk {
  readonly trained: TrainedModel[];
  readonly failed: { readonly name: string; readonly cause: unknown }[];
  data: DataSummary | undefined;
  peakBytes: number;
}

async function learn(
  { id, trigger, models, force = false, signal }: TrainingRun,
  { folder, data, options, clock, emit, onProgress }: RunTools,
  { desk, phases }: { readonly desk: Desk; readonly phases: RunPhases },
): Promise<void> {
  let at: Pick<RunProgress, 'phase' | 'model'> = { phase: 'load', model: '' };
  const enter = (phase: TrainingPhase, model: string) => {
    at = { phase, model };
    phases.enter(phase, model);
    onProgress?.({ ...at, done: 0, note: '' });
  };
  enter('load', '');
  await trainModels({
    data: await data(),
    models,
    trainedAtMs: clock.now(),
    threads: options.threads,
    maxMemoryMb: options.maxMemoryMb,
    // A start waits for its models.
    hasLowPriority: trigger !== 'start',
    judge: force ? undefined : { folder, options: options.gate },
    signal,
    onPhase: enter,
    onLoaded(loaded) {
      desk.data = loaded;
      const { users, items, sessions, events } = loaded;
      emit('training.loaded', { users, items, sessions, events });
    },
    onProgress({ done, note, bytes }) {
      desk.peakBytes = Math.max(desk.peakBytes, bytes);
      onProgress?.({ ...at, done, note });
    },
    onTrained(model) {
      desk.trained.push(model);
      emit('training.finished', {
        model: model.name,
        seconds: model.seconds,
        bytes: model.bytes.length,
      });
      tellJudgement(model, emit);
    },
    onFailed({ name, cause }) {
      desk.failed.push({ name, cause });
      emit('training.failed', { run: id, model: name, cause });
    },
  });
}

function tellJudgement({ name, judgement }: TrainedModel, emit: Emit): void {
  if (judgement === undefined) return;
  const { verdict, reasons, measured } = judgement;
  const { recall, ndcg, mrr, hitRate } = measured.quality?.measures ?? {};
  emit('model.judged', {
    model: name,
    verdict,
    reasons: reasons.map(({ reason }) => reason),
    ...{ recall, ndcg, mrr, hitRate, coverage: measured.probe.coverage },
  });
}

async function publishAll(
  run: TrainingRun,
  { registry, clock, emit, publish }: RunTools,
  { trained, failed }: Desk,
): Promise<{ readonly reports: readonly ModelReport[]; readonly held: boolean }> {
  const reports: ModelReport[] = failed.map(failureOf);
  for (const model of trained) {
    const version = await registry.stage(model.name, model.bytes, recordOf(model, run));
    const reasons = model.judgement?.reasons.map(({ message }) => message) ?? [];
    const outcome = reasons.length === 0 ? 'promoted' : 'rejected';
    const { name, bytes, seconds } = model;
    reports.push({ model: name, outcome, version, bytes: bytes.length, seconds, reasons });
  }
  run.signal?.throwIfAborted();
  const promoted: string[] = [];
  try {
    for (const { model, outcome, version } of reports) {
      if (outcome !== 'promoted' || (await isCurrent(registry, model, version!))) continue;
      await registry.promote(model, version!, clock.now());
      promoted.push(model);
    }
    const held = promoted.length > 0 && (await publish?.()) === 'held';
    for (const { model, outcome, version } of reports)
      if (outcome === 'promoted')
        emit('model.promoted', { model, version: version!, trigger: 'training' });
    return { reports, held };
  } catch (cause) {
    for (const model of promoted) await registry.withdraw(model);
    throw cause;
  }
}

/** Equal data at an equal time give an equal version. */
async function isCurrent(registry: Registry, model: string, version: string): Promise<boolean> {
  return version === (await registry.currentVersion(model).catch(() => undefined));
}

function recordOf(model: TrainedModel, run: TrainingRun): VersionRecord {
  const { recipe, trainedAtMs, data, judgement, parent = null, seconds, bytes, threads } = model;
  const quality = judgement?.measured.quality;
  const probe = judgement?.measured.probe;
  const difference = judgement?.difference;
  return {
    ...recipe,
    trainedAtMs,
    data,
    quality: quality ? { task: quality.task, cases: quality.cases, ...quality.measures } : null,
    gate: judgement
      ? {
          verdict: judgement.verdict,
          basis: judgement.basis,
          reasons: [...judgement.reasons],
          difference: difference
            ? { mean: difference.mean, low: difference.low, high: difference.high }
            : null,
          coverage: probe?.coverage ?? null,
          queryMs: probe?.queryMs ?? null,
        }
      : null,
    lineage: { parent, trigger: run.trigger, run: run.id },
    ...{ seconds, bytes: bytes.length, threads, promotedAtMs: null },
  };
}

function failureOf({ name, cause }: Desk['failed'][number]): ModelReport {
  const reasons = [cause instanceof Error ? cause.message : String(cause)];
  return {
    model: name,
    outcome: 'failed',
    version: undefined,
    bytes: 0,
    seconds: 0,
    reasons,
    cause,
  };
}

function outcomeOf(reports: readonly ModelReport[], held: boolean): TrainingOutcome {
  const has = (outcome: ModelReport['outcome']) => reports.some((one) => one.outcome === outcome);
  if (has('failed')) return has('promoted') ? 'partial' : 'failed';
  if (held) return 'held';
  return has('promoted') || reports.length === 0 ? 'published' : 'rejected';
}
