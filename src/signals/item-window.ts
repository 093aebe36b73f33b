const minSlots = 1024;

/** Memory that several windows share. */
export interface MemoryBudget {
  bytesLeft: number;
}

/**
 * The set of items seen in a sliding window that moves in panes: exact, one byte per item up to the
 * highest dense index seen.
 *
 * @example
 * const window = new ItemWindow({ bytesLeft: 4096 });
 * window.see(7, 1);
 * window.see(7, 2);
 * window.expire(1);
 * window.distinct; // 1
 */
export class ItemWindow {
  readonly #budget: MemoryBudget;
  /** Per item the pane in which it was last seen, 1 to 255; 0 is not in the window. */
  #panes = new Uint8Array(0);
  #distinct = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  /** Marks an item as seen in a pane; answers false where there is no memory for it. O(1). */
  see(item: number, pane: number): boolean {
    if (item >= this.#panes.length && !this.#grow(item)) return false;
    if (this.#panes[item] === 0) this.#distinct += 1;
    this.#panes[item] = pane;
    return true;
  }

  /** Forgets what was last seen in a pane. One pass over the items. */
  expire(pane: number): void {
    const panes = this.#panes;
    for (let item = 0; item < panes.length; item++) {
      if (panes[item] !== pane) continue;
      panes[item] = 0;
      this.#distinct -= 1;
    }
  }

  /** How many different items are in the window. */
  get distinct(): number {
    return this.#distinct;
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
