import { type ItemColumns, noItems } from '../known/item-columns.ts';
import { CodeGroups } from './code-groups.ts';

/**
 * The live items by their own catalogue, at most `maxCatalogs` told apart.
 *
 * @example
 * const catalogs = new CatalogGroups(8);
 * catalogs.follow({ count: 3, catalog: Uint16Array.of(5, 5, 6), live: Uint8Array.of(1, 1, 0) });
 * catalogs.ofItem; // Uint16Array [1, 1, 9]
 * catalogs.live[1]; // 2
 */
export class CatalogGroups {
  /** Group of each known item: 0 shared, 1 to `maxCatalogs`, and one more for items that are not live. */
  ofItem = new Uint16Array(0);
  /** Live items of each group. */
  readonly live: Uint32Array;
  /** Groups in `ofItem`. */
  readonly span: number;
  readonly #groups: CodeGroups;
  #items = noItems;

  constructor(maxCatalogs: number) {
    this.#groups = new CodeGroups(maxCatalogs);
    this.span = this.#groups.span + 1;
    this.live = new Uint32Array(this.span);
  }

  /** Catalogue code of each group of live items. */
  get codes(): readonly number[] {
    return this.#groups.codes;
  }

  /** Takes over what is known of the items; costs nothing where it is what was known before. O(count). */
  follow(items: ItemColumns): void {
    if (items === this.#items) return;
    this.#items = items;
    const notLive = this.#groups.span;
    this.ofItem = new Uint16Array(items.count);
    this.live.fill(0);
    for (let item = 0; item < items.count; item++) {
      const isLive = items.live[item] === 1;
      const group = isLive ? this.#groups.of(items.catalog[item]) : notLive;
      this.ofItem[item] = group;
      if (isLive) this.live[group] += 1;
    }
  }
}
