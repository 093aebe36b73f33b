import type { LeafTable } from './leaf-table.ts';

/** A dense range of numbers may be as many times as long as what is numbered. */
const mostEmpty = 4;

/** Numbers the combinations of a cuboid. */
export class CuboidKeys {
  /** Number of the combination of each leaf asked for, by position. */
  readonly keys: Uint32Array;
  /** No number is as great. */
  readonly limit: number;
  readonly #table: LeafTable;
  readonly #slots: Uint32Array;
  readonly #slotKeys: Float64Array;

  constructor(table: LeafTable) {
    this.#table = table;
    this.limit = limitOf(table.count);
    this.keys = new Uint32Array(table.count);
    this.#slots = new Uint32Array(slotsFor(table.count));
    this.#slotKeys = new Float64Array(this.#slots.length);
  }

  /**
   * Writes the number of the combination of each of the first `count` of `leaves` under the cuboid of `labels` (a bit
   * set) into `keys`, and returns a number above all of them. Dense where the product of the values
   * allows it, renumbered by a hash table where not. O(count · labels).
   */
  number(labels: number, leaves: Uint32Array, count: number): number {
    const { keys } = this;
    const { codes, values } = this.#table;
    const limit = limitOf(count);
    let size = 1;
    keys.fill(0, 0, count);
    for (let label = 0; label < codes.length; label++) {
      if (((labels >> label) & 1) === 0) continue;
      const column = codes[label];
      const width = values[label].length;
      if (size * width > limit) size = this.#renumber(column, width, leaves.subarray(0, count));
      else {
        for (let i = 0; i < count; i++) keys[i] = keys[i] * width + column[leaves[i]];
        size *= width;
      }
    }
    return size;
  }

  /** Numbers pairs of key and value in the order of their first leaf. */
  #renumber(column: Uint32Array, width: number, leaves: Uint32Array): number {
    const { keys } = this;
    const length = slotsFor(leaves.length);
    const slots = this.#slots.fill(0, 0, length);
    const slotKeys = this.#slotKeys;
    const mask = length - 1;
    let size = 0;
    for (let i = 0; i < leaves.length; i++) {
      const key = keys[i] * width + column[leaves[i]];
      let slot = (Math.imul(key ^ (key / 2 ** 32), 0x9e3779b1) >>> 7) & mask;
      while (slots[slot] !== 0 && slotKeys[slot] !== key) slot = (slot + 1) & mask;
      if (slots[slot] === 0) {
        slots[slot] = ++size;
        slotKeys[slot] = key;
      }
      keys[i] = slots[slot] - 1;
    }
    return size;
  }
}

function limitOf(count: number): number {
  return Math.max(1024, mostEmpty * count);
}

/** A power of two of which at most half is taken. */
function slotsFor(count: number): number {
  return 2 ** Math.ceil(Math.log2(2 * count + 2));
}
