import type { Item } from '../../../src/domain/item.ts';
import { ItemTable } from '../../../src/stores/item-table.ts';

const plain = { catalog: 'c', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };

/** Adds an item that may be shown. */
export function describe(table: ItemTable, id: string, more: Partial<Item> = {}): number {
  return table.upsert({ ...plain, id, ...more });
}

/** A table that keeps the vectors of two columns. */
export function emptyTable(): ItemTable {
  return new ItemTable({ vectorColumns: ['embedding', 'text.vector'] });
}

/** A table of letters with labels and vectors: those near each other in the alphabet are alike; z has nothing. */
export function describedTable(letters: string): ItemTable {
  const table = emptyTable();
  for (const id of letters) {
    const place = id.charCodeAt(0) - 97;
    const labels = {
      genre: [`g${place >> 1}`, `g${(place + 1) >> 1}`],
      embedding: [place, place * place, 1],
      text: { vector: [place / 10, 1] },
    };
    describe(table, id, id === 'z' ? {} : { categories: [`c${place >> 2}`], labels });
  }
  return table;
}
