import type { GlobalTable, TableHandle, TableKey, TableKeys } from './global-table.ts';
import { type TableShape, versionOf } from './table-memory.ts';
import { TextRows } from './text-rows.ts';

/** A set of text keys in shared memory, found by hash; `verify` checks what a file says of itself. */
export class TextSet implements GlobalTable<true> {
  readonly kind = 'set';
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

  get(key: TableKey): true | undefined {
    return this.has(key) ? true : undefined;
  }

  mget(keys: TableKeys, numbers: Uint32Array, found: Uint8Array): number {
    return this.rows.mget(keys, numbers, found);
  }

  share(): TableHandle {
    return { kind: this.kind, memory: this.#memory };
  }

  verify(file: string): void {
    this.rows.verify(file);
  }
}
