import type { GlobalTable, TableHandle, TableKey, TableKeys } from './global-table.ts';
import { type TableShape, versionOf } from './table-memory.ts';
import { TextRows } from './text-rows.ts';

/** Keys that begin with a text, or keys from one (included) to another (not included). */
export type KeyRange =
  | { readonly prefix: string }
  | { readonly from?: string; readonly before?: string };

/** The most rows of one scan. */
export const maxScan = 10_000;

/**
 * Map from text to text in shared memory, its rows in the order of the keys' UTF-8 bytes. Single keys are found by hash,
 * ranges by bisection in O(log n).
 *
 * @example table.scan({ prefix: 'shoes/' }, { limit: 2 }) // [['shoes/a', '7'], ['shoes/b', '9']]
 */
export class SortedTable implements GlobalTable<string> {
  readonly kind = 'sorted';
  readonly size: number;
  readonly bytes: number;
  readonly rows: TextRows;
  readonly #memory: SharedArrayBuffer;

  constructor(memory: SharedArrayBuffer, shape: TableShape) {
    this.#memory = memory;
    this.size = shape.size;
    this.bytes = memory.byteLength;
    this.rows = new TextRows(memory, shape);
  }

  get version(): string {
    return versionOf(this.#memory);
  }

  has(key: TableKey): boolean {
    return this.rows.rowOf(key) >= 0;
  }

  get(key: TableKey): string | undefined {
    const row = this.rows.rowOf(key);
    return row < 0 ? undefined : this.rows.valueAt(row);
  }

  mget(keys: TableKeys, numbers: Uint32Array, found: Uint8Array): number {
    return this.rows.mget(keys, numbers, found);
  }

  /** The key of a row from 0 to size - 1. */
  keyAt(row: number): string {
    return this.rows.keyAt(row);
  }

  /** The value of a row, as `mget` and `rowsIn` tell rows. */
  valueAt(row: number): string {
    return this.rows.valueAt(row);
  }

  /** The rows of a range: from `first` to `end - 1`. A bound that can be no key makes an empty range. */
  rowsIn(range: KeyRange): { readonly first: number; readonly end: number } {
    const [first, end] = 'prefix' in range ? this.#withPrefix(range) : this.#between(range);
    return first < 0 || end < first ? { first: 0, end: 0 } : { first, end };
  }

  /** Keys and values of a range in order, at most `limit`, never more than `maxScan`. */
  scan(range: KeyRange, { limit = 100 }: { limit?: number } = {}): (readonly [string, string])[] {
    const { first, end } = this.rowsIn(range);
    const length = Math.min(end - first, limit, maxScan);
    return Array.from({ length }, (_, i) => [this.keyAt(first + i), this.valueAt(first + i)]);
  }

  share(): TableHandle {
    return { kind: this.kind, memory: this.#memory };
  }

  /** Throws `SL_DATA_INVALID` when a file is not as it says; see `TextRows.verify`. */
  verify(file: string): void {
    this.rows.verify(file);
  }

  #withPrefix({ prefix }: { readonly prefix: string }): readonly [number, number] {
    return [this.rows.firstRow(prefix), this.rows.firstRow(prefix, { behindPrefix: true })];
  }

  #between({ from = '', before }: { readonly from?: string; readonly before?: string }) {
    const end = before === undefined ? this.size : this.rows.firstRow(before);
    return [this.rows.firstRow(from), end] as const;
  }
}
