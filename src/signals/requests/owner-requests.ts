import type { EventBatch } from '../../telemetry/event-ring.ts';
import { noteBits } from '../../telemetry/ring-event.ts';

/**
 * A session or a user as one number, as one may have the id of the other: the hash of a session, minus that of a user;
 * 0 is nobody.
 */
export function ownerOf(batch: EventBatch, i: number): number {
  const isUser = (batch.trouble(i) & noteBits.ofUser) !== 0;
  return isUser ? -batch.session(i) : batch.session(i);
}

/**
 * The requests of each owner, newest first: hash chains that need no deletion, as requests are numbered in the order in
 * which they come and leave, so that whoever follows a chain sees where it left the window. 20 bytes a slot.
 */
export class OwnerRequests {
  /** Number of the newest request of each bucket of owners, -1 none. */
  readonly #newest: Float64Array;
  readonly #owners: Float64Array;
  /** How many requests before it the one before in its bucket came. */
  readonly #back: Int32Array;
  readonly #mask: number;

  /** `slots` is a power of two, and no more requests are held at once. */
  constructor(slots: number) {
    this.#newest = new Float64Array(slots).fill(-1);
    this.#owners = new Float64Array(slots);
    this.#back = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  /** Takes in a request, which is the newest. O(1). */
  add(number: number, owner: number): void {
    const slot = number & this.#mask;
    this.#owners[slot] = owner;
    this.#back[slot] = 0;
    if (owner === 0) return;
    const bucket = this.#bucketOf(owner);
    const before = this.#newest[bucket];
    // What came longer ago has left.
    if (before >= 0 && number - before <= this.#mask) this.#back[slot] = number - before;
    this.#newest[bucket] = number;
  }

  /** The number of the newest request in the bucket of an owner, or -1. It may be of another owner, or have left. */
  newest(owner: number): number {
    return owner === 0 ? -1 : this.#newest[this.#bucketOf(owner)];
  }

  /** Likewise the one before a request that is held. */
  before(number: number): number {
    const back = this.#back[number & this.#mask];
    return back === 0 ? -1 : number - back;
  }

  /** The owner of a request that is held. */
  owner(number: number): number {
    return this.#owners[number & this.#mask];
  }

  #bucketOf(owner: number): number {
    const mixed = Math.imul(owner, 0x9e3779b1);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }
}
