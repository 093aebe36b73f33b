import { type ChildProcess, fork } from 'node:child_process';
import type { TrialJob } from './judge-trial.ts';
import type { FailureReason, TrialEnd } from './trial.ts';
import { type TrialSaid, trialModule } from './trial-process.ts';

/** What a trial may take. */
export interface TrialLimits {
  /** Bytes of its JavaScript heap. */
  readonly memoryBytes: number;
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
  /** The module of the process. */
  readonly module?: URL | undefined;
}

/** A trial that came to its end, with the NDCG of each case where it was judged. */
export type JudgedTrial = TrialEnd & { readonly ndcgs?: Float64Array };

/** Characters of a message that are kept. */
const maxMessage = 300;

/** What allocations that fail say: buffers and WebAssembly memories are no part of the heap. */
const memoryMessages = ['Array buffer allocation failed', 'could not allocate memory'];
/** What the engine writes before it gives up. */
const heapMessage = 'heap out of memory';

/**
 * Runs a trial in a process of its own. Whatever goes wrong there is a failed trial; undefined where `signal`, or a
 * signal to the process, ended it. A fit cannot be asked to stop, so a trial that takes too long is ended with its
 * process.
 */
export async function runTrial(
  job: TrialJob,
  { memoryBytes, seconds, signal, module = trialModule }: TrialLimits,
): Promise<JudgedTrial | undefined> {
  const startedAt = performance.now();
  const { promise, resolve } = Promise.withResolvers<JudgedTrial | undefined>();
  const fail = (reason: FailureReason, message: string) =>
    resolve({
      ...{ state: 'failed', reason, message: message.slice(0, maxMessage) },
      seconds: (performance.now() - startedAt) / 1000,
    });
  const stop = () => resolve(undefined);
  if (signal?.aborted) return undefined;
  const heapMegabytes = Math.max(64, Math.floor(memoryBytes / 2 ** 20));
  const child = fork(module, {
    execArgv: [`--max-old-space-size=${heapMegabytes}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const complaints = keepEnd(child);
  child.on('message', (said: TrialSaid) => resolve(endOf(said)));
  child.on('error', (cause) => fail('crashed', cause.message));
  child.on('close', (code, by) => {
    if (by === 'SIGINT' || by === 'SIGTERM') stop();
    else if (complaints().includes(heapMessage)) fail('out-of-memory', heapMessage);
    else if (by === 'SIGKILL')
      fail('out-of-memory', 'process was killed, as systems do that run out of memory');
    else fail('crashed', `process ended with ${by ?? `exit code ${code}`}`);
  });
  signal?.addEventListener('abort', stop, { once: true });
  const limitMs = Math.min(1000 * seconds, 2 ** 31 - 1);
  const timer = setTimeout(() => fail('too-slow', `took more than ${seconds} s`), limitMs);
  try {
    // A process that ended meanwhile is told by `close`.
    child.send(unshared(job) as TrialJob, () => {});
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    child.kill('SIGKILL');
  }
}

/** Keeps the last of what a process complains of. */
function keepEnd({ stderr }: ChildProcess): () => string {
  let kept = '';
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(-10_000);
  });
  return () => kept;
}

/** Shared memory does not reach another process: a copy with memory of its own, in whatever depth it stands. */
function unshared(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return (value as Uint32Array).slice();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, unshared(part)]));
}

function endOf(said: TrialSaid): JudgedTrial {
  const { seconds } = said;
  if (said.say === 'failed') {
    const isMemory = memoryMessages.some((message) => said.message.includes(message));
    const reason = isMemory ? 'out-of-memory' : 'failed';
    return { state: 'failed', reason, message: said.message.slice(0, maxMessage), seconds };
  }
  const { score, ndcgs } = said;
  if (Number.isFinite(score)) return { state: 'complete', score, ndcgs, seconds };
  return { state: 'failed', reason: 'not-a-number', message: `NDCG is ${score}`, seconds };
}
