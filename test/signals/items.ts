import type { ItemColumns } from '../../src/signals/known/item-columns.ts';

/** Items of the given catalogue codes, live but for those listed. */
export function itemsOf(catalogs: readonly number[], hidden: readonly number[] = []): ItemColumns {
  return {
    count: catalogs.length,
    catalog: Uint16Array.from(catalogs),
    live: Uint8Array.from(catalogs, (_, item) => (hidden.includes(item) ? 0 : 1)),
  };
}
