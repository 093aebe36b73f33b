import { closeSync, fstatSync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { SightlineError } from '../domain/errors.ts';
import { byTable } from './by-table.ts';
import { feedbackColumns, openDataFile } from './data-file.ts';
import { decodeBatch } from './feedback-batch.ts';
import { nextFrame } from './journal-frame.ts';
import type { TableName } from './store.ts';

/** Events folded in one transaction. Keys come in no order: a large slice writes an index page once for many. */
const sliceEvents = 65_536;

/** A change of keyed rows. */
export type RowsTask =
  | {
      readonly kind: 'set';
      readonly table: TableName;
      readonly ids: readonly string[];
      /** The rows as JSON text. */
      readonly rows: readonly string[];
      readonly writtenAtMs: number;
    }
  | { readonly kind: 'delete'; readonly table: TableName; readonly ids: readonly string[] };

/** Where data is written. */
export interface DataWriterOptions {
  readonly folder: string;
  readonly journalPath: string;
  /** The most data.db may grow to. */
  readonly maxBytes: number | undefined;
}

/** The one writer of data.db. Each call is one transaction: on disk when it returns, or not done. */
export interface DataWriter {
  /** Position in the journal before which every event is in the feedback table. */
  readonly folded: number;
  /** Size of the journal in bytes. */
  readonly capacity: number;
  /**
   * Moves events that stand in the journal before `head` into the feedback table: a slice of them, which ends
   * early when `isWanted` says that something else waits.
   */
  fold(head: number, isWanted: () => boolean): void;
  /** Runs changes in order; answers for each how many rows there were. */
  write(tasks: readonly RowsTask[]): readonly number[];
  close(): void;
}

/** Opens data.db for writing, and folds what the journal holds from before. */
export function openDataWriter(options: DataWriterOptions): DataWriter {
  const { folder, journalPath, maxBytes } = options;
  const db = openDataFile(folder, maxBytes);
  const statements = prepare(db);
  const journal = openSync(journalPath, 'r');
  const capacity = fstatSync(journal).size;
  let folded = (statements.position.get() as { position: number }).position;

  function foldSlice(head: number, isWanted: () => boolean): number {
    let position = folded;
    for (let events = 0; events < sliceEvents && position < head; ) {
      const frame = nextFrame(journal, position, capacity);
      if (frame === undefined) break;
      const rows = decodeBatch(frame.payload);
      for (const row of rows) statements.insert.run(...row);
      events += rows.length;
      position = frame.end;
      if (isWanted()) break;
    }
    statements.advance.run(position);
    return position;
  }

  function foldLeftovers(): void {
    for (;;) {
      const position = commit(db, () => foldSlice(Number.POSITIVE_INFINITY, () => false));
      if (position === folded) return;
      folded = position;
    }
  }

  const writer: DataWriter = {
    get folded() {
      return folded;
    },
    capacity,
    fold(head, isWanted) {
      if (folded >= head) return;
      const position = commit(db, () => foldSlice(head, isWanted));
      if (position === folded) throw gapError(folder, folded);
      folded = position;
    },
    write: (tasks) => commit(db, () => tasks.map((task) => apply(statements, task))),
    close() {
      db.close();
      closeSync(journal);
    },
  };
  try {
    foldLeftovers();
    return writer;
  } catch (error) {
    writer.close();
    throw error;
  }
}

function commit<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk may have ended the transaction already.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

type Statements = ReturnType<typeof prepare>;

function prepare(db: DatabaseSync) {
  const rows = byTable((table) => ({
    set: db.prepare(
      `INSERT INTO ${table} VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET row = excluded.row, written_at_ms = excluded.written_at_ms`,
    ),
    remove: db.prepare(`DELETE FROM ${table} WHERE id = ?`),
  }));
  return {
    rows,
    insert: db.prepare(
      `INSERT OR IGNORE INTO feedback (${feedbackColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    position: db.prepare('SELECT position FROM journal'),
    advance: db.prepare('UPDATE journal SET position = ?'),
  };
}

function apply(statements: Statements, task: RowsTask): number {
  const { set, remove } = statements.rows[task.table];
  if (task.kind === 'delete') {
    return task.ids.reduce((sum, id) => sum + Number(remove.run(id).changes), 0);
  }
  task.ids.forEach((id, i) => {
    set.run(id, task.rows[i], task.writtenAtMs);
  });
  return task.ids.length;
}

function gapError(folder: string, position: number): SightlineError {
  const message = `data folder ${folder} has no frame at ${position} of its journal, expected one`;
  return new SightlineError('SL_STORE_CORRUPT', message);
}
