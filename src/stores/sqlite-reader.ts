import type { Feedback } from '../domain/feedback.ts';
import { byTable } from './by-table.ts';
import { feedbackColumns, openDataFileForReads } from './data-file.ts';
import { type FeedbackRow, fromRow } from './feedback-batch.ts';
import type { Lookup, Page, Rows, TableName } from './store.ts';
import { checkLimit, isText, parseCursor } from './store-input.ts';

interface StoredRow {
  readonly row: string;
  readonly written_at_ms: number;
}

/** Reads of data.db: a few microseconds a row, on the calling thread. */
export interface SqliteReader {
  find<T extends TableName>(table: T, key: string): Lookup<Rows[T]>;
  page<T extends TableName>(
    table: T,
    options: { after?: string | undefined; limit: number },
  ): Page<Rows[T]>;
  feedbackPage(options: {
    after?: string | undefined;
    last?: number | undefined;
    limit: number;
  }): Page<Feedback>;
  /** The keys of the newest events, newest first. */
  newestKeys(limit: number): readonly string[];
  counts(): { items: number; users: number; feedback: number };
  close(): void;
}

/** Opens data.db for reads, once a writer has opened it. */
export function openSqliteReader(folder: string): SqliteReader {
  const db = openDataFileForReads(folder);
  const find = byTable((table) =>
    db.prepare(`SELECT row, written_at_ms FROM ${table} WHERE id = ?`),
  );
  const page = byTable((table) =>
    db.prepare(`SELECT id, row FROM ${table} WHERE id > ? ORDER BY id LIMIT ?`),
  );
  const first = byTable((table) => db.prepare(`SELECT id, row FROM ${table} ORDER BY id LIMIT ?`));
  const count = byTable((table) => db.prepare(`SELECT count(*) AS rows FROM ${table}`));
  const events = db.prepare(
    `SELECT ${feedbackColumns} FROM feedback WHERE seq > ? ORDER BY seq LIMIT ?`,
  );
  events.setReturnArrays(true);
  const newest = db.prepare('SELECT key FROM feedback ORDER BY seq DESC LIMIT ?');
  // Events are numbered without gaps from 1, so the last number is their count.
  const last = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM feedback');
  const lastSeq = () => (last.get() as { seq: number }).seq;

  return {
    find(table, key) {
      // What is not well-formed was never let in, and would be looked up as something else.
      if (!isText(key)) return { state: 'absent' };
      const found = find[table].get(key) as StoredRow | undefined;
      if (found === undefined) return { state: 'absent' };
      return { state: 'present', row: JSON.parse(found.row), writtenAtMs: found.written_at_ms };
    },
    page(table, { after, limit }) {
      checkLimit(limit);
      const found = (
        after === undefined ? first[table].all(limit + 1) : page[table].all(after, limit + 1)
      ) as { id: string; row: string }[];
      const rows = found.slice(0, limit).map(({ row }) => JSON.parse(row));
      return found.length > limit ? { rows, next: found[limit - 1].id } : { rows };
    },
    feedbackPage({ after, last: wanted, limit }) {
      checkLimit(limit);
      const end = lastSeq();
      const beginning = wanted === undefined ? 0 : Math.max(0, end - wanted);
      const start = after === undefined ? beginning : parseCursor(after);
      const rows = (events.all(start, limit) as unknown as FeedbackRow[]).map(fromRow);
      return start + limit < end ? { rows, next: String(start + limit) } : { rows };
    },
    newestKeys: (limit) => (newest.all(limit) as { key: string }[]).map(({ key }) => key),
    counts: () => ({
      items: (count.items.get() as { rows: number }).rows,
      users: (count.users.get() as { rows: number }).rows,
      feedback: lastSeq(),
    }),
    close: () => db.close(),
  };
}
