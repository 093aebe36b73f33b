/** Events kept of one session. */
export const sessionCapacity = 50;

/** The session so far: items in the order they happened. */
export interface Session {
  /** Dense item indices, oldest first; only the first `count` are in use. */
  readonly items: Int32Array;
  /** Epoch milliseconds of each event. */
  readonly atMs: Float64Array;
  count: number;
}

/**
 * Sessions in memory, bounded: the session that was idle longest leaves first.
 * Rebuilt from the end of the feedback at start.
 */
export class SessionTable {
  readonly capacity: number;
  readonly #sessions = new Map<string, Session>();

  constructor({ capacity = 100_000 }: { capacity?: number } = {}) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /** Records that something happened with an item in a session; late events are put in their place. */
  record(id: string, item: number, atMs: number): void {
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = {
        items: new Int32Array(sessionCapacity),
        atMs: new Float64Array(sessionCapacity),
        count: 0,
      };
      this.#makeRoom();
    } else {
      this.#sessions.delete(id);
    }
    // Re-inserting moves the session to the end of the map's order: the front is the longest idle.
    this.#sessions.set(id, session);
    insertInTimeOrder(session, item, atMs);
  }

  #makeRoom(): void {
    if (this.#sessions.size < this.capacity) return;
    const idle = this.#sessions.keys().next().value;
    if (idle !== undefined) this.#sessions.delete(idle);
  }
}

function insertInTimeOrder(session: Session, item: number, atMs: number): void {
  const { items, atMs: times } = session;
  let place = session.count;
  while (place > 0 && times[place - 1] > atMs) place -= 1;
  if (session.count < sessionCapacity) {
    items.copyWithin(place + 1, place, session.count);
    times.copyWithin(place + 1, place, session.count);
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
