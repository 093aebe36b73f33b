/** Clicks as columns, oldest first. */
export interface Clicks {
  readonly count: number;
  /** Dense item indices. */
  readonly item: Int32Array;
  /** Hash of the session, 0 for none. */
  readonly session: Float64Array;
  /** Code of the catalogue through which the click came. */
  readonly catalog: Uint16Array;
}

/**
 * The last clicks, at most `capacity` of them; 14 bytes each.
 *
 * @example
 * const history = new ClickHistory(2);
 * for (const item of [4, 5, 6]) history.add(item, 0, 1);
 * history.take(() => true).item; // Int32Array [5, 6]
 */
export class ClickHistory {
  readonly #item: Int32Array;
  readonly #session: Float64Array;
  readonly #catalog: Uint16Array;
  #seen = 0;

  constructor(capacity: number) {
    this.#item = new Int32Array(capacity);
    this.#session = new Float64Array(capacity);
    this.#catalog = new Uint16Array(capacity);
  }

  get count(): number {
    return Math.min(this.#seen, this.#item.length);
  }

  /** Keeps a click, in place of the oldest where there is no more room. O(1). */
  add(item: number, session: number, catalog: number): void {
    const at = this.#seen % this.#item.length;
    this.#item[at] = item;
    this.#session[at] = session;
    this.#catalog[at] = catalog;
    this.#seen += 1;
  }

  /** A copy of what is kept of items that `wanted` says yes to. */
  take(wanted: (item: number) => boolean): Clicks {
    const { count } = this;
    const capacity = this.#item.length;
    const places = Uint32Array.from(
      { length: count },
      (_, i) => (this.#seen - count + i) % capacity,
    ).filter((at) => wanted(this.#item[at]));
    return {
      count: places.length,
      item: Int32Array.from(places, (at) => this.#item[at]),
      session: Float64Array.from(places, (at) => this.#session[at]),
      catalog: Uint16Array.from(places, (at) => this.#catalog[at]),
    };
  }
}
