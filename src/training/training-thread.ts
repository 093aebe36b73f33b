import { Worker } from 'node:worker_threads';
import { SightlineError } from '../domain/errors.ts';

/** What a thread is started with. */
export interface TrainingThread<Told> {
  /** The module that the thread runs. */
  readonly module: URL;
  /** Stands in front of what went wrong: `training`. */
  readonly name: string;
  readonly data: unknown;
  /** Takes what the thread tells; `fail` ends it. */
  readonly onMessage: (told: Told, fail: FailThread) => void;
  readonly signal?: AbortSignal | undefined;
  /** Heap that it may take before it is ended; typed arrays are not part of it. */
  readonly maxHeapMb?: number | undefined;
}

/** Ends a thread; `what` goes on after the name of the thread. */
export type FailThread = (what: string, cause: unknown) => void;

/**
 * Runs a worker thread to its end; the caller's event loop stays free. Rejects with `SL_TRAINING_FAILED` and the
 * cause when it fails, ends early or is ended by `signal`.
 *
 * @example await runTrainingThread({ module: new URL(import.meta.url), name: 'training', data: job, onMessage })
 */
export function runTrainingThread<Told>(options: TrainingThread<Told>): Promise<void> {
  const { module, name, data, onMessage, signal, maxHeapMb } = options;
  const resourceLimits = maxHeapMb === undefined ? {} : { maxOldGenerationSizeMb: maxHeapMb };
  const worker = new Worker(module, { workerData: data, name, execArgv: [], resourceLimits });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail: FailThread = (what, cause) => {
    reject(new SightlineError('SL_TRAINING_FAILED', `${name} ${what}`, { cause }));
    void worker.terminate();
  };
  worker.on('message', (told: Told) => onMessage(told, fail));
  worker.on('error', (cause) => fail('ended with an error', cause));
  worker.on('exit', (code) =>
    code === 0 ? resolve() : fail('was ended', new Error(`exit code ${code}`)),
  );
  const stop = () => fail('was cancelled', signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  return promise.finally(() => signal?.removeEventListener('abort', stop));
}
