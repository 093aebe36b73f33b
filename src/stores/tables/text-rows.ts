import type { SightlineError } from '../../domain/errors.ts';
import { checkOutputs } from './check-outputs.ts';
import type { TableKey, TableKeys } from './global-table.ts';
import { headWords, invalid, type TableShape } from './table-memory.ts';
import { TextKey } from './text-key.ts';

/**
 * Rows of text in shared memory: keys rising by their bytes, values of a sorted map behind them, and open-addressed slots
 * that lead from the hash of a key to its row. A slot is half of the hash and the row plus one; 0 is empty. A row is
 * only an answer when all bytes of its key are equal.
 */
export class TextRows {
  readonly size: number;
  readonly #slots: Int32Array;
  readonly #mask: number;
  readonly #keyStarts: Uint32Array;
  /** Absent in a set. */
  readonly #valueStarts: Uint32Array | undefined;
  /** All keys, then all values. */
  readonly #heap: Buffer;
  readonly #keyBytes: number;
  readonly #key = new TextKey();

  constructor(memory: SharedArrayBuffer, { kind, size, slots, keyBytes }: TableShape) {
    this.size = size;
    this.#slots = new Int32Array(memory, 4 * headWords, 2 * slots);
    this.#mask = slots - 1;
    const startsAt = 4 * (headWords + 2 * slots);
    const heapAt = startsAt + 4 * (size + 1) * (kind === 'sorted' ? 2 : 1);
    this.#keyStarts = new Uint32Array(memory, startsAt, size + 1);
    if (kind === 'sorted')
      this.#valueStarts = new Uint32Array(memory, heapAt - 4 * (size + 1), size + 1);
    this.#heap = Buffer.from(memory as unknown as ArrayBuffer, heapAt);
    this.#keyBytes = keyBytes;
  }

  /** The row of a key, or -1. */
  rowOf(key: TableKey): number {
    const wanted = this.#key;
    if (!wanted.take(key)) return -1;
    let slot = wanted.low & this.#mask;
    for (;;) {
      const row = this.#slots[2 * slot + 1] - 1;
      if (row < 0) return -1;
      if (this.#slots[2 * slot] === wanted.high && this.#compare(row, false) === 0) return row;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** See `GlobalTable.mget`; the numbers are rows. */
  mget(keys: TableKeys, numbers: Uint32Array, found: Uint8Array): number {
    checkOutputs(keys, numbers, found);
    let hits = 0;
    for (let i = 0; i < keys.length; i++) {
      const row = this.rowOf(keys[i]);
      numbers[i] = Math.max(row, 0);
      found[i] = row < 0 ? 0 : 1;
      hits += found[i];
    }
    return hits;
  }

  /**
   * The first row whose key is not less than `text`, or with `behindPrefix` the first behind those that begin with it; -1
   * for what no key can be.
   */
  firstRow(text: string, { behindPrefix = false }: { behindPrefix?: boolean } = {}): number {
    if (!this.#key.takeText(text)) return -1;
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#compare(middle, behindPrefix);
      if (order < 0 || (behindPrefix && order === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  keyAt(row: number): string {
    return this.#heap.toString('utf8', this.#keyStarts[row], this.#keyStarts[row + 1]);
  }

  /** The value of a row; empty in a set. */
  valueAt(row: number): string {
    const starts = this.#valueStarts;
    if (starts === undefined) return '';
    const at = this.#keyBytes;
    return this.#heap.toString('utf8', at + starts[row], at + starts[row + 1]);
  }

  /** Takes the next row while the table is built: a key greater than all before, and its value. */
  fill(row: number, source: Buffer, { keyAt, keyEnd, valueAt, valueEnd }: TextSpan): void {
    const keyStart = this.#keyStarts[row];
    this.#keyStarts[row + 1] = keyStart + keyEnd - keyAt;
    source.copy(this.#heap, keyStart, keyAt, keyEnd);
    if (this.#valueStarts !== undefined) {
      const valueStart = this.#valueStarts[row];
      this.#valueStarts[row + 1] = valueStart + valueEnd - valueAt;
      source.copy(this.#heap, this.#keyBytes + valueStart, valueAt, valueEnd);
    }
    this.#key.hash(source, keyAt, keyEnd);
    let slot = this.#key.low & this.#mask;
    while (this.#slots[2 * slot + 1] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[2 * slot] = this.#key.high;
    this.#slots[2 * slot + 1] = row + 1;
  }

  /** Throws `SL_DATA_INVALID` when a row lies outside of the memory, is out of order or has no slot. O(bytes). */
  verify(file: string): void {
    this.#verifyStarts(this.#keyStarts, this.#keyBytes, file);
    if (this.#valueStarts !== undefined)
      this.#verifyStarts(this.#valueStarts, this.#heap.length - this.#keyBytes, file);
    let used = 0;
    for (let at = 1; at < this.#slots.length; at += 2) if (this.#slots[at] !== 0) used += 1;
    // A search ends at an empty slot, so half of them must be.
    if (used !== this.size || used > this.#slots.length / 4)
      throw invalid(file, `has ${used} rows in its slots, expected ${this.size} at offset 12`);
    for (let row = 0; row < this.size; row++)
      if (this.rowOf(this.keyAt(row)) !== row || (row > 0 && !this.#rises(row)))
        throw wrongRow(file, row, this.#keyStarts);
  }

  #verifyStarts(starts: Uint32Array, end: number, file: string): void {
    for (let row = 0; row < this.size; row++)
      if (starts[row] > starts[row + 1] || starts[row + 1] > end) throw wrongRow(file, row, starts);
  }

  #rises(row: number): boolean {
    const [before, start, end] = this.#keyStarts.subarray(row - 1, row + 2);
    return this.#heap.compare(this.#heap, before, start, start, end) > 0;
  }

  /** Order of the key of a row against the key in hand; keys that begin with it count as equal where `prefix` says so. */
  #compare(row: number, prefix: boolean): number {
    const start = this.#keyStarts[row];
    const length = this.#keyStarts[row + 1] - start;
    const wanted = this.#key;
    const shared = Math.min(length, wanted.length);
    for (let i = 0; i < shared; i++) {
      const difference = this.#heap[start + i] - wanted.bytes[i];
      if (difference !== 0) return difference;
    }
    return prefix ? Math.min(length - wanted.length, 0) : length - wanted.length;
  }
}

/** Where key and value of a line stand, in bytes; the ends are behind the last byte. */
export interface TextSpan {
  readonly keyAt: number;
  readonly keyEnd: number;
  readonly valueAt: number;
  readonly valueEnd: number;
}

function wrongRow(file: string, row: number, starts: Uint32Array): SightlineError {
  const offset = starts.byteOffset + 4 * row;
  return invalid(file, `has row ${row} out of place at offset ${offset}`);
}
