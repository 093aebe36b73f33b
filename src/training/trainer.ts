import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { SightlineError } from '../domain/errors.ts';
import type { DataSummary } from './schedule/describe-data.ts';
import {
  type ThreadPhase,
  type ToldByTraining,
  type TrainedModel,
  type TrainingJob,
  trainInThread,
} from './schedule/train-in-thread.ts';
import { runTrainingThread } from './training-thread.ts';

/** A model to train, as the configuration declares it. */
export interface ModelToTrain {
  readonly kind: string;
  readonly options: unknown;
}

/** What the trainer is given. */
export interface TrainOptions
  extends Pick<TrainingJob, 'data' | 'models' | 'trainedAtMs'>,
    Partial<Pick<TrainingJob, 'threads' | 'maxMemoryMb' | 'hasLowPriority' | 'judge'>> {
  /** A phase of a model begins; `load` is for all of them. */
  readonly onPhase?: (phase: ThreadPhase, name: string) => void;
  readonly onLoaded?: (data: DataSummary) => void;
  /** `done` is 0 to 1 of one fit; `bytes` is the memory of the process. */
  readonly onProgress?: (progress: Extract<ToldByTraining, { say: 'progress' }>) => void;
  /** Told each model as soon as it is trained, judged or not. */
  readonly onTrained: (model: TrainedModel) => void;
  /** Told each model that could not be learnt, and why; the others go on. */
  readonly onFailed: (failed: { readonly name: string; readonly cause: SightlineError }) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains models one after the other in a worker thread, of low priority unless told otherwise; the caller's event loop stays free. A model that
 * ends the thread, as one that takes all the memory does, is told as failed too, and another thread takes up the rest.
 * Rejects with `SL_TRAINING_FAILED` and the cause when the data cannot be loaded, or when `signal` ends it.
 */
export async function trainModels(options: TrainOptions): Promise<void> {
  let left = Object.entries(options.models);
  while (left.length > 0) {
    const desk = { at: undefined as string | undefined, ended: new Set<string>() };
    try {
      return await runOnce(Object.fromEntries(left), options, desk);
    } catch (cause) {
      if (desk.at === undefined || options.signal?.aborted) throw cause;
      if (!desk.ended.has(desk.at)) {
        const message = `training of model ${desk.at} ended its thread`;
        options.onFailed({
          name: desk.at,
          cause: new SightlineError('SL_TRAINING_FAILED', message, { cause }),
        });
      }
      const broken = left.findIndex(([name]) => name === desk.at);
      left = left.slice(broken + 1);
    }
  }
}

function runOnce(
  models: TrainingJob['models'],
  {
    data,
    trainedAtMs,
    threads,
    maxMemoryMb,
    hasLowPriority = true,
    judge,
    ...options
  }: TrainOptions,
  desk: { at: string | undefined; readonly ended: Set<string> },
): Promise<void> {
  const { onPhase, onLoaded, onProgress, onTrained, onFailed, signal } = options;
  const job: TrainingJob = {
    ...{ trainer: true, data, models, trainedAtMs, threads, maxMemoryMb, judge },
    hasLowPriority,
  };
  return runTrainingThread<ToldByTraining>({
    module: new URL(import.meta.url),
    name: 'training',
    data: job,
    maxHeapMb: maxMemoryMb,
    onMessage(told) {
      if (told.say === 'phase') {
        if (told.name !== '') desk.at = told.name;
        onPhase?.(told.phase, told.name);
      } else if (told.say === 'loaded') onLoaded?.(told.data);
      else if (told.say === 'progress') onProgress?.(told);
      else {
        desk.ended.add(told.say === 'trained' ? told.model.name : told.name);
        if (told.say === 'trained') onTrained(told.model);
        else onFailed({ name: told.name, cause: errorOf(told) });
      }
    },
    signal,
  });
}

function errorOf({
  name,
  code,
  cause,
}: Extract<ToldByTraining, { say: 'failed' }>): SightlineError {
  const { message } = cause as Error;
  if (code === 'SL_NOTHING_TO_LEARN') return new SightlineError(code, message, { cause });
  const what = message.startsWith('training of')
    ? message
    : `training of model ${name} failed: ${message}`;
  return new SightlineError('SL_TRAINING_FAILED', what, { cause });
}

if (!isMainThread && (workerData as Partial<TrainingJob> | null)?.trainer === true)
  void trainInThread(workerData as TrainingJob, (told, handedOver = []) =>
    parentPort?.postMessage(told, handedOver),
  );
