import { type Clock, systemClock } from '../domain/clock.ts';
import { byTable } from './by-table.ts';
import { compareKeys } from './key-order.ts';
import { MemoryFeedback } from './memory-feedback.ts';
import type { Lookup, Page, Rows, ScanOptions, Store, TableName } from './store.ts';
import { closedError } from './store-error.ts';
import { checkFeedback, checkLimit, checkReplacement, checkRows } from './store-input.ts';

interface Table<Row> {
  readonly rows: Map<string, { readonly row: Row; readonly writtenAtMs: number }>;
  /** Keys in order; made again by the first scan after a key came or went. */
  sorted: readonly string[] | undefined;
}

/**
 * A store that forgets everything with the process: for tests and trials. Receipts are exact.
 *
 * @example
 * const store = createMemoryStore();
 * await store.mset('users', [{ id: 'u1', attributes: {} }]);
 * await store.mget('users', ['u1', 'u2']); // [{ state: 'present', ... }, { state: 'absent' }]
 */
export function createMemoryStore({ clock = systemClock }: { clock?: Clock } = {}): Store {
  const tables: { readonly [T in TableName]: Table<Rows[T]> } = byTable(() => ({
    rows: new Map(),
    sorted: undefined,
  }));
  const feedback = new MemoryFeedback();
  let open = true;
  const assertOpen = () => {
    if (!open) throw closedError('memory');
  };
  return {
    name: 'memory',
    async mget(table, wanted) {
      if (!open) return wanted.map(() => closedLookup());
      return wanted.map((key) => find(tables[table] as Table<never>, key));
    },
    async mset(table, rows, { onlyNew = false } = {}) {
      assertOpen();
      checkRows(table, rows);
      const options = { writtenAtMs: clock.now(), onlyNew };
      put(tables[table] as Table<{ readonly id: string }>, rows, options);
    },
    async mdelete(table, gone) {
      assertOpen();
      return remove(tables[table], gone);
    },
    async scan(table, options) {
      assertOpen();
      return page(tables[table] as Table<never>, options);
    },
    async appendFeedback(batch) {
      assertOpen();
      checkFeedback(batch);
      return feedback.append(batch);
    },
    async scanFeedback(options) {
      assertOpen();
      return feedback.page(options);
    },
    async replaceFeedback(batch) {
      assertOpen();
      checkReplacement(batch);
      feedback.replace(batch);
    },
    async deleteFeedback(which) {
      assertOpen();
      return feedback.delete(which);
    },
    async feedbackTotals(which, options) {
      assertOpen();
      return feedback.totals(which, options);
    },
    async counts() {
      assertOpen();
      const { items, users } = tables;
      return { items: items.rows.size, users: users.rows.size, feedback: feedback.size };
    },
    async close() {
      open = false;
    },
  };
}

function closedLookup(): Lookup<never> {
  return { state: 'failed', reason: 'unavailable', cause: closedError('memory') };
}

function find<Row>({ rows }: Table<Row>, key: string): Lookup<Row> {
  const found = rows.get(key);
  return found === undefined ? { state: 'absent' } : { state: 'present', ...found };
}

function put<Row extends { readonly id: string }>(
  table: Table<Row>,
  rows: readonly Row[],
  { writtenAtMs, onlyNew }: { writtenAtMs: number; onlyNew: boolean },
): void {
  for (const row of rows) {
    if (!table.rows.has(row.id)) table.sorted = undefined;
    else if (onlyNew) continue;
    table.rows.set(row.id, { row, writtenAtMs });
  }
}

function remove(table: Table<unknown>, keys: readonly string[]): number {
  let removed = 0;
  for (const key of keys) if (table.rows.delete(key)) removed += 1;
  if (removed > 0) table.sorted = undefined;
  return removed;
}

function page<Row>(table: Table<Row>, { after, from, before, limit }: ScanOptions): Page<Row> {
  checkLimit(limit);
  table.sorted ??= [...table.rows.keys()].sort(compareKeys);
  const { sorted } = table;
  const start = Math.max(
    after === undefined ? 0 : placeOf(sorted, after, 1),
    from === undefined ? 0 : placeOf(sorted, from, 0),
  );
  const end = before === undefined ? sorted.length : placeOf(sorted, before, 0);
  const keys = sorted.slice(start, Math.min(start + limit, end));
  const rows = keys.map((key) => table.rows.get(key)!.row);
  return start + limit < end ? { rows, next: keys.at(-1) } : { rows };
}

/** The place of the first key that comes after `key`, or, with `past` 0, of `key` itself. */
function placeOf(sorted: readonly string[], key: string, past: 0 | 1): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(sorted[middle], key) < past) low = middle + 1;
    else high = middle;
  }
  return low;
}
