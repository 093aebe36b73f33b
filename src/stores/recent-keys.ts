import { randomInt } from 'node:crypto';

/** Keys a generation holds before the next begins: at least this many recent keys are known. */
const defaultCapacity = 1 << 19;

/**
 * Remembers recent keys by a 64-bit hash in typed arrays: two generations, of which the older is forgotten
 * when the younger is full. At the default capacity it knows the last 524,288 keys at least, 1,048,576 at
 * most, in 16 MB.
 *
 * Two different keys are taken for one with a probability of about 2^-44 a key. The hash is seeded by
 * chance, so that senders cannot aim at it.
 *
 * @example
 * const recent = new RecentKeys();
 * recent.add('a'); // true
 * recent.add('a'); // false
 */
export class RecentKeys {
  readonly #capacity: number;
  readonly #mask: number;
  readonly #seed = randomInt(0x7fffffff);
  // Slot s holds its hash in the words 2s and 2s + 1; both 0 means empty.
  #young: Int32Array;
  #old: Int32Array;
  #count = 0;
  // The hash of the last key looked at.
  #low = 0;
  #high = 0;

  constructor({ capacity = defaultCapacity }: { capacity?: number } = {}) {
    this.#capacity = capacity;
    const slots = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.#mask = slots - 1;
    this.#young = new Int32Array(slots * 2);
    this.#old = new Int32Array(slots * 2);
  }

  /** Remembers a key; answers whether it was not known. */
  add(key: string): boolean {
    this.#hash(key);
    if (this.#isAt(this.#old, this.#place(this.#old))) return false;
    let place = this.#place(this.#young);
    if (this.#isAt(this.#young, place)) return false;
    if (this.#count >= this.#capacity) {
      this.#turn();
      place = this.#place(this.#young);
    }
    this.#young[place] = this.#low;
    this.#young[place + 1] = this.#high;
    this.#count += 1;
    return true;
  }

  /** Forgets a key, as if it had not been added. */
  forget(key: string): void {
    this.#hash(key);
    for (const table of [this.#young, this.#old]) {
      const place = this.#place(table);
      if (!this.#isAt(table, place)) continue;
      this.#removeAt(table, place);
      if (table === this.#young) this.#count -= 1;
    }
  }

  #turn(): void {
    const forgotten = this.#old;
    this.#old = this.#young;
    this.#young = forgotten.fill(0);
    this.#count = 0;
  }

  #isAt(table: Int32Array, place: number): boolean {
    return table[place] === this.#low && table[place + 1] === this.#high;
  }

  /** The word index where the hash is, or the first empty slot of its run. */
  #place(table: Int32Array): number {
    let slot = this.#low & this.#mask;
    for (;;) {
      const low = table[2 * slot];
      const high = table[2 * slot + 1];
      if ((low === this.#low && high === this.#high) || (low === 0 && high === 0)) return 2 * slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** Empties a slot and moves up what was pushed past it, so that runs stay whole. */
  #removeAt(table: Int32Array, place: number): void {
    let hole = place / 2;
    for (let slot = hole; ; ) {
      slot = (slot + 1) & this.#mask;
      const low = table[2 * slot];
      const high = table[2 * slot + 1];
      if (low === 0 && high === 0) break;
      const distanceFromHome = (slot - low) & this.#mask;
      const distanceFromHole = (slot - hole) & this.#mask;
      if (distanceFromHome < distanceFromHole) continue;
      table[2 * hole] = low;
      table[2 * hole + 1] = high;
      hole = slot;
    }
    table[2 * hole] = 0;
    table[2 * hole + 1] = 0;
  }

  /** Two lanes of multiply and rotate over the UTF-16 units, mixed at the end as in MurmurHash3. */
  #hash(key: string): void {
    let low = this.#seed ^ key.length;
    let high = ~this.#seed;
    for (let i = 0; i < key.length; i++) {
      const unit = key.charCodeAt(i);
      low = Math.imul(low ^ unit, 0x9e3779b1);
      low ^= low >>> 15;
      high = Math.imul(high ^ unit, 0x85ebca77);
      high = (high << 13) | (high >>> 19);
    }
    low = Math.imul(low ^ (low >>> 16), 0x85ebca6b);
    high = Math.imul(high ^ (high >>> 16), 0xc2b2ae35);
    this.#low = low ^ (high >>> 13);
    this.#high = high ^ (low >>> 16);
    if (this.#low === 0 && this.#high === 0) this.#low = 1;
  }
}
