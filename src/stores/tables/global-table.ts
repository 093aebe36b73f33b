/** What a table holds: keys alone, 32-bit numbers by 64-bit keys, or text by text in order. */
export const tableKinds = ['set', 'u64-u32', 'sorted'] as const;

/** One of `tableKinds`. */
export type TableKind = (typeof tableKinds)[number];

/**
 * A key. In tables of text a whole number stands for its decimal digits; in tables of 64-bit keys a text of decimal
 * digits without leading zeros stands for the number. A number beyond 2^53 - 1 may stand for several keys, so it is in
 * no table: such keys are given as bigint or text.
 */
export type TableKey = string | number | bigint;

/** Many keys; typed arrays spare the making of objects. */
export type TableKeys = readonly TableKey[] | Float64Array | BigUint64Array;

/** A table that another thread can attach with `attachTable`; sending it copies nothing. */
export interface TableHandle {
  readonly kind: TableKind;
  readonly memory: SharedArrayBuffer;
}

/**
 * Data that is loaded whole, stands in memory that all threads share, and never changes: a newer version is another
 * table. A key that no table of the kind can hold is absent, never an error.
 */
export interface GlobalTable<Value = unknown> {
  readonly kind: TableKind;
  /** Keys. */
  readonly size: number;
  /** Bytes of shared memory. */
  readonly bytes: number;
  /** CRC-32 of the content as 8 hexadecimal digits. */
  readonly version: string;
  has(key: TableKey): boolean;
  /** The value of a key, or undefined when the table does not hold it. A set answers `true`. */
  get(key: TableKey): Value | undefined;
  /**
   * Looks all keys up and answers how many it found. `found[i]` becomes 1 or 0; `numbers[i]` the value in a table of
   * numbers, the row in a table of text, 0 for what was not found. Throws `SL_INTERNAL` when the arrays are shorter
   * than the keys.
   */
  mget(keys: TableKeys, numbers: Uint32Array, found: Uint8Array): number;
  /** The table for another thread. */
  share(): TableHandle;
}

/** How large a table may become; both are checked before memory is taken. */
export interface TableLimits {
  readonly maxKeys: number;
  readonly maxBytes: number;
}
