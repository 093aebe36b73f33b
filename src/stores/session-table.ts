import { doubled, type Session, SessionEvents } from './session-events.ts';

/** No neighbour. */
const none = -1;
const firstPlaces = 256;

/** The key under which what a user did is remembered beside the named sessions. */
export const sessionOfUser = (user: string): string => `user:${user}`;

/**
 * Sessions in memory, bounded: the session that was idle longest leaves first.
 * Rebuilt from the end of the feedback at start.
 *
 * @example
 * const sessions = new SessionTable();
 * sessions.record('s1', 7, 2000);
 * sessions.record('s1', 5, 1000);
 * sessions.get('s1')?.items; // Int32Array [5, 7]
 */
export class SessionTable {
  readonly capacity: number;
  /** Where each session stands in the columns. */
  readonly #places = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #free: number[] = [];
  readonly #events = new SessionEvents();
  // Neighbours in the order of the last event. A list of its own: deleting and setting a busy id again and again would fill
  // its bucket of the map.
  #older = new Int32Array(firstPlaces);
  #newer = new Int32Array(firstPlaces);
  #oldest = none;
  #newest = none;

  constructor({ capacity = 100_000 }: { capacity?: number } = {}) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#places.size;
  }

  /** A copy of a session, which later events leave as it is. */
  get(id: string): Session | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.#events.read(place);
  }

  /** Ids of at most `limit` sessions, the longest idle first. */
  ids(limit: number): string[] {
    const ids: string[] = [];
    for (let at = this.#oldest; at !== none && ids.length < limit; at = this.#newer[at])
      ids.push(this.#ids[at]);
    return ids;
  }

  /** Records that something happened with an item in a session, once for each time; late events are put in their place. */
  record(id: string, item: number, atMs: number): void {
    let place = this.#newest;
    if (place === none || this.#ids[place] !== id) {
      const known = this.#places.get(id);
      if (known !== undefined) this.#unlink(known);
      place = known ?? this.#add(id);
      this.#linkNewest(place);
    }
    this.#events.insert(place, item, atMs);
  }

  /** Forgets a session. */
  delete(id: string): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#places.delete(id);
    this.#unlink(place);
    this.#events.end(place);
    this.#ids[place] = '';
    this.#free.push(place);
  }

  /** Forgets every session whose id begins with a text. */
  deleteAll(prefix: string): void {
    for (const id of this.#places.keys()) if (id.startsWith(prefix)) this.delete(id);
  }

  #add(id: string): number {
    if (this.#places.size >= this.capacity) this.delete(this.#ids[this.#oldest]);
    const place = this.#free.pop() ?? this.#ids.length;
    if (place >= this.#older.length) {
      this.#older = doubled(this.#older);
      this.#newer = doubled(this.#newer);
    }
    this.#ids[place] = id;
    this.#places.set(id, place);
    this.#events.begin(place);
    return place;
  }

  #unlink(place: number): void {
    const older = this.#older[place];
    const newer = this.#newer[place];
    if (older === none) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === none) this.#newest = older;
    else this.#older[newer] = older;
  }

  #linkNewest(place: number): void {
    const before = this.#newest;
    this.#older[place] = before;
    this.#newer[place] = none;
    if (before === none) this.#oldest = place;
    else this.#newer[before] = place;
    this.#newest = place;
  }
}
