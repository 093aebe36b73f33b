import { Worker } from 'node:worker_threads';
import { SightlineError } from '../../domain/errors.ts';
import { type Schedule, systemSchedule } from '../../domain/schedule.ts';
import { type AnyTable, attachTable } from './attach-table.ts';
import type { TableSource } from './table-file.ts';
import { invalid } from './table-memory.ts';
import type { FromTableThread } from './table-thread.ts';

/** Loads tables in a thread of its own, so that the caller's event loop stays free. */
export interface TableLoader {
  /**
   * Loads one table; calls must not overlap. Rejects with `SL_DATA_INVALID` as `readTableFile` does, also when the thread
   * runs out of memory, and with the reason of `close` when that ends it.
   */
  load(source: TableSource): Promise<AnyTable>;
  /** Ends a load that runs, which rejects with `reason`. */
  close(reason: unknown): Promise<void>;
}

/** Milliseconds without a load after which the thread is ended: starting one for each table would cost more than small tables do. */
const idleMs = 10_000;

/**
 * Makes a loader; its thread begins with the first load.
 *
 * @example
 * const loader = createTableLoader();
 * const table = await loader.load({ kind: 'set', file: 'staff.txt', format: 'text', maxKeys: 1e6, maxBytes: 1 << 26 });
 */
export function createTableLoader({
  schedule = systemSchedule,
}: {
  readonly schedule?: Schedule;
} = {}): TableLoader {
  let worker: Worker | undefined;
  let cancelEnd = () => {};
  let stop: (reason: unknown) => void = () => {};
  const end = async () => {
    cancelEnd();
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  };
  return {
    async load(source) {
      cancelEnd();
      worker ??= startThread();
      const { promise, reject } = Promise.withResolvers<never>();
      stop = reject;
      try {
        const told = await Promise.race([ask(worker, source), promise]);
        cancelEnd = schedule(idleMs, end);
        if ('memory' in told) return attachTable({ kind: source.kind, memory: told.memory });
        const { code, message, mistakes } = told.failure;
        throw new SightlineError(code, message, { path: source.file, mistakes });
      } catch (cause) {
        // What is left in a thread that failed is of no use to the next load.
        if (!(cause instanceof SightlineError) || cause.cause !== undefined) await end();
        throw cause;
      }
    },
    async close(reason) {
      stop(reason);
      await end();
    },
  };
}

function startThread(): Worker {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const url = new URL(`./table-thread.${extension}`, import.meta.url);
  const worker = new Worker(url, { name: 'table-loader', execArgv: [] });
  // A thread that is being ended may still fail, and a failure that nobody hears ends the process.
  return worker.on('error', () => {});
}

function ask(worker: Worker, source: TableSource): Promise<FromTableThread> {
  const { promise, resolve, reject } = Promise.withResolvers<FromTableThread>();
  const fail = (cause: Error) =>
    reject(invalid(source.file, `cannot be loaded: ${cause.message}`, { cause }));
  const exit = (code: number) => fail(new Error(`its thread ended with exit code ${code}`));
  worker.once('message', resolve).once('error', fail).once('exit', exit);
  // Kept alive by the load alone: an idle thread holds no process.
  worker.ref();
  worker.postMessage(source);
  return promise.finally(() => {
    worker.unref();
    worker.off('message', resolve).off('error', fail).off('exit', exit);
  });
}
