import { type BigIntStats, statSync } from 'node:fs';
import type { Clock } from '../../domain/clock.ts';
import { type Mistake, SightlineError } from '../../domain/errors.ts';
import type { Emit } from '../../telemetry/facts.ts';
import { closedError } from '../store-error.ts';
import type { AnyTable } from './attach-table.ts';
import type { TableSource } from './table-file.ts';
import { createTableLoader } from './table-loader.ts';

/** Loads tables, and remembers them as long as their files stay the same. */
export interface TableShelf {
  /**
   * Loads all declared tables, one after the other. One whose source and file are as they were is not read again,
   * unless it is `reread`. Who holds a former version goes on reading it. Rejects with `SL_DATA_INVALID` that names
   * every table that cannot be loaded, with `SL_NOT_FOUND` when there is none to reread, and with
   * `SL_STORE_UNAVAILABLE` after `close`.
   */
  load(declared: DeclaredTables, reread?: string): Promise<ReadonlyMap<string, AnyTable>>;
  /** Why the last load of a table failed; undefined where it did not. */
  failure(name: string): TableFailure | undefined;
  /** Ends loads that run. */
  close(): Promise<void>;
}

/** Sources of tables by name. */
export type DeclaredTables = Readonly<Record<string, TableSource>>;

/** A load that failed. */
export interface TableFailure {
  readonly message: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

interface Loaded {
  /** Of the source and the file. */
  readonly signature: string;
  readonly table: AnyTable;
}

/**
 * Opens an empty shelf.
 *
 * @example
 * const tables = await createTableShelf({ clock, emit }).load(config.tables);
 * tables.get('staff')?.has('u1');
 */
export function createTableShelf({
  clock,
  emit,
}: {
  readonly clock: Clock;
  readonly emit: Emit;
}): TableShelf {
  const closing = new AbortController();
  const loader = createTableLoader();
  const known = new Map<string, Loaded>();
  const failures = new Map<string, TableFailure>();
  let running: Promise<unknown> = Promise.resolve();

  async function loadOne(name: string, source: TableSource): Promise<AnyTable> {
    const began = clock.monotonic();
    try {
      const table = await loader.load(source);
      const seconds = (clock.monotonic() - began) / 1000;
      const { kind, size, bytes } = table;
      emit('table.loaded', { table: name, kind, keys: size, bytes, seconds });
      failures.delete(name);
      return table;
    } catch (cause) {
      if (closing.signal.aborted) throw cause;
      failures.set(name, { message: (cause as Error).message, atMs: clock.now() });
      emit('table.failed', { table: name, cause });
      throw cause;
    }
  }

  async function find(name: string, source: TableSource, reread: boolean): Promise<AnyTable> {
    const signature = signatureOf(source);
    const before = known.get(name);
    if (!reread && before !== undefined && before.signature === signature) return before.table;
    const table = await loadOne(name, source);
    known.set(name, { signature, table });
    return table;
  }

  async function loadAll(declared: DeclaredTables, reread: string | undefined) {
    const tables = new Map<string, AnyTable>();
    const mistakes: Mistake[] = [];
    for (const [name, source] of Object.entries(declared)) {
      try {
        tables.set(name, await find(name, source, name === reread));
      } catch (cause) {
        closing.signal.throwIfAborted();
        mistakes.push({ path: `tables.${name}`, message: (cause as Error).message });
      }
    }
    if (mistakes.length > 0) throw unloadable(mistakes);
    for (const name of known.keys()) if (!Object.hasOwn(declared, name)) known.delete(name);
    return tables;
  }

  return {
    async load(declared, reread) {
      closing.signal.throwIfAborted();
      if (reread !== undefined && !Object.hasOwn(declared, reread)) throw unknown(reread, declared);
      const loading = running.then(() => loadAll(declared, reread));
      running = loading.catch(() => {});
      return loading;
    },
    failure: (name) => failures.get(name),
    async close() {
      closing.abort(closedError('tables'));
      await loader.close(closing.signal.reason);
      await running;
      known.clear();
    },
  };
}

/** What tells one state of a file from the next: a new content without a new time would be needed to fool it. */
function signatureOf(source: TableSource): string {
  const found: BigIntStats | undefined = statSync(source.file, {
    bigint: true,
    throwIfNoEntry: false,
  });
  return JSON.stringify([source, found && [found.ino, found.size, found.mtimeNs].map(String)]);
}

function unknown(name: string, declared: DeclaredTables): SightlineError {
  const names = Object.keys(declared).join(', ') || 'none, no table is declared';
  return new SightlineError('SL_NOT_FOUND', `table is ${name}, expected one of ${names}`);
}

function unloadable(mistakes: readonly Mistake[]): SightlineError {
  const message = `${mistakes.length} tables cannot be loaded, the first: ${mistakes[0].message}`;
  return new SightlineError('SL_DATA_INVALID', message, { mistakes });
}
