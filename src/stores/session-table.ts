/** Events kept of one session. */
export const sessionCapacity = 50;

/** Most sessions are short: the columns start small and grow with the session. */
const firstCapacity = 8;

/** The session so far: items in the order they happened. */
export interface Session {
  /** Dense item indices, oldest first; only the first `count` are in use. */
  readonly items: Int32Array;
  /** Epoch milliseconds of each event. */
  readonly atMs: Float64Array;
  readonly count: number;
}

interface OwnSession extends Session {
  readonly id: string;
  items: Int32Array;
  atMs: Float64Array;
  count: number;
  /** Neighbours in the order of the last event. */
  older: OwnSession | undefined;
  newer: OwnSession | undefined;
}

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
 * sessions.get('s1')?.items.subarray(0, 2); // Int32Array [5, 7]
 */
export class SessionTable {
  readonly capacity: number;
  readonly #sessions = new Map<string, OwnSession>();
  // A list of its own: deleting and setting a busy id again and again would fill its bucket of the map.
  #oldest: OwnSession | undefined;
  #newest: OwnSession | undefined;

  constructor({ capacity = 100_000 }: { capacity?: number } = {}) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /** Ids of at most `limit` sessions, the longest idle first. */
  ids(limit: number): string[] {
    const ids: string[] = [];
    for (let at = this.#oldest; at !== undefined && ids.length < limit; at = at.newer)
      ids.push(at.id);
    return ids;
  }

  /** Records that something happened with an item in a session, once for each time; late events are put in their place. */
  record(id: string, item: number, atMs: number): void {
    let session = this.#newest;
    if (session === undefined || session.id !== id) {
      session = this.#sessions.get(id);
      if (session === undefined) session = this.#add(id);
      else this.#unlink(session);
      this.#linkNewest(session);
    }
    insertInTimeOrder(session, item, atMs);
  }

  /** Forgets a session. */
  delete(id: string): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    this.#sessions.delete(id);
    this.#unlink(session);
  }

  /** Forgets every session whose id begins with a text. */
  deleteAll(prefix: string): void {
    for (const id of this.#sessions.keys()) if (id.startsWith(prefix)) this.delete(id);
  }

  #add(id: string): OwnSession {
    if (this.#sessions.size >= this.capacity && this.#oldest !== undefined) {
      this.#sessions.delete(this.#oldest.id);
      this.#unlink(this.#oldest);
    }
    const session: OwnSession = {
      id,
      items: new Int32Array(firstCapacity),
      atMs: new Float64Array(firstCapacity),
      count: 0,
      older: undefined,
      newer: undefined,
    };
    this.#sessions.set(id, session);
    return session;
  }

  #unlink(session: OwnSession): void {
    const { older, newer } = session;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }

  #linkNewest(session: OwnSession): void {
    const before = this.#newest;
    session.older = before;
    session.newer = undefined;
    if (before === undefined) this.#oldest = session;
    else before.newer = session;
    this.#newest = session;
  }
}

function insertInTimeOrder(session: OwnSession, item: number, atMs: number): void {
  if (session.count === session.items.length && session.count < sessionCapacity) grow(session);
  const { items, atMs: times } = session;
  let place = session.count;
  while (place > 0 && times[place - 1] > atMs) place -= 1;
  if (isThere(session, { item, atMs, place })) return;
  if (session.count < sessionCapacity) {
    if (place < session.count) {
      items.copyWithin(place + 1, place, session.count);
      times.copyWithin(place + 1, place, session.count);
    }
    session.count += 1;
  } else if (place === 0) {
    return;
  } else {
    place -= 1;
    items.copyWithin(0, 1, place + 1);
    times.copyWithin(0, 1, place + 1);
  }
  items[place] = item;
  times[place] = atMs;
}

/** Whether the same happened at the same time before: an import that is repeated tells nothing new. */
function isThere(
  { items, atMs: times }: OwnSession,
  { item, atMs, place }: { item: number; atMs: number; place: number },
): boolean {
  for (let at = place - 1; at >= 0 && times[at] === atMs; at--) if (items[at] === item) return true;
  return false;
}

function grow(session: OwnSession): void {
  const length = Math.min(session.items.length * 2, sessionCapacity);
  const { items, atMs } = session;
  session.items = new Int32Array(length);
  session.items.set(items);
  session.atMs = new Float64Array(length);
  session.atMs.set(atMs);
}
