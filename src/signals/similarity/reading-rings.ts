import { lengthened } from '../gathering/lengthened.ts';

/**
 * The last readings of each item in time order, and the slope of the line through them. 8 bytes a reading and 12 an
 * item.
 *
 * @example
 * const rings = new ReadingRings(3);
 * rings.grow(1);
 * [0.9, 0.8, 0.7].forEach((value, i) => rings.push(0, value, i));
 * rings.slope(0); // -0.1
 */
export class ReadingRings {
  readonly #size: number;
  #values = new Float64Array(0);
  /** Readings ever taken of each item. */
  #taken = new Uint32Array(0);
  #lastAtMs = new Float64Array(0);

  /** `size` readings are kept of an item, at least 2. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Makes room for the items 0 to `items - 1`. */
  grow(items: number): void {
    this.#values = lengthened(this.#values, items * this.#size);
    this.#taken = lengthened(this.#taken, items);
    this.#lastAtMs = lengthened(this.#lastAtMs, items);
  }

  /** Takes a reading in, and answers false for one that is older than the last: readings stay in time order. O(1). */
  push(item: number, value: number, atMs: number): boolean {
    const taken = this.#taken[item];
    if (taken > 0 && atMs < this.#lastAtMs[item]) return false;
    this.#values[item * this.#size + (taken % this.#size)] = value;
    this.#taken[item] = taken + 1;
    this.#lastAtMs[item] = atMs;
    return true;
  }

  /** Whether an item has as many readings as are kept. */
  isFull(item: number): boolean {
    return this.#taken[item] >= this.#size;
  }

  /**
   * Slope of the least-squares line through the readings, per reading; NaN while there are fewer than are kept. The
   * readings are evenly spaced, so it is Σ (x - x̄) y / (n (n² - 1) / 12). O(size).
   */
  slope(item: number): number {
    const size = this.#size;
    if (!this.isFull(item)) return Number.NaN;
    const start = item * size;
    const middle = (size - 1) / 2;
    let at = this.#taken[item] % size;
    let sum = 0;
    for (let x = 0; x < size; x++) {
      sum += (x - middle) * this.#values[start + at];
      at = at + 1 === size ? 0 : at + 1;
    }
    return sum / ((size * (size * size - 1)) / 12);
  }

  /** Forgets the readings of an item. */
  forget(item: number): void {
    this.#taken[item] = 0;
  }

  /** Forgets all readings. O(items). */
  clear(): void {
    this.#taken.fill(0);
  }
}
