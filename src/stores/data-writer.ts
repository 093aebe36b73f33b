import { closeSync, fstatSync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { SightlineError } from '../domain/errors.ts';
import type { FeedbackSelection } from '../domain/feedback.ts';
import { byTable } from './by-table.ts';
import { type DataFileOptions, feedbackColumns, openDataFile } from './data-file.ts';
import { decodeBatch, type FeedbackRow } from './feedback-batch.ts';
import { countQuery, deleteQuery } from './feedback-query.ts';
import { nextFrame } from './journal-frame.ts';
import { prepareReplacing } from './replace-feedback.ts';
import type { TableName } from './store.ts';

/** Events folded in one transaction. Keys come in no order: a large slice writes an index page once for many. */
const sliceEvents = 65_536;

/** A change beside the journal. */
export type RowsTask =
  | {
      readonly kind: 'set';
      readonly table: TableName;
      readonly ids: readonly string[];
      /** The rows as JSON text. */
      readonly rows: readonly string[];
      readonly writtenAtMs: number;
      /** Whether rows that are there stay as they are. */
      readonly onlyNew: boolean;
    }
  | { readonly kind: 'delete'; readonly table: TableName; readonly ids: readonly string[] }
  /** The payloads of a batch, each event of which takes the place of all of the same type, user and item. */
  | { readonly kind: 'replace-feedback'; readonly payloads: readonly Uint8Array[] }
  | { readonly kind: 'delete-feedback'; readonly which: FeedbackSelection };

/** Where data is written. */
export interface DataWriterOptions extends DataFileOptions {
  readonly folder: string;
  readonly journalPath: string;
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
  const { folder, journalPath } = options;
  const db = openDataFile(folder, options);
  const statements = prepare(db);
  const journal = openSync(journalPath, 'r');
  const capacity = fstatSync(journal).size;
  let folded = (statements.position.get() as { position: number }).position;

  function foldSlice(head: number, isWanted: () => boolean): number {
    let position = folded;
    let added = 0;
    for (let events = 0; events < sliceEvents && position < head; ) {
      const frame = nextFrame(journal, position, capacity);
      if (frame === undefined) break;
      const rows = decodeBatch(frame.payload);
      for (const row of rows) added += insert(statements, row);
      events += rows.length;
      position = frame.end;
      if (isWanted()) break;
    }
    statements.advance.run(position, added);
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
    write: (tasks) => commit(db, () => tasks.map((task) => apply(db, statements, task))),
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
    add: db.prepare(`INSERT INTO ${table} VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING`),
    remove: db.prepare(`DELETE FROM ${table} WHERE id = ?`),
  }));
  return {
    rows,
    insert: db.prepare(
      `INSERT OR IGNORE INTO feedback (${feedbackColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    position: db.prepare('SELECT position FROM journal'),
    advance: db.prepare('UPDATE journal SET position = ?, events = events + ?'),
    count: db.prepare('UPDATE journal SET events = events + ?'),
    replace: prepareReplacing(db),
  };
}

/** Adds an event unless its key is known; answers how many were added. */
function insert({ insert: statement }: Statements, row: FeedbackRow): number {
  const [key, type, item, user, session, atMs, value, requestId, note = null] = row;
  const { changes } = statement.run(key, type, item, user, session, atMs, value, requestId, note);
  return Number(changes);
}

function apply(db: DatabaseSync, statements: Statements, task: RowsTask): number {
  if (task.kind === 'replace-feedback') {
    statements.count.run(statements.replace(task.payloads));
    return 0;
  }
  if (task.kind === 'delete-feedback') return deleteFeedback(db, statements, task.which);
  const { set, add, remove } = statements.rows[task.table];
  if (task.kind === 'delete') {
    return task.ids.reduce((sum, id) => sum + Number(remove.run(id).changes), 0);
  }
  const put = task.onlyNew ? add : set;
  task.ids.forEach((id, i) => {
    put.run(id, task.rows[i], task.writtenAtMs);
  });
  return task.ids.length;
}

function deleteFeedback(
  db: DatabaseSync,
  statements: Statements,
  which: FeedbackSelection,
): number {
  const count = countQuery({ ...which, anonymous: false });
  const { totals } = db.prepare(count.sql).get(...count.values) as { totals: number };
  const gone = deleteQuery(which);
  statements.count.run(-Number(db.prepare(gone.sql).run(...gone.values).changes));
  return totals;
}

function gapError(folder: string, position: number): SightlineError {
  const message = `data folder ${folder} has no frame at ${position} of its journal, expected one`;
  return new SightlineError('SL_STORE_CORRUPT', message);
}
