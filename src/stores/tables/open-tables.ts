import type { Clock } from '../../domain/clock.ts';
import { type Mistake, SightlineError } from '../../domain/errors.ts';
import { closedError } from '../store-error.ts';
import type { AnyTable } from './attach-table.ts';
import type { TableKind } from './global-table.ts';
import { loadTable } from './load-table.ts';
import type { TableSource } from './table-file.ts';

/** What happens to tables. */
export interface TableFacts {
  'table.loaded': { table: string; kind: TableKind; keys: number; bytes: number; seconds: number };
  'table.failed': { table: string; cause: unknown };
}

/** Says that something happened to a table. */
export type EmitTable = <Name extends keyof TableFacts>(name: Name, fact: TableFacts[Name]) => void;

/** One table as it stands. */
export interface TableStatus {
  readonly name: string;
  readonly kind: TableKind;
  readonly file: string;
  readonly keys: number;
  readonly bytes: number;
  /** CRC-32 of the content as 8 hexadecimal digits. */
  readonly version: string;
  /** Epoch milliseconds at which this version was published. */
  readonly loadedAtMs: number;
  /** Why the last update failed, if it did: the version before goes on serving. */
  readonly failure: { readonly message: string; readonly atMs: number } | undefined;
}

/** The current version of every declared table. */
export interface GlobalTables {
  /** The current version; whoever holds it may go on reading it after an update. Throws `SL_NOT_FOUND`. */
  get(name: string): AnyTable;
  /**
   * Loads the file again beside the current version and publishes it in one step. Calls that come while a load runs share
   * one more load. Rejects with `SL_NOT_FOUND`, or with `SL_DATA_INVALID` and the current version still serving.
   */
  update(name: string): Promise<TableStatus>;
  status(): readonly TableStatus[];
  /** Ends loads that run; afterwards every call fails with `SL_STORE_UNAVAILABLE`. */
  close(): Promise<void>;
}

/** Tables by name, and whom to tell. */
export interface TablesOptions {
  readonly declared: Readonly<Record<string, TableSource>>;
  readonly clock: Clock;
  readonly emit: EmitTable;
}

interface Entry {
  readonly name: string;
  readonly source: TableSource;
  table: AnyTable;
  loadedAtMs: number;
  failure: TableStatus['failure'];
  running: Promise<unknown>;
  waiting: Promise<TableStatus> | undefined;
}

/**
 * Loads all declared tables, one after the other. Rejects with `SL_DATA_INVALID` that names every table that cannot be
 * loaded.
 *
 * @example
 * const tables = await openTables({ declared: config.tables, clock, emit });
 * tables.get('staff').has('u1');
 */
export async function openTables({ declared, clock, emit }: TablesOptions): Promise<GlobalTables> {
  const closing = new AbortController();
  const entries = new Map<string, Entry>();

  async function load(name: string, source: TableSource): Promise<AnyTable> {
    const began = clock.monotonic();
    try {
      const table = await loadTable(source, { signal: closing.signal });
      const seconds = (clock.monotonic() - began) / 1000;
      const { kind, size, bytes } = table;
      emit('table.loaded', { table: name, kind, keys: size, bytes, seconds });
      return table;
    } catch (cause) {
      if (!closing.signal.aborted) emit('table.failed', { table: name, cause });
      throw cause;
    }
  }

  async function reload(entry: Entry): Promise<TableStatus> {
    entry.waiting = undefined;
    try {
      entry.table = await load(entry.name, entry.source);
    } catch (cause) {
      entry.failure = { message: (cause as Error).message, atMs: clock.now() };
      throw cause;
    }
    entry.loadedAtMs = clock.now();
    entry.failure = undefined;
    return statusOf(entry);
  }

  function entryOf(name: string): Entry {
    if (closing.signal.aborted) throw closedError('tables');
    const entry = entries.get(name);
    if (entry !== undefined) return entry;
    const known = [...entries.keys()].join(', ');
    throw new SightlineError('SL_NOT_FOUND', `table ${name} is unknown, expected one of ${known}`);
  }

  const mistakes: Mistake[] = [];
  for (const [name, source] of Object.entries(declared)) {
    try {
      const table = await load(name, source);
      const running = Promise.resolve();
      const state = { loadedAtMs: clock.now(), failure: undefined, running, waiting: undefined };
      entries.set(name, { name, source, table, ...state });
    } catch (cause) {
      mistakes.push({ path: `tables.${name}`, message: (cause as Error).message });
    }
  }
  if (mistakes.length > 0) throw unloadable(mistakes);

  return {
    get: (name) => entryOf(name).table,
    async update(name) {
      const entry = entryOf(name);
      if (entry.waiting === undefined) {
        entry.waiting = entry.running.then(() => reload(entry));
        entry.running = entry.waiting.catch(() => {});
      }
      return entry.waiting;
    },
    status() {
      if (closing.signal.aborted) throw closedError('tables');
      return [...entries.values()].map(statusOf);
    },
    async close() {
      closing.abort(closedError('tables'));
      await Promise.all([...entries.values()].map(({ running }) => running));
      entries.clear();
    },
  };
}

function statusOf({ name, source, table, loadedAtMs, failure }: Entry): TableStatus {
  const { kind, size, bytes, version } = table;
  return { name, kind, file: source.file, keys: size, bytes, version, loadedAtMs, failure };
}

function unloadable(mistakes: readonly Mistake[]): SightlineError {
  const message = `${mistakes.length} tables cannot be loaded, the first: ${mistakes[0].message}`;
  return new SightlineError('SL_DATA_INVALID', message, { mistakes });
}
