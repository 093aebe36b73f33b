const minSlots = 1024;

/**
 * How often each of the numbers 0, 1, 2 ... was counted in each pane of a sliding window: exact, four bytes per number
 * and pane up to the highest number counted.
 *
 * @example
 * const counts = new PaneCounts({ panes: 2 });
 * counts.add(7, 0);
 * counts.add(7, 1);
 * counts.forget(0);
 * counts.totals()[7]; // 1
 */
export class PaneCounts {
  readonly #panes: Uint32Array[];
  readonly #limit: number;

  constructor({ panes, maxBytes = 64 << 20 }: { panes: number; maxBytes?: number | undefined }) {
    this.#panes = Array.from({ length: panes }, () => new Uint32Array(0));
    this.#limit = Math.floor(maxBytes / (4 * panes));
  }

  /** Counts a number in a pane; answers false where there is no memory for it. O(1). */
  add(number: number, pane: number): boolean {
    if (number >= this.#panes[pane].length && !this.#grow(number)) return false;
    this.#panes[pane][number] += 1;
    return true;
  }

  /** Forgets a pane. O(numbers). */
  forget(pane: number): void {
    this.#panes[pane].fill(0);
  }

  /** How often each number was counted over all panes. O(numbers · panes). */
  totals(): Uint32Array {
    const sums = new Uint32Array(this.#panes[0].length);
    for (const counts of this.#panes)
      for (let number = 0; number < sums.length; number++) sums[number] += counts[number];
    return sums;
  }

  #grow(number: number): boolean {
    if (number >= this.#limit) return false;
    const doubled = Math.max(minSlots, 2 ** Math.ceil(Math.log2(number + 1)));
    const length = Math.min(doubled, this.#limit);
    this.#panes.forEach((counts, pane) => {
      this.#panes[pane] = new Uint32Array(length);
      this.#panes[pane].set(counts);
    });
    return true;
  }
}
