import type { Item } from '../../domain/item.ts';

/** Makes items of events, where no file says what there is. */
export interface NewItems {
  /** The items of these events that none before had, known by their id alone. */
  of(events: readonly { readonly item: string }[]): readonly Item[];
}

/** Makes a maker that has seen no item. */
export function createNewItems(): NewItems {
  const seen = new Set<string>();
  return {
    of(events) {
      const items: Item[] = [];
      for (const { item: id } of events) {
        if (seen.has(id)) continue;
        seen.add(id);
        items.push({
          ...{ id, catalog: 'default', categories: [], attributes: {} },
          ...{ hidden: false, publishedAtMs: 0 },
        });
      }
      return items;
    },
  };
}
