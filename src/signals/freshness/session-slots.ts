import { HashIndex } from '../gathering/hash-index.ts';
import { lengthened } from '../gathering/lengthened.ts';

const firstCapacity = 1024;

/**
 * Gives each session a slot for as long as it is in use: the columns of its owner grow with `capacity`, and once there
 * are `maxSessions` a new session takes the slot of the one that was used the longest time ago. A session is a
 * `hashId`, not 0. About 24 bytes a session; O(1) expected each.
 *
 * @example
 * const slots = new SessionSlots(2);
 * slots.admit(77); // 0
 * slots.admit(88); // 1
 * slots.use(77); // 0
 * slots.admit(99); // 1, and 88 is forgotten
 */
export class SessionSlots {
  readonly #maxSessions: number;
  #sessions: Float64Array;
  #index: HashIndex;
  /** Neighbours by last use, in a ring: slot + 1, where 0 stands between the newest and the oldest. */
  #older: Int32Array;
  #newer: Int32Array;
  #count = 0;

  constructor(maxSessions: number) {
    const capacity = Math.min(firstCapacity, maxSessions);
    this.#maxSessions = maxSessions;
    this.#sessions = new Float64Array(capacity);
    this.#index = new HashIndex(this.#sessions);
    this.#older = new Int32Array(capacity + 1);
    this.#newer = new Int32Array(capacity + 1);
  }

  /** Slots given, 0 to count - 1. */
  get count(): number {
    return this.#count;
  }

  /** Slots there is room for at present. */
  get capacity(): number {
    return this.#sessions.length;
  }

  /** The slot of a session, which is now the one used last; -1 where it has none. */
  use(session: number): number {
    const slot = this.#index.find(session);
    if (slot >= 0) {
      this.#unlink(slot + 1);
      this.#linkNewest(slot + 1);
    }
    return slot;
  }

  /** The slot of a session that has none; what stands in it is of another session. */
  admit(session: number): number {
    const slot = this.#count < this.#maxSessions ? this.#add() : this.#free();
    this.#sessions[slot] = session;
    this.#index.set(slot);
    this.#linkNewest(slot + 1);
    return slot;
  }

  #add(): number {
    if (this.#count === this.capacity) this.#grow();
    this.#count += 1;
    return this.#count - 1;
  }

  /** The slot used the longest time ago. */
  #free(): number {
    const oldest = this.#newer[0];
    this.#unlink(oldest);
    this.#index.delete(this.#sessions[oldest - 1]);
    return oldest - 1;
  }

  #unlink(link: number): void {
    this.#newer[this.#older[link]] = this.#newer[link];
    this.#older[this.#newer[link]] = this.#older[link];
  }

  #linkNewest(link: number): void {
    const before = this.#older[0];
    this.#newer[before] = link;
    this.#older[link] = before;
    this.#newer[link] = 0;
    this.#older[0] = link;
  }

  #grow(): void {
    const capacity = Math.min(2 * this.capacity, this.#maxSessions);
    this.#sessions = lengthened(this.#sessions, capacity);
    this.#older = lengthened(this.#older, capacity + 1);
    this.#newer = lengthened(this.#newer, capacity + 1);
    this.#index = new HashIndex(this.#sessions);
    for (let slot = 0; slot < this.#count; slot++) this.#index.set(slot);
  }
}
