/** Sessions in one compressed row table: session s has the places `offsets[s]` to `offsets[s + 1] - 1`. */
export interface ClickSessions {
  readonly offsets: Uint32Array;
  /** Dense item indices, each session's in the order in which the clicks came. */
  readonly items: Uint32Array;
  /** Epoch milliseconds. */
  readonly atMs: Float64Array;
}

/** No sessions at all. */
export const noSessions: ClickSessions = {
  offsets: new Uint32Array(1),
  items: new Uint32Array(0),
  atMs: new Float64Array(0),
};

/** A visitor that pauses longer than this begins a new session. */
const pauseMs = 30 * 60_000;

/**
 * The last clicks of all sessions, at most `capacity` of them; 20 bytes each. Taking one in is O(1); the sessions are put
 * together when they are asked for.
 *
 * @example
 * const recent = new RecentClicks(100);
 * recent.add(1, 7, 10); // session 1, item 7
 * recent.sessionCounts([7], 5); // [1]
 */
export class RecentClicks {
  readonly #session: Float64Array;
  readonly #item: Int32Array;
  readonly #atMs: Float64Array;
  #seen = 0;

  constructor(capacity: number) {
    this.#session = new Float64Array(capacity);
    this.#item = new Int32Array(capacity);
    this.#atMs = new Float64Array(capacity);
  }

  /** Keeps a click, in place of the oldest where there is no more room; `session` is a hash, not 0. */
  add(session: number, item: number, atMs: number): void {
    const at = this.#seen % this.#item.length;
    this.#session[at] = session;
    this.#item[at] = item;
    this.#atMs[at] = atMs;
    this.#seen += 1;
  }

  /** In how many different sessions each of the items was clicked, counted up to `limit`. O(capacity). */
  sessionCounts(items: readonly number[], limit: number): number[] {
    const ordinals = new Int32Array(items.reduce((most, item) => Math.max(most, item + 1), 0));
    for (const [k, item] of items.entries()) ordinals[item] = k + 1;
    const sessions = items.map(() => new Set<number>());
    for (let nth = 0; nth < this.#count; nth++) {
      const at = this.#placeOf(nth);
      const item = this.#item[at];
      const k = item < ordinals.length ? ordinals[item] - 1 : -1;
      if (k >= 0 && sessions[k].size < limit) sessions[k].add(this.#session[at]);
    }
    return sessions.map(({ size }) => size);
  }

  /**
   * All clicks by session, sessions by their first click, cut where a visitor paused for half an hour; in shared memory,
   * so that handing them on costs nothing. O(clicks).
   */
  sessions(): ClickSessions {
    const count = this.#count;
    const { sessionOf, offsets } = this.#cut();
    const items = new Uint32Array(new SharedArrayBuffer(4 * count));
    const atMs = new Float64Array(new SharedArrayBuffer(8 * count));
    const ends = offsets.slice();
    for (let nth = 0; nth < count; nth++) {
      const at = this.#placeOf(nth);
      const place = ends[sessionOf[nth]]++;
      items[place] = this.#item[at];
      atMs[place] = this.#atMs[at];
    }
    return { offsets, items, atMs };
  }

  get #count(): number {
    return Math.min(this.#seen, this.#item.length);
  }

  /** Place of the nth click that is kept, the oldest being the first. */
  #placeOf(nth: number): number {
    return (this.#seen - this.#count + nth) % this.#item.length;
  }

  /** The number of the session of each click, and where each session starts. */
  #cut(): { readonly sessionOf: Uint32Array; readonly offsets: Uint32Array } {
    const count = this.#count;
    const current = new Map<number, { number: number; atMs: number }>();
    const sessionOf = new Uint32Array(count);
    const sizes: number[] = [];
    for (let nth = 0; nth < count; nth++) {
      const at = this.#placeOf(nth);
      let session = current.get(this.#session[at]);
      if (session === undefined || this.#atMs[at] - session.atMs > pauseMs) {
        session = { number: sizes.push(0) - 1, atMs: 0 };
        current.set(this.#session[at], session);
      }
      session.atMs = this.#atMs[at];
      sessionOf[nth] = session.number;
      sizes[session.number] += 1;
    }
    const offsets = new Uint32Array(new SharedArrayBuffer(4 * (sizes.length + 1)));
    for (const [number, size] of sizes.entries()) offsets[number + 1] = offsets[number] + size;
    return { sessionOf, offsets };
  }
}
