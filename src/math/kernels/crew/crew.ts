import { Worker } from 'node:worker_threads';
import { binary } from './binary.ts';
import { closeJob, createBoard, letGo, openJob, takeChunks } from './board.ts';
import {
  compileKernels,
  createSharedMemory,
  instantiateCalls,
  type KernelArguments,
  type KernelName,
  type SharedMemory,
} from './kernel-calls.ts';

/** Numbers in the memory of a crew, and where they begin. */
export interface Block<Values> {
  /** In bytes, a multiple of 64. */
  readonly address: number;
  /** Live view. */
  readonly values: Values;
}

/** Threads over one shared memory that run a kernel on disjoint ranges of rows. */
export interface Crew {
  readonly threads: number;
  /** Zeros. Throws RangeError when the memory is used up. */
  float32(length: number): Block<Float32Array>;
  /** Zeros. Throws RangeError when the memory is used up. */
  uint32(length: number): Block<Uint32Array>;
  /** A block with a copy of the values. Throws RangeError when the memory is used up. */
  copy(values: Float32Array): Block<Float32Array>;
  copyCodes(values: Uint32Array): Block<Uint32Array>;
  /**
   * Runs a kernel on rows 0 to `count` - 1, `chunk` rows at a time, on all threads, and returns when it is done; this
   * thread works too. The result does not depend on the number of threads, where the kernel keeps to its rows.
   * Throws when the kernel did.
   */
  run<Name extends KernelName>(
    kernel: Name,
    rows: { readonly count: number; readonly chunk?: number },
    values: KernelArguments<Name>,
  ): void;
  /** Ends the other threads; the memory stays readable. */
  close(): void;
}

/** Size of a crew. */
export interface CrewOptions {
  /** Bytes that all blocks together may take, each rounded up to 64. */
  readonly bytes: number;
  /** Threads, this one among them. */
  readonly threads?: number;
  /** Bytes of working memory that each kernel call gets as `scratch`. */
  readonly scratchBytes?: number;
}

/** What another thread of a crew begins with. */
export interface CrewThread {
  readonly crew: true;
  readonly module: object;
  readonly memory: SharedMemory;
  readonly board: ReturnType<typeof createBoard>;
  readonly names: readonly KernelName[];
  readonly scratch: number;
}

/** Chunks that each thread takes, about: few enough to cost nothing, many enough to end together. */
const chunksPerThread = 16;

/**
 * Makes a crew. Where other threads cannot be had, this one does all the work. Throws RangeError over 4 GB.
 *
 * @example
 * const crew = createCrew({ bytes: 1 << 20, threads: 2 });
 * const dense = crew.float32(64);
 * crew.run('spmm', { count: rows }, [offsets.address, codes.address, values.address, dense.address, out.address, 64]);
 * crew.close();
 */
export function createCrew({ bytes, threads = 1, scratchBytes = 0 }: CrewOptions): Crew {
  const scratchEach = align(scratchBytes);
  // Zeros at the beginning: no block has address 0.
  const first = 64 + threads * scratchEach;
  const memory = createSharedMemory(first + align(bytes) + 64);
  const module = compileKernels(binary);
  const kernels = instantiateCalls(module, memory);
  const names = Object.keys(kernels) as KernelName[];
  const board = createBoard();
  const scratchOf = (thread: number) => 64 + thread * scratchEach;
  const others = Array.from({ length: threads - 1 }, (_, other) =>
    startThread({ crew: true, module, memory, board, names, scratch: scratchOf(other + 1) }),
  );
  let end = first;
  const take = (size: number): number => {
    const address = end;
    end += align(size);
    if (end > memory.buffer.byteLength)
      throw new RangeError(
        `crew has ${memory.buffer.byteLength - address} bytes left, needs ${size}`,
      );
    return address;
  };
  const float32 = (length: number): Block<Float32Array> => {
    const address = take(length * 4);
    return { address, values: new Float32Array(memory.buffer, address, length) };
  };
  const uint32 = (length: number): Block<Uint32Array> => {
    const address = take(length * 4);
    return { address, values: new Uint32Array(memory.buffer, address, length) };
  };
  return {
    threads,
    float32,
    uint32,
    copy(values) {
      const block = float32(values.length);
      block.values.set(values);
      return block;
    },
    copyCodes(values) {
      const block = uint32(values.length);
      block.values.set(values);
      return block;
    },
    run(kernel, { count, chunk = Math.ceil(count / (threads * chunksPerThread)) }, values) {
      openJob(board, { kernel: names.indexOf(kernel), count, chunk: Math.max(1, chunk), values });
      const failed = takeChunks(board, kernels, names, scratchOf(0));
      if (!closeJob(board)) throw new Error(`kernel ${kernel} failed`, failed);
    },
    close() {
      letGo(board);
      for (const other of others) other.unref();
    },
  };
}

function startThread(data: CrewThread): Worker {
  const worker = new Worker(new URL('./crew-thread.ts', import.meta.url), {
    workerData: data,
    name: 'crew',
    execArgv: [],
  });
  // A thread that never came is one thread less, and no error of this one.
  worker.on('error', () => {});
  worker.unref();
  return worker;
}

/** The next cache line. */
function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
