import type { ItemTable } from '../../../stores/item-table.ts';
import type { Namespace } from '../namespace.ts';

/** Names of the categories that an item has which may be served, in order. O(items). */
export function liveCategories(
  table: ItemTable,
  { catalog }: Pick<Namespace, 'catalog'>,
): string[] {
  const wanted = catalog === undefined ? -1 : table.catalogs.find(catalog);
  const found = new Set<number>();
  for (let item = 0; item < table.size; item++) {
    const isOther = catalog !== undefined && table.catalog[item] !== wanted;
    if (table.hidden[item] !== 0 || isOther) continue;
    for (const code of table.categoriesOf[item]) found.add(code);
  }
  return [...found].map((code) => table.categories.names[code]).sort();
}
