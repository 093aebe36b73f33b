/**
 * The last items of a domain, in order; an old one goes for each new one.
 *
 * @example
 * const recent = new RecentItems(2);
 * for (const item of [4, 5, 6]) recent.push(item);
 * recent.last(2, new Int32Array(2)); // Int32Array [5, 6]
 */
export class RecentItems {
  readonly #items: Int32Array;
  #seen = 0;

  constructor(capacity: number) {
    this.#items = new Int32Array(capacity);
  }

  /** How many are kept. */
  get count(): number {
    return Math.min(this.#seen, this.#items.length);
  }

  /** O(1). */
  push(item: number): void {
    this.#items[this.#seen % this.#items.length] = item;
    this.#seen += 1;
  }

  /** Writes the last `size` into `out` and returns that part of it; `size` is at most `count`. */
  last(size: number, out: Int32Array): Int32Array {
    const capacity = this.#items.length;
    for (let i = 0; i < size; i++) out[i] = this.#items[(this.#seen - size + i) % capacity];
    return out.subarray(0, size);
  }
}
