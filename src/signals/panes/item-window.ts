import type { CatalogGroups } from '../gathering/catalog-groups.ts';

const minSlots = 1024;

/** Memory that several windows share. */
export interface MemoryBudget {
  bytesLeft: number;
}

/** Different items of a group of catalogues. */
interface GroupCount {
  readonly group: number;
  readonly exposed: number;
}

/**
 * The set of items seen in a sliding window that moves in panes: exact, one byte per item up to the
 * highest dense index seen.
 *
 * @example
 * const window = new ItemWindow({ bytesLeft: 4096 });
 * window.see(7, 0);
 * window.see(7, 1);
 * window.expire(0);
 * window.count(catalogs); // [{ group: 1, exposed: 1 }]
 */
export class ItemWindow {
  readonly #budget: MemoryBudget;
  /** Per item the pane in which it was last seen, plus 1; 0 is not in the window. */
  #panes = new Uint8Array(0);
  readonly #shown = new Set<number>();

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  /** Marks an item as seen in a pane, 0 to 254; answers false where there is no memory for it. O(1). */
  see(item: number, pane: number): boolean {
    if (item >= this.#panes.length && !this.#grow(item)) return false;
    this.#panes[item] = pane + 1;
    return true;
  }

  /** Forgets what was last seen in a pane. One pass over the items. */
  expire(pane: number): void {
    const panes = this.#panes;
    for (let item = 0; item < panes.length; item++) if (panes[item] === pane + 1) panes[item] = 0;
  }

  /**
   * How many different live items of each catalogue are in the window, for every catalogue that ever had one there.
   * One pass over the items.
   */
  count({ ofItem, span, codes }: CatalogGroups): GroupCount[] {
    const counts = new Uint32Array(span);
    const panes = this.#panes;
    const known = Math.min(panes.length, ofItem.length);
    for (let item = 0; item < known; item++) if (panes[item] > 0) counts[ofItem[item]] += 1;
    for (let group = 0; group < codes.length; group++)
      if (counts[group] > 0) this.#shown.add(group);
    return Array.from(this.#shown, (group) => ({ group, exposed: counts[group] }));
  }

  #grow(item: number): boolean {
    const length = Math.max(minSlots, 2 ** Math.ceil(Math.log2(item + 1)));
    const more = length - this.#panes.length;
    if (more > this.#budget.bytesLeft) return false;
    this.#budget.bytesLeft -= more;
    const grown = new Uint8Array(length);
    grown.set(this.#panes);
    this.#panes = grown;
    return true;
  }
}
