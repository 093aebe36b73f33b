import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { embeddingDrift, type VectorPairs } from '../math/embedding-drift.ts';
import { lowerPriority } from './schedule/lower-priority.ts';
import { runTrainingThread } from './training-thread.ts';

interface Job extends VectorPairs {
  readonly drift: true;
}

/**
 * How far vectors moved, see `embeddingDrift`, worked out in a thread of low priority: for 4096 vectors it takes about
 * 0.2 seconds of 64 dimensions and 2.5 of 512. Vectors in shared memory are not copied. Rejects with
 * `SL_TRAINING_FAILED` when the thread fails or is ended by `signal`.
 *
 * @example await measureDrift({ before, after: before, dimensions: 64 }) // 0
 */
export async function measureDrift(pairs: VectorPairs, signal?: AbortSignal): Promise<number> {
  const { before, after, dimensions } = pairs;
  let drift = 0;
  await runTrainingThread<number>({
    module: new URL(import.meta.url),
    name: 'drift',
    data: { before, after, dimensions, drift: true } satisfies Job,
    onMessage: (told) => {
      drift = told;
    },
    signal,
  });
  return drift;
}

if (!isMainThread && (workerData as Partial<Job> | null)?.drift === true) {
  lowerPriority();
  parentPort?.postMessage(embeddingDrift(workerData as Job));
}
