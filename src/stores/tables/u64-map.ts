import { hash32 } from '../../math/rng.ts';
import { checkOutputs } from './check-outputs.ts';
import type { GlobalTable, TableHandle, TableKey, TableKeys } from './global-table.ts';
import { headWord, headWords, invalid, type TableShape, versionOf } from './table-memory.ts';
import { U64Key } from './u64-key.ts';

const slotWords = 3;
/** Keys of a batch whose slots are fetched together. */
const groupKeys = 64;

/**
 * Map from unsigned 64-bit keys to unsigned 32-bit values in shared memory: open addressing with linear probing (Knuth,
 * The Art of Computer Programming 3, 6.4, algorithm L). A slot is the two halves of a key and its value, side by side
 * so that a look-up usually costs one cache line. `mget` first reads the slots of a group of keys and then compares, so
 * that it waits for memory once a group (group prefetching: Chen and others, Improving hash join performance through
 * prefetching, 2004). Key 0 marks empty slots; its own value stands in the head.
 */
export class U64Map implements GlobalTable<number> {
  readonly kind = 'u64-u32';
  readonly bytes: number;
  readonly #memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #mask: number;
  readonly #key = new U64Key();
  /** The first words of the home slots of a group. */
  readonly #homes = new Int32Array(groupKeys);
  /** Keeps the compiler from leaving out the reads that only fetch memory. */
  touched = 0;

  constructor(memory: SharedArrayBuffer, { slots }: TableShape) {
    this.#memory = memory;
    this.bytes = memory.byteLength;
    this.#words = new Int32Array(memory);
    this.#mask = slots - 1;
  }

  get size(): number {
    return this.#words[headWord.size];
  }

  get version(): string {
    return versionOf(this.#memory);
  }

  has(key: TableKey): boolean {
    return this.#key.take(key) && this.#find(this.#key.low, this.#key.high) >= 0;
  }

  get(key: TableKey): number | undefined {
    if (!this.#key.take(key)) return undefined;
    const place = this.#find(this.#key.low, this.#key.high);
    return place < 0 ? undefined : this.#words[place] >>> 0;
  }

  mget(keys: TableKeys, numbers: Uint32Array, found: Uint8Array): number {
    checkOutputs(keys, numbers, found);
    if (keys instanceof BigUint64Array) {
      const halves = new Int32Array(keys.buffer, keys.byteOffset, 2 * keys.length);
      return this.#mgetHalves(halves, numbers, found);
    }
    const { halves, strange } = this.#split(keys);
    let hits = this.#mgetHalves(halves, numbers, found);
    for (const i of strange) {
      hits -= found[i];
      found[i] = 0;
      numbers[i] = 0;
    }
    return hits;
  }

  share(): TableHandle {
    return { kind: this.kind, memory: this.#memory };
  }

  /** Puts a value while the table is built; answers whether the key is new. The last value of a key stays. */
  put(key: U64Key, value: number): boolean {
    const words = this.#words;
    const { low, high } = key;
    if ((low | high) === 0) {
      const isNew = words[headWord.holdsZero] === 0;
      words[headWord.holdsZero] = 1;
      words[headWord.zeroValue] = value;
      return isNew;
    }
    let place = homeOf(low, high, this.#mask);
    while ((words[place] | words[place + 1]) !== 0) {
      if (words[place] === low && words[place + 1] === high) {
        words[place + 2] = value;
        return false;
      }
      place += slotWords;
      if (place === words.length) place = headWords;
    }
    words[place] = low;
    words[place + 1] = high;
    words[place + 2] = value;
    return true;
  }

  /** Throws `SL_DATA_INVALID` when the slots are not as many keys as the head says. O(slots). */
  verify(file: string): void {
    const words = this.#words;
    let keys = words[headWord.holdsZero] === 0 ? 0 : 1;
    for (let place = headWords; place < words.length; place += slotWords)
      if ((words[place] | words[place + 1]) !== 0) keys += 1;
    if (keys !== this.size || keys > (this.#mask + 1) / 2 + 1)
      throw invalid(
        file,
        `holds ${keys} keys in ${this.#mask + 1} slots, expected ${this.size} at offset 12`,
      );
  }

  /** The halves of all keys, and the places of those that no map can hold. */
  #split(keys: readonly TableKey[] | Float64Array): { halves: Int32Array; strange: number[] } {
    const key = this.#key;
    const halves = new Int32Array(2 * keys.length);
    const strange: number[] = [];
    for (let i = 0; i < keys.length; i++) {
      if (key.take(keys[i])) {
        halves[2 * i] = key.low;
        halves[2 * i + 1] = key.high;
      } else strange.push(i);
    }
    return { halves, strange };
  }

  /** The batch in pairs of halves, low first, as a `BigUint64Array` has them on little-endian machines. */
  #mgetHalves(halves: Int32Array, numbers: Uint32Array, found: Uint8Array): number {
    const words = this.#words;
    const mask = this.#mask;
    const homes = this.#homes;
    const last = words.length;
    const holdsZero = words[headWord.holdsZero] !== 0;
    const keys = halves.length / 2;
    let hits = 0;
    for (let from = 0; from < keys; from += groupKeys) {
      const end = Math.min(from + groupKeys, keys);
      let touched = 0;
      for (let i = from; i < end; i++) {
        const place = homeOf(halves[2 * i], halves[2 * i + 1], mask);
        homes[i - from] = place;
        touched ^= words[place];
      }
      this.touched = touched;
      for (let i = from; i < end; i++) {
        const low = halves[2 * i];
        const high = halves[2 * i + 1];
        let place = homes[i - from];
        let value = 0;
        let hit = 0;
        for (;;) {
          const keyLow = words[place];
          const keyHigh = words[place + 1];
          if ((keyLow | keyHigh) === 0) {
            if ((low | high) === 0 && holdsZero) {
              value = words[headWord.zeroValue];
              hit = 1;
            }
            break;
          }
          if (keyLow === low && keyHigh === high) {
            value = words[place + 2];
            hit = 1;
            break;
          }
          place += slotWords;
          if (place === last) place = headWords;
        }
        numbers[i] = value;
        found[i] = hit;
        hits += hit;
      }
    }
    return hits;
  }

  /** The word where the value of a key stands, or -1. */
  #find(low: number, high: number): number {
    const words = this.#words;
    if ((low | high) === 0) return words[headWord.holdsZero] === 0 ? -1 : headWord.zeroValue;
    let place = homeOf(low, high, this.#mask);
    for (;;) {
      const keyLow = words[place];
      const keyHigh = words[place + 1];
      if (keyLow === low && keyHigh === high) return place + 2;
      if ((keyLow | keyHigh) === 0) return -1;
      place += slotWords;
      if (place === words.length) place = headWords;
    }
  }
}

/** The first word of the slot where the search for a key begins. */
function homeOf(low: number, high: number, mask: number): number {
  return headWords + slotWords * (hash32(low ^ Math.imul(high, 0x9e3779b1)) & mask);
}
