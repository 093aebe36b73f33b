import { Worker } from 'node:worker_threads';
import { SightlineError } from '../../domain/errors.ts';
import { type AnyTable, attachTable } from './attach-table.ts';
import type { TableSource } from './table-file.ts';
import { invalid } from './table-memory.ts';
import type { FromTableThread } from './table-thread.ts';

/**
 * Loads a table in a thread of its own, so that the caller's event loop stays free. Rejects with `SL_DATA_INVALID` as
 * `readTableFile` does, also when the thread runs out of memory; when `signal` ends it, with the signal's reason.
 *
 * @example
 * const table = await loadTable({ kind: 'set', file: 'staff.txt', format: 'text', maxKeys: 1e6, maxBytes: 1 << 26 });
 */
export async function loadTable(
  source: TableSource,
  { signal }: { signal?: AbortSignal } = {},
): Promise<AnyTable> {
  signal?.throwIfAborted();
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./table-thread.${extension}`, import.meta.url), {
    name: 'table-loader',
    workerData: source,
    execArgv: [],
  });
  const { promise, resolve, reject } = Promise.withResolvers<FromTableThread>();
  worker.once('message', resolve);
  worker.once('error', (cause) =>
    reject(invalid(source.file, `cannot be loaded: ${(cause as Error).message}`, { cause })),
  );
  worker.once('exit', (code) =>
    reject(invalid(source.file, `cannot be loaded: its thread ended with exit code ${code}`)),
  );
  const stop = () => reject(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const told = await promise;
    if ('memory' in told) return attachTable({ kind: source.kind, memory: told.memory });
    const { code, message, mistakes } = told.failure;
    throw new SightlineError(code, message, { path: source.file, mistakes });
  } finally {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
