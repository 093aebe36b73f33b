import { isMainThread, workerData } from 'node:worker_threads';
import { jobsSoFar, takeChunks, waitForJob } from './board.ts';
import type { CrewThread } from './crew.ts';
import { instantiateCalls } from './kernel-calls.ts';

function work({ module, memory, board, names, scratch }: CrewThread): void {
  const kernels = instantiateCalls(module, memory);
  let seen: number;
  do {
    seen = jobsSoFar(board);
    takeChunks(board, kernels, names, scratch);
  } while (waitForJob(board, seen));
}

if (!isMainThread && (workerData as Partial<CrewThread> | null)?.crew === true)
  work(workerData as CrewThread);
