import { setTimeout as wait } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';

/** Beyond this a thread is left to itself. */
const limitMs = 2000;

/**
 * Ends a thread. One that never leaves optimised code without calling a function of its own hears of no end; nobody waits
 * for it longer than two seconds.
 */
export async function endThread(worker: Worker): Promise<void> {
  await Promise.race([worker.terminate(), wait(limitMs, undefined, { ref: false })]);
}
