import { SightlineError } from '../../domain/errors.ts';
import type { Labels } from '../../domain/labels.ts';
import type { Gateway } from '../../gateway.ts';
import type { GorseOptions } from '../../gorse-schema.ts';

type Limits = GorseOptions['quota'];

/** What of a row has a limit. */
export interface SizedRow {
  readonly Labels?: Labels | undefined;
  readonly Comment?: string | undefined;
  readonly Categories?: readonly string[] | undefined;
}

/** Checks what clients may keep; everything throws `SL_QUOTA_EXCEEDED` in the words of Gorse. */
export interface Quota {
  checkRow(row: SizedRow): void;
  /** Takes the rows that are about to be new into account; call it before they are put. */
  checkNew(table: 'users' | 'items', rows: number): Promise<void>;
  /** Whether there may be only so many rows. */
  isLimited(table: 'users' | 'items'): boolean;
  /** Takes as many of the rows that are about to be new into account as there is room for, and answers how many. */
  takeNew(table: 'users' | 'items', rows: number): Promise<number>;
  /** Lets the next check ask the store how many rows there are. */
  forgetCounts(): void;
}

/** How long the number of rows in the store is taken for known, in milliseconds. */
const knownMs = 1000;

/**
 * Makes the checks of the section `gorse.quota`. Rows are counted by the store at most once a second, and only where a
 * limit is set; rows made in between are added. The count is of all tenants.
 */
export function createQuota({ config, store }: Gateway, now: () => number): Quota {
  const { quota: limits } = config.gorse!;
  let known = { users: 0, items: 0, atMs: Number.NEGATIVE_INFINITY };
  const count = async () => {
    if (now() - known.atMs >= knownMs) known = { ...(await store.counts()), atMs: now() };
  };
  return {
    checkRow: (row) => checkRow(row, limits),
    isLimited: (table) => limits[table] > 0,
    async checkNew(table, rows) {
      const limit = limits[table];
      if (limit === 0 || rows === 0) return;
      await count();
      const total = known[table] + rows;
      if (total > limit) throw exceeded(`${table} count exceeds limit (${total} > ${limit})`);
      known[table] = total;
    },
    async takeNew(table, rows) {
      const limit = limits[table];
      if (limit === 0 || rows === 0) return rows;
      await count();
      const taken = Math.max(0, Math.min(rows, limit - known[table]));
      known[table] += taken;
      return taken;
    },
    forgetCounts() {
      known.atMs = Number.NEGATIVE_INFINITY;
    },
  };
}

function checkRow({ Labels, Comment = '', Categories = [] }: SizedRow, limits: Limits): void {
  const { labelsBytes, commentBytes, categories, categoriesBytes } = limits;
  if (labelsBytes > 0 && (Labels ?? null) !== null)
    checkBytes('labels', JSON.stringify(Labels), labelsBytes);
  checkBytes('comment', Comment, commentBytes);
  const { length } = Categories;
  if (categories > 0 && length > categories)
    throw exceeded(`item categories count exceeds limit (${length} > ${categories})`);
  for (const category of Categories) checkBytes('category', category, categoriesBytes);
}

function checkBytes(what: string, text: string, limit: number): void {
  if (limit === 0 || text.length * 3 <= limit) return;
  const bytes = Buffer.byteLength(text);
  if (bytes > limit) throw exceeded(`${what} size exceeds limit (${bytes} > ${limit} bytes)`);
}

const exceeded = (message: string) => new SightlineError('SL_QUOTA_EXCEEDED', message);
