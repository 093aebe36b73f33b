/** A thread that lowers its priority and starts another one; both tell how nice they are. */
import { readFileSync } from 'node:fs';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { lowerPriority } from '../../../src/training/schedule/lower-priority.ts';

if (workerData === 'first') {
  lowerPriority();
  const second = new Worker(new URL(import.meta.url), { workerData: 'second' });
  second.on('message', (theirs) => parentPort?.postMessage([niceness(), theirs]));
} else parentPort?.postMessage(niceness());

/** The nineteenth field of `stat`; the second one may hold spaces. */
function niceness(): number {
  const stat = readFileSync('/proc/thread-self/stat', 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
}
