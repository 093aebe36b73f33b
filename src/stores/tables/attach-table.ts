import type { TableHandle } from './global-table.ts';
import { SortedTable } from './sorted-table.ts';
import { readShape } from './table-memory.ts';
import { TextSet } from './text-set.ts';
import { U64Map } from './u64-map.ts';

/** A table of any kind. */
export type AnyTable = TextSet | U64Map | SortedTable;

/**
 * Reads a table that another thread shares, without copying it. Throws `SL_DATA_INVALID` when the memory holds no table.
 *
 * @example attachTable(workerData.blocked).has('u1')
 */
export function attachTable({ memory }: TableHandle): AnyTable {
  const shape = readShape(memory, '(shared memory)');
  if (shape.kind === 'set') return new TextSet(memory, shape);
  if (shape.kind === 'sorted') return new SortedTable(memory, shape);
  return new U64Map(memory, shape);
}
