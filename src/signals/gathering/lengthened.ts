interface Column {
  readonly length: number;
  set(from: ArrayLike<number>): void;
}

/**
 * A longer copy of a typed array; the new places are 0. O(length).
 *
 * @example lengthened(Uint8Array.of(7), 3) // Uint8Array [7, 0, 0]
 */
export function lengthened<Kind extends Column>(column: Kind, length: number): Kind {
  const made = new (column.constructor as new (length: number) => Kind)(length);
  made.set(column as unknown as ArrayLike<number>);
  return made;
}
