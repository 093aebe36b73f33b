/** Sessions in one compressed row table: session s has the places `offsets[s]` to `offsets[s + 1] - 1`. */
export interface ClickSessions {
  readonly offsets: Uint32Array;
  /** Dense item indices, each session's in the order in which the clicks came. */
  readonly items: Int32Array;
  /** Epoch milliseconds. */
  readonly atMs: Float64Array;
}

/** Bounds of what is handed over. */
export interface SessionLimits {
  readonly maxSessions: number;
  /** Clicks of a session, those around the click it was chosen for. */
  readonly maxSessionClicks: number;
}

/** No sessions at all. */
export const noSessions: ClickSessions = {
  offsets: new Uint32Array(1),
  items: new Int32Array(0),
  atMs: new Float64Array(0),
};

/** Cells of the sieve that sessions pass before they are looked up; a power of two. */
const sieveSize = 65_536;

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
    const sessions = items.map((): number[] => []);
    this.#visit(items, (k, at) => {
      const session = this.#session[at];
      if (sessions[k].length < limit && !sessions[k].includes(session)) sessions[k].push(session);
    });
    return sessions.map(({ length }) => length);
  }

  /**
   * The sessions in which any of the items was clicked, newest first. Each item has an equal part of `maxSessions`, so
   * that one that is clicked a lot takes nothing from the others. O(capacity).
   */
  sessionsWith(items: readonly number[], limits: SessionLimits): ClickSessions {
    const chosen = this.#choose(items, limits.maxSessions);
    const sessions = this.#clicksOf(chosen).map((ages, s) =>
      around(ages, chosen.ages[s], limits.maxSessionClicks),
    );
    const offsets = new Uint32Array(sessions.length + 1);
    for (const [s, { length }] of sessions.entries()) offsets[s + 1] = offsets[s] + length;
    const places = sessions.flatMap((ages) => ages.reverse().map((age) => this.#placeOf(age)));
    return {
      offsets,
      items: Int32Array.from(places, (at) => this.#item[at]),
      atMs: Float64Array.from(places, (at) => this.#atMs[at]),
    };
  }

  get #count(): number {
    return Math.min(this.#seen, this.#item.length);
  }

  /** Age 0 is the newest click. */
  #placeOf(age: number): number {
    return (this.#seen - 1 - age) % this.#item.length;
  }

  /** Shows the clicks on items of the list, newest first. */
  #visit(items: readonly number[], see: (k: number, at: number, age: number) => void): void {
    const ordinals = new Int32Array(items.reduce((most, item) => Math.max(most, item + 1), 0));
    for (const [k, item] of items.entries()) ordinals[item] = k + 1;
    for (let age = 0; age < this.#count; age++) {
      const at = this.#placeOf(age);
      const item = this.#item[at];
      if (item < ordinals.length && ordinals[item] > 0) see(ordinals[item] - 1, at, age);
    }
  }

  /** Sessions and the age of the click that each was chosen for. */
  #choose(items: readonly number[], maxSessions: number): Chosen {
    const share = Math.max(1, Math.floor(maxSessions / items.length));
    const given = new Uint32Array(items.length);
    const chosen: Chosen = { numbers: new Map(), ages: [] };
    this.#visit(items, (k, at, age) => {
      const session = this.#session[at];
      if (given[k] === share || chosen.ages.length === maxSessions) return;
      if (chosen.numbers.has(session)) return;
      given[k] += 1;
      chosen.numbers.set(session, chosen.ages.length);
      chosen.ages.push(age);
    });
    return chosen;
  }

  /** The ages of all clicks of each chosen session, newest first. */
  #clicksOf({ numbers, ages }: Chosen): number[][] {
    const clicks = ages.map((): number[] => []);
    // Looking a session up costs more than all else, and hardly any of them is chosen.
    const sieve = new Uint8Array(sieveSize);
    for (const session of numbers.keys()) sieve[session & (sieveSize - 1)] = 1;
    for (let age = 0; age < this.#count; age++) {
      const session = this.#session[this.#placeOf(age)];
      if (sieve[session & (sieveSize - 1)] === 0) continue;
      const number = numbers.get(session);
      if (number !== undefined) clicks[number].push(age);
    }
    return clicks;
  }
}

interface Chosen {
  /** Ordinal of each session. */
  readonly numbers: Map<number, number>;
  readonly ages: number[];
}

/** At most `limit` ages in a row, with the given one as near to the middle as may be. */
function around(ages: readonly number[], age: number, limit: number): number[] {
  const middle = ages.indexOf(age) - Math.floor(limit / 2);
  const start = Math.max(0, Math.min(middle, ages.length - limit));
  return ages.slice(start, start + limit);
}
