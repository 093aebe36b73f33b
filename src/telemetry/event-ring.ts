import { type Clock, systemClock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import type { RingEvent } from './ring-event.ts';

/** Bytes of one slot: four doubles, then eight words of 32 bits, the third of them a float. */
const slotBytes = 64;
/** The counters stand on cache lines of their own, as both threads write. */
const headerBytes = 256;
const head = 0;
const tail = 16;
const consumer = 32;
/** The counters begin shortly before 32 bits are used up, so that going round is nothing rare. */
const firstCount = 0x7fff_0000;
const awake = 0;
const napping = 1;
const asleep = 2;
const called = 3;

/** The producer's end. One thread puts and one takes; neither ever waits for the other. */
export class EventRing {
  readonly shared: SharedArrayBuffer;
  readonly capacity: number;
  readonly #control: Int32Array;
  readonly #ints: Int32Array;
  readonly #floats: Float32Array;
  readonly #doubles: Float64Array;
  readonly #clock: Clock;
  #head = firstCount;
  /** The consumer's position when it was last looked at: looking costs a shared cache line. */
  #knownTail = firstCount;
  #dropped = 0;

  constructor(capacity: number, clock: Clock) {
    this.shared = new SharedArrayBuffer(headerBytes + capacity * slotBytes);
    this.capacity = capacity;
    this.#control = new Int32Array(this.shared, 0, headerBytes / 4);
    this.#ints = new Int32Array(this.shared, headerBytes);
    this.#floats = new Float32Array(this.shared, headerBytes);
    this.#doubles = new Float64Array(this.shared, headerBytes);
    this.#clock = clock;
    Atomics.store(this.#control, head, firstCount);
    Atomics.store(this.#control, tail, firstCount);
  }

  /** Events that found the ring full, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds an event; answers false, and counts it as dropped, where the ring is full. */
  put(event: Readonly<RingEvent>): boolean {
    if (this.#room(1) === 0) return false;
    const { item, position, predicted } = event;
    this.#write(event, item, position, predicted, this.#clock.monotonic());
    this.#publish();
    return true;
  }

  /** Adds one exposure for each position of a slate; answers how many found room. */
  putSlate(event: Readonly<RingEvent>, { items, predicted, count }: SlateColumns): number {
    const fit = this.#room(count);
    if (fit === 0) return 0;
    const putAtMs = this.#clock.monotonic();
    for (let p = 0; p < fit; p++) this.#write(event, items[p], p, predicted[p], putAtMs);
    this.#publish();
    return fit;
  }

  /** Wakes the consumer, or keeps it from its next rest where it is awake. */
  wake(): void {
    const state = Atomics.exchange(this.#control, consumer, called);
    if (state === napping || state === asleep) Atomics.notify(this.#control, consumer);
  }

  #room(wanted: number): number {
    let free = this.capacity - ((this.#head - this.#knownTail) | 0);
    if (free < wanted) {
      this.#knownTail = Atomics.load(this.#control, tail);
      free = this.capacity - ((this.#head - this.#knownTail) | 0);
    }
    if (free >= wanted) return wanted;
    this.#dropped += wanted - free;
    return free;
  }

  // The columns of a slate stand beside the event: an object for each would cost more than the event.
  #write(
    event: Readonly<RingEvent>,
    item: number,
    position: number,
    predicted: number,
    putAtMs: number,
  ): void {
    const slot = this.#head & (this.capacity - 1);
    const doubles = this.#doubles;
    const ints = this.#ints;
    const d = slot * 8;
    doubles[d] = event.request;
    doubles[d + 1] = event.session;
    doubles[d + 2] = event.atMs;
    doubles[d + 3] = putAtMs;
    const i = slot * 16 + 8;
    ints[i] = event.kind | (position << 8);
    ints[i + 1] = item;
    this.#floats[i + 2] = predicted;
    ints[i + 3] = event.work | (event.door << 16);
    ints[i + 4] = event.strategy | (event.trouble << 16);
    ints[i + 5] = event.segment | (event.features << 16);
    ints[i + 6] = event.catalog | (event.variant << 16);
    ints[i + 7] = event.detail;
    this.#head = (this.#head + 1) | 0;
  }

  /** A napping consumer looks by itself soon, and a system call per event would cost more than the event. */
  #publish(): void {
    Atomics.store(this.#control, head, this.#head);
    const state = Atomics.load(this.#control, consumer);
    if (state === asleep || (state === napping && this.#isFilling())) this.wake();
  }

  #isFilling(): boolean {
    const limit = this.capacity / 4;
    if (((this.#head - this.#knownTail) | 0) < limit) return false;
    this.#knownTail = Atomics.load(this.#control, tail);
    return ((this.#head - this.#knownTail) | 0) >= limit;
  }
}

/** A slate as columns; the first `count` places are in use. */
export interface SlateColumns {
  readonly items: Int32Array;
  /** Predicted click probabilities, NaN unknown. */
  readonly predicted: Float32Array;
  readonly count: number;
}

/** A run of events inside the ring, valid only during the visit. */
export class EventBatch {
  /** Events in the run; `i` is 0 to count - 1. */
  count = 0;
  #first = 0;
  readonly #ints: Int32Array;
  readonly #floats: Float32Array;
  readonly #doubles: Float64Array;

  constructor(shared: SharedArrayBuffer) {
    this.#ints = new Int32Array(shared, headerBytes);
    this.#floats = new Float32Array(shared, headerBytes);
    this.#doubles = new Float64Array(shared, headerBytes);
  }

  /** Moves the view to a run of slots. */
  show(first: number, count: number): void {
    this.#first = first;
    this.count = count;
  }

  request(i: number): number {
    return this.#doubles[(this.#first + i) * 8];
  }
  session(i: number): number {
    return this.#doubles[(this.#first + i) * 8 + 1];
  }
  atMs(i: number): number {
    return this.#doubles[(this.#first + i) * 8 + 2];
  }
  /** When it was put, in milliseconds of the producer's monotonic clock. */
  putAtMs(i: number): number {
    return this.#doubles[(this.#first + i) * 8 + 3];
  }
  /** `hashId` of the user of feedback that names a session too, else 0; see `putUser`. */
  user(i: number): number {
    const at = (this.#first + i) * 16;
    return (this.#ints[at + 14] >>> 0) * 2 ** 32 + (this.#ints[at + 11] >>> 0);
  }
  kind(i: number): number {
    return this.#ints[(this.#first + i) * 16 + 8] & 255;
  }
  item(i: number): number {
    return this.#ints[(this.#first + i) * 16 + 9];
  }
  position(i: number): number {
    return this.#ints[(this.#first + i) * 16 + 8] >> 8;
  }
  predicted(i: number): number {
    return this.#floats[(this.#first + i) * 16 + 10];
  }
  work(i: number): number {
    return this.#ints[(this.#first + i) * 16 + 11] & 0xffff;
  }
  door(i: number): number {
    return this.#ints[(this.#first + i) * 16 + 11] >>> 16;
  }
  strategy(i: number): number {
    return this.#ints[(this.#first + i) * 16 + 12] & 0xffff;
  }
  segment(i: number): number {
    return this.#ints[(this.#first + i) * 16 + 13] & 0xffff;
  }
  catalog(i: number): number {
    return this.#ints[(this.#first + i) * 16 + 14] & 0xffff;
  }
  detail(i: number): number {
    return this.#ints[(this.#first + i) * 16 + 15];
  }
  trouble(i: number): number {
    return this.#ints[(this.#first + i) * 16 + 12] >>> 16;
  }
  features(i: number): number {
    return this.#ints[(this.#first + i) * 16 + 13] >>> 16;
  }
  variant(i: number): number {
    return this.#ints[(this.#first + i) * 16 + 14] >>> 16;
  }
}

/** The most events one visit sees: what was visited makes room for the producer. */
const batchLimit = 4096;

/** The consumer's end. */
export class EventReader {
  readonly #control: Int32Array;
  readonly #capacity: number;
  readonly #batch: EventBatch;

  constructor(shared: SharedArrayBuffer) {
    this.#control = new Int32Array(shared, 0, headerBytes / 4);
    this.#capacity = (shared.byteLength - headerBytes) / slotBytes;
    this.#batch = new EventBatch(shared);
  }

  /** Shows at most about `limit` of the waiting events in runs; answers how many there were. */
  drain(visit: (batch: EventBatch) => void, limit = this.#capacity): number {
    let at = Atomics.load(this.#control, tail);
    const waiting = Math.min((Atomics.load(this.#control, head) - at) | 0, limit);
    for (let left = waiting; left > 0; ) {
      const first = at & (this.#capacity - 1);
      const run = Math.min(left, this.#capacity - first, batchLimit);
      this.#batch.show(first, run);
      visit(this.#batch);
      at = (at + run) | 0;
      Atomics.store(this.#control, tail, at);
      left -= run;
    }
    return waiting;
  }

  /**
   * Waits until the time is over or the producer wakes it. From a nap it is woken only when a quarter of the ring is
   * full, so that events gather; from sleep by the first event. Blocks the thread, so never call it on the main thread.
   */
  rest(depth: 'nap' | 'sleep', timeoutMs: number): void {
    const state = depth === 'nap' ? napping : asleep;
    if (Atomics.compareExchange(this.#control, consumer, awake, state) === awake) {
      // Events that came before this would not wake anybody.
      const waiting = (Atomics.load(this.#control, head) - Atomics.load(this.#control, tail)) | 0;
      const isQuiet = depth === 'nap' ? waiting < this.#capacity / 4 : waiting === 0;
      if (isQuiet) Atomics.wait(this.#control, consumer, state, timeoutMs);
    }
    Atomics.store(this.#control, consumer, awake);
  }
}

/**
 * Makes a ring of 64-byte slots in shared memory.
 *
 * @example
 * const ring = createEventRing();
 * ring.put({ ...blankEvent('feedback'), item: 7, atMs: Date.now() }); // true
 * openEventRing(ring.shared).drain((batch) => batch.item(0)); // 1 event
 */
export function createEventRing({
  capacity = 65_536,
  clock = systemClock,
}: {
  /** A power of two. */
  capacity?: number;
  clock?: Clock;
} = {}): EventRing {
  if (!(capacity >= 2 && capacity <= 1 << 24 && Number.isInteger(Math.log2(capacity)))) {
    throw new SightlineError(
      'SL_CONFIG_INVALID',
      `event ring has capacity ${capacity}, expected a power of two up to 16,777,216`,
    );
  }
  return new EventRing(capacity, clock);
}

/** Opens the consumer's end of a ring, usually in another thread. There may be one. */
export function openEventRing(shared: SharedArrayBuffer): EventReader {
  return new EventReader(shared);
}
