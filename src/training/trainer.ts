import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { frameModel } from '../models/file.ts';
import { modelKinds } from '../models/index.ts';
import type { Interactions, Progress } from '../models/model.ts';
import { runTrainingThread } from './training-thread.ts';

/** Progress is told at most this often. */
const tellEveryMs = 200;

/** A model to train, as the configuration declares it. */
export interface ModelToTrain {
  readonly kind: string;
  readonly options: unknown;
}

/** What the trainer is given. */
export interface TrainOptions {
  readonly interactions: Interactions;
  readonly models: Readonly<Record<string, ModelToTrain>>;
  /** Epoch milliseconds that the models carry as their time of training. */
  readonly trainedAtMs: number;
  /** `done` is 0 to 1 of one model. */
  readonly onProgress?: (progress: { name: string; done: number; note: string }) => void;
  /** Told each model as soon as it is trained: framed bytes, and how long it took. */
  readonly onTrained: (trained: { name: string; bytes: Uint8Array; seconds: number }) => void;
  readonly signal?: AbortSignal | undefined;
}

type Told =
  | {
      readonly say: 'progress';
      readonly name: string;
      readonly done: number;
      readonly note: string;
    }
  | {
      readonly say: 'trained';
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly seconds: number;
    }
  | { readonly say: 'failed'; readonly name: string; readonly cause: unknown };

interface Job {
  readonly trainer: true;
  readonly interactions: Interactions;
  readonly models: Readonly<Record<string, ModelToTrain>>;
  readonly trainedAtMs: number;
}

/**
 * Trains models one after the other in a worker thread; the caller's event loop stays free. Rejects with
 * `SL_TRAINING_FAILED` and the cause at the first that fails, or when `signal` ends it.
 */
export function trainModels(options: TrainOptions): Promise<void> {
  const { interactions, models, trainedAtMs, onProgress, onTrained, signal } = options;
  const job: Job = { trainer: true, interactions, models, trainedAtMs };
  return runTrainingThread<Told>({
    module: new URL(import.meta.url),
    name: 'training',
    data: job,
    onMessage(told, fail) {
      if (told.say === 'progress') return onProgress?.(told);
      if (told.say === 'failed') return fail(`of model ${told.name} failed`, told.cause);
      try {
        onTrained(told);
      } catch (cause) {
        fail(`of model ${told.name} could not be kept`, cause);
      }
    },
    signal,
  });
}

function work({ interactions, models, trainedAtMs }: Job): void {
  const say = (told: Told, transfer: ArrayBuffer[] = []) => parentPort?.postMessage(told, transfer);
  for (const [name, { kind, options }] of Object.entries(models)) {
    const startedAt = performance.now();
    try {
      const payload = fitOne({
        kind,
        options,
        interactions,
        tell: (done, note) => say({ say: 'progress', name, done, note }),
      });
      const bytes = new Uint8Array(frameModel({ kind, trainedAtMs, payload }));
      const seconds = (performance.now() - startedAt) / 1000;
      say({ say: 'trained', name, bytes, seconds }, [bytes.buffer]);
    } catch (cause) {
      say({ say: 'failed', name, cause });
      return;
    }
  }
}

function fitOne(options: {
  readonly kind: string;
  readonly options: unknown;
  readonly interactions: Interactions;
  readonly tell: (done: number, note: string) => void;
}): Uint8Array {
  const kind = modelKinds[options.kind];
  let toldAt = Number.NEGATIVE_INFINITY;
  options.tell(0, 'starting');
  const tell: Progress = (done, note) => {
    const now = performance.now();
    if (done < 1 && now - toldAt < tellEveryMs) return;
    toldAt = now;
    options.tell(done, note);
  };
  const tools = { threads: availableParallelism() };
  return kind.fit(options.interactions, kind.parseOptions(options.options), tell, tools);
}

if (!isMainThread && (workerData as Partial<Job> | null)?.trainer === true) work(workerData as Job);
