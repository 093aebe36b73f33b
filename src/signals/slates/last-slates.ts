/** Room of a set, and how many sessions share it at the bound: by chance few sets get twice as many. */
const ways = 16;
const sessionsPerSet = 8;

/** Bounds of the memory. */
interface LastSlatesOptions {
  /** Room is taken for twice as many, so that at this number 99 of 100 are remembered. */
  readonly maxSessions: number;
  /** Places of a slate that are remembered and compared. */
  readonly maxPlaces: number;
}

/**
 * The last slate of each recent session, in a set-associative table of fixed size: the set of a session follows from
 * its hash, and a full set forgets the session that it has not seen for the longest time.
 *
 * @example
 * const slates = new LastSlates({ maxSessions: 20_000, maxPlaces: 100 });
 * slates.repetition(77, Int32Array.of(1, 2), 2); // NaN
 * slates.repetition(77, Int32Array.of(2, 3), 2); // 0.5
 */
export class LastSlates {
  readonly #maxPlaces: number;
  readonly #sets: number;
  readonly #sessions: Float64Array;
  readonly #seenAt: Float64Array;
  readonly #lengths: Int32Array;
  readonly #items: Int32Array;
  #now = 0;

  constructor({ maxSessions, maxPlaces }: LastSlatesOptions) {
    this.#maxPlaces = maxPlaces;
    this.#sets = Math.ceil(maxSessions / sessionsPerSet);
    const slots = this.#sets * ways;
    this.#sessions = new Float64Array(slots);
    this.#seenAt = new Float64Array(slots);
    this.#lengths = new Int32Array(slots);
    this.#items = new Int32Array(slots * maxPlaces);
  }

  /**
   * The share of the first `count` of `items` that the slate before had too, 0 to 1; NaN where none is remembered. The
   * items are remembered in its place. `session` is a `hashId`, not 0. O(count · maxPlaces), no allocation.
   */
  repetition(session: number, items: Int32Array, count: number): number {
    const slot = this.#slotOf(session);
    const places = Math.min(count, this.#maxPlaces);
    const share = this.#overlap(slot, items, places) / places;
    this.#now += 1;
    this.#seenAt[slot] = this.#now;
    this.#lengths[slot] = places;
    const first = slot * this.#maxPlaces;
    for (let place = 0; place < places; place++) this.#items[first + place] = items[place];
    return share;
  }

  /** The slot of a session, emptied for it where it is new. */
  #slotOf(session: number): number {
    const first = ((session >>> 0) % this.#sets) * ways;
    let oldest = first;
    for (let slot = first; slot < first + ways; slot++) {
      if (this.#sessions[slot] === session) return slot;
      if (this.#seenAt[slot] < this.#seenAt[oldest]) oldest = slot;
    }
    this.#sessions[oldest] = session;
    this.#lengths[oldest] = 0;
    return oldest;
  }

  /** How many of the items are among those of a slot; NaN where it is empty. */
  #overlap(slot: number, items: Int32Array, count: number): number {
    if (this.#lengths[slot] === 0) return Number.NaN;
    const first = slot * this.#maxPlaces;
    const end = first + this.#lengths[slot];
    let found = 0;
    for (let place = 0; place < count; place++) {
      let at = first;
      while (at < end && this.#items[at] !== items[place]) at += 1;
      if (at < end) found += 1;
    }
    return found;
  }
}
