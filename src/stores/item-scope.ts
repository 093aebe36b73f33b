import type { ItemTable } from './item-table.ts';

/** The code of a name that no item carries: it matches nothing. */
export const unknownCode = 0xffff;

/** The part of the catalogue that is asked for, in codes of the item table. */
export interface ItemScope {
  /** Code of a catalogue; -1 for any, `unknownCode` for one that there is not. */
  readonly catalog: number;
  /** Codes of categories; empty asks for none in particular. */
  readonly categories: Uint16Array;
  /** Whether an item must have each of the categories, and not just one of them. */
  readonly every: boolean;
}

/**
 * Whether an item belongs to a scope. O(categories of the item · categories of the scope), no allocation.
 *
 * @example isInScope(table, { catalog: -1, categories: Uint16Array.of(table.categories.find('boots')), every: false }, 4) // true
 */
export function isInScope(table: ItemTable, scope: ItemScope, item: number): boolean {
  const { catalog, categories, every } = scope;
  if (catalog >= 0 && table.catalog[item] !== catalog) return false;
  if (categories.length === 0) return true;
  const own = table.categoriesOf[item];
  return every ? holdsAll(own, categories) : holdsAny(own, categories);
}

function holdsAll(own: Uint16Array, wanted: Uint16Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (!holds(own, wanted[i])) return false;
  return true;
}

/** Items have few categories, scopes may have many. */
function holdsAny(own: Uint16Array, wanted: Uint16Array): boolean {
  for (let i = 0; i < own.length; i++) if (holds(wanted, own[i])) return true;
  return false;
}

/** Faster on short lists than `includes`. */
function holds(codes: Uint16Array, code: number): boolean {
  for (let i = 0; i < codes.length; i++) if (codes[i] === code) return true;
  return false;
}
