import type { StatementSync } from 'node:sqlite';
import type { Feedback, FeedbackSelection, FeedbackTotal } from '../domain/feedback.ts';
import { byTable } from './by-table.ts';
import { feedbackColumns, openDataFileForReads } from './data-file.ts';
import { type FeedbackRow, fromRow, readNote } from './feedback-batch.ts';
import { type Query, totalsQuery } from './feedback-query.ts';
import type {
  Lookup,
  Page,
  Rows,
  ScanOptions,
  TableName,
  TotalsOptions,
  TotalsPage,
} from './store.ts';
import { checkLimit, isText, parseCursor } from './store-input.ts';

interface TotalRow {
  readonly type: string;
  readonly user: string;
  readonly item: string;
  readonly value: number;
  readonly first: number;
  readonly last: number;
  readonly note: string | null;
}

interface StoredRow {
  readonly row: string;
  readonly written_at_ms: number;
}

/** Reads of data.db: a few microseconds a row, on the calling thread. */
export interface SqliteReader {
  find<T extends TableName>(table: T, key: string): Lookup<Rows[T]>;
  page<T extends TableName>(table: T, options: ScanOptions): Page<Rows[T]>;
  feedbackPage(options: {
    after?: string | undefined;
    last?: number | undefined;
    limit: number;
  }): Page<Feedback>;
  totals(which: FeedbackSelection, options: TotalsOptions): TotalsPage;
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
  const prepared = new Map<string, StatementSync>();
  /** The statement of a text; there are few texts. */
  const prepare = (sql: string): StatementSync => {
    const known = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, known);
    return known;
  };
  const count = byTable((table) => db.prepare(`SELECT count(*) AS rows FROM ${table}`));
  const events = db.prepare(
    `SELECT seq, ${feedbackColumns} FROM feedback WHERE seq > ? ORDER BY seq LIMIT ?`,
  );
  events.setReturnArrays(true);
  const newest = db.prepare('SELECT key FROM feedback ORDER BY seq DESC LIMIT ?');
  const last = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM feedback');
  const lastSeq = () => (last.get() as { seq: number }).seq;
  const kept = db.prepare('SELECT events FROM journal');

  return {
    find(table, key) {
      // What is not well-formed was never let in, and would be looked up as something else.
      if (!isText(key)) return { state: 'absent' };
      const found = find[table].get(key) as StoredRow | undefined;
      if (found === undefined) return { state: 'absent' };
      return { state: 'present', row: JSON.parse(found.row), writtenAtMs: found.written_at_ms };
    },
    page(table, options) {
      const { limit } = options;
      checkLimit(limit);
      const { sql, values } = pageQuery(table, options);
      const found = prepare(sql).all(...values) as { id: string; row: string }[];
      const rows = found.slice(0, limit).map(({ row }) => JSON.parse(row));
      return found.length > limit ? { rows, next: found[limit - 1].id } : { rows };
    },
    feedbackPage({ after, last: wanted, limit }) {
      checkLimit(limit);
      const end = lastSeq();
      const beginning = wanted === undefined ? 0 : Math.max(0, end - wanted);
      const start = after === undefined ? beginning : parseCursor(after);
      const found = events.all(start, limit) as unknown as (readonly [
        seq: number,
        ...FeedbackRow,
      ])[];
      const rows = found.map(([, ...row]) => fromRow(row));
      const [seq = end] = found.at(-1) ?? [];
      return seq < end ? { rows, next: String(seq) } : { rows };
    },
    totals(which, options) {
      const { limit } = options;
      checkLimit(limit);
      const { sql, values } = totalsQuery(which, options);
      const found = prepare(sql).all(...values) as unknown as TotalRow[];
      const rows = found.slice(0, limit).map(toTotal);
      if (found.length <= limit) return { rows };
      const { type, user, item } = found[limit];
      return { rows, next: { type, user, item } };
    },
    newestKeys: (limit) => (newest.all(limit) as { key: string }[]).map(({ key }) => key),
    counts: () => ({
      items: (count.items.get() as { rows: number }).rows,
      users: (count.users.get() as { rows: number }).rows,
      feedback: (kept.get() as { events: number }).events,
    }),
    close: () => db.close(),
  };
}

function toTotal({ type, user, item, value, first, last, note }: TotalRow): FeedbackTotal {
  return { type, user, item, value, firstAtMs: first, lastAtMs: last, ...readNote(note) };
}

/** The query of a page, with one row more than the limit where there is one. */
function pageQuery(table: TableName, { after, from, before, limit }: ScanOptions): Query {
  const bounds = [
    ['id > ?', after],
    ['id >= ?', from],
    ['id < ?', before],
  ] as const;
  const given = bounds.filter(([, bound]) => bound !== undefined);
  const where = given.length === 0 ? '' : `WHERE ${given.map(([text]) => text).join(' AND ')}`;
  return {
    sql: `SELECT id, row FROM ${table} ${where} ORDER BY id LIMIT ?`,
    values: [...given.map(([, bound]) => bound!), limit + 1],
  };
}
