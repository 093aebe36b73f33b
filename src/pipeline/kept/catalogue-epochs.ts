import type { ItemTable } from '../../stores/item-table.ts';

/** Numbers the states of the catalogue. */
export interface CatalogueEpochs {
  /** The number of the state now: a new one once something changed, at most once in the time given. */
  at(nowMs: number): number;
}

/**
 * Makes what numbers the states of an item table, so that lists made of one state can be told from those of another.
 *
 * @example
 * const epochs = createCatalogueEpochs(table, { freshMs: 60_000 });
 * epochs.at(0); // 0
 * table.upsert(item);
 * epochs.at(1); // 1
 */
export function createCatalogueEpochs(
  table: Pick<ItemTable, 'revision'>,
  { freshMs }: { readonly freshMs: number },
): CatalogueEpochs {
  let epoch = 0;
  let seen = table.revision;
  let sinceMs = Number.NEGATIVE_INFINITY;
  return {
    at(nowMs) {
      if (table.revision === seen || nowMs - sinceMs < freshMs) return epoch;
      seen = table.revision;
      sinceMs = nowMs;
      epoch += 1;
      return epoch;
    },
  };
}
