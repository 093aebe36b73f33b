import type { ItemTable } from '../stores/item-table.ts';

/** How the item codes of a trained model stand to the dense indices of the item table it serves. */
export interface ItemCodes {
  /** Dense index of each code, -1 for items that the table does not hold. */
  readonly denseOf: Int32Array;
  /** Items that the table held at the time. */
  readonly size: number;
  /** The code of a dense index; -1 for items that the model never saw. */
  codeOf(item: number): number;
}

/**
 * Matches the ids that a model was trained on with the item table. Items that come to the table later have
 * no code.
 *
 * @example matchItems(['A', 'gone'], tableThatHoldsA).denseOf // Int32Array [0, -1]
 */
export function matchItems(ids: readonly string[], table: ItemTable): ItemCodes {
  const denseOf = Int32Array.from(ids, (id) => table.indexOf(id));
  const codes = new Int32Array(table.size).fill(-1);
  for (let code = 0; code < denseOf.length; code++)
    if (denseOf[code] >= 0) codes[denseOf[code]] = code;
  return {
    denseOf,
    size: codes.length,
    codeOf: (item) => (item >= 0 && item < codes.length ? codes[item] : -1),
  };
}
