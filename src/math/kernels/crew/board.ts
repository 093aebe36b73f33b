import type { KernelCalls, KernelName } from './kernel-calls.ts';

/** Places on the board, in 32-bit words. */
const place = {
  /** 1 while there is a job to take chunks of. */
  isOpen: 0,
  /** Grows with every job; who waits, waits for it to change. */
  jobs: 1,
  /** Threads that are looking at the job. */
  inside: 2,
  next: 3,
  count: 4,
  chunk: 5,
  kernel: 6,
  hasFailed: 7,
  isClosing: 8,
} as const;

const words = 16;
const maxArguments = 24;

/** What the threads of a crew tell each other, in shared memory. */
export interface Board {
  readonly words: Int32Array;
  readonly values: Float64Array;
}

/** Makes an empty board. */
export function createBoard(): Board {
  const shared = new SharedArrayBuffer(words * 4 + maxArguments * 8);
  return {
    words: new Int32Array(shared, 0, words),
    values: new Float64Array(shared, words * 4, maxArguments),
  };
}

/** Hangs a job out and wakes who waits. Only when nobody is inside. */
export function openJob(
  { words, values }: Board,
  job: { kernel: number; count: number; chunk: number; values: readonly number[] },
): void {
  if (job.values.length > maxArguments)
    throw new RangeError(
      `kernel has ${job.values.length} arguments, expected ${maxArguments} at most`,
    );
  values.set(job.values);
  words[place.next] = 0;
  words[place.count] = job.count;
  words[place.chunk] = job.chunk;
  words[place.kernel] = job.kernel;
  Atomics.store(words, place.isOpen, 1);
  Atomics.add(words, place.jobs, 1);
  Atomics.notify(words, place.jobs);
}

/** Takes the job down and waits until nobody works on it; answers whether all went well. */
export function closeJob({ words }: Board): boolean {
  Atomics.store(words, place.isOpen, 0);
  let inside = Atomics.load(words, place.inside);
  while (inside > 0) {
    Atomics.wait(words, place.inside, inside);
    inside = Atomics.load(words, place.inside);
  }
  return Atomics.exchange(words, place.hasFailed, 0) === 0;
}

/** Works on chunks of the job that hangs out until there are none; answers what went wrong here. */
export function takeChunks(
  { words, values }: Board,
  kernels: KernelCalls,
  names: readonly KernelName[],
  scratch: number,
): { readonly cause: unknown } | undefined {
  Atomics.add(words, place.inside, 1);
  try {
    // Who came late sees a job that is whole, or none.
    if (Atomics.load(words, place.isOpen) === 1) {
      const kernel = kernels[names[words[place.kernel]]] as (...values: number[]) => void;
      const [count, chunk] = [words[place.count], words[place.chunk]];
      const given = [...values];
      for (;;) {
        const from = Atomics.add(words, place.next, chunk);
        if (from >= count) break;
        kernel(from, Math.min(count, from + chunk), scratch, ...given);
      }
    }
  } catch (cause) {
    Atomics.store(words, place.hasFailed, 1);
    return { cause };
  } finally {
    Atomics.sub(words, place.inside, 1);
    Atomics.notify(words, place.inside);
  }
  return undefined;
}

/** Number of the last job; `waitForJob` waits for another. */
export function jobsSoFar({ words }: Board): number {
  return Atomics.load(words, place.jobs);
}

/** Waits for a job after `seen`; answers false when the crew is let go. */
export function waitForJob({ words }: Board, seen: number): boolean {
  Atomics.wait(words, place.jobs, seen);
  return Atomics.load(words, place.isClosing) === 0;
}

/** Lets the other threads end. */
export function letGo({ words }: Board): void {
  Atomics.store(words, place.isClosing, 1);
  Atomics.add(words, place.jobs, 1);
  Atomics.notify(words, place.jobs);
}
