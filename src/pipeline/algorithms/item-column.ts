import type { ItemTable } from '../../stores/item-table.ts';

/** A number of every item, found once each. */
export interface ItemColumn {
  /** The number of an item by its dense index. */
  of(table: ItemTable, item: number): number;
}

/**
 * Keeps a number that `look` finds by the id of an item and that never changes. Four bytes an item; O(1) after the
 * first time. Numbers are rounded to 32 bits and must not be NaN.
 */
export function createItemColumn(look: (id: string) => number): ItemColumn {
  let known = new Float32Array(0);
  return {
    of(table, item) {
      if (item >= known.length) known = lengthened(known, Math.max(item + 1, table.size));
      const number = known[item];
      if (!Number.isNaN(number)) return number;
      known[item] = look(table.ids[item]);
      return known[item];
    },
  };
}

function lengthened(numbers: Float32Array, size: number): Float32Array<ArrayBuffer> {
  const longer = new Float32Array(size + (size >> 2)).fill(Number.NaN);
  longer.set(numbers);
  return longer;
}
