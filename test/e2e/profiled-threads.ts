/** Takes a CPU profile of a process whose main thread idles while a worker spins. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../src/domain/clock.ts';
import { createProfiler } from '../../src/telemetry/profiles/profiler.ts';

const spin = `require('node:worker_threads').parentPort.postMessage('ready'); for (;;);`;
const worker = new Worker(spin, { eval: true, name: 'busy' });
await once(worker, 'message');
const profiler = createProfiler({ emit: () => {}, clock: systemClock });
const bytes = await profiler.take({ type: 'cpu', seconds: 0.3 });
await worker.terminate();
process.stdout.write(bytes);
