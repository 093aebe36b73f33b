import type { ItemTable } from '../stores/item-table.ts';

/** What a user has done with an item, in bits: wanted it, saw it, or anything else. */
export const historyBits = { positive: 1, read: 2, other: 4 } as const;

const bitCount = 3;
const lastEpoch = 2 ** (32 - bitCount) - 1;

/** What the user of a request has ever done with items, as far as it was read. Pooled: `clear` makes it as new. */
export class History {
  /** Bits of each dense item index, valid when the upper bits are the current epoch. */
  #marks = new Uint32Array(0);
  #epoch = 0;

  /** Forgets everything; afterwards every item of the table has a place. */
  clear({ size }: Pick<ItemTable, 'size'>): void {
    this.#epoch += 1;
    if (this.#marks.length < size) {
      this.#marks = new Uint32Array(Math.max(1024, size * 2));
      this.#epoch = 1;
    } else if (this.#epoch > lastEpoch) {
      this.#marks.fill(0);
      this.#epoch = 1;
    }
  }

  /** Adds what was done with an item: one of `historyBits`. */
  add(item: number, bit: number): void {
    if (item < 0 || item >= this.#marks.length) return;
    this.#marks[item] = (this.#epoch << bitCount) | this.of(item) | bit;
  }

  /** What was done with an item, 0 for nothing. */
  of(item: number): number {
    if (item < 0 || item >= this.#marks.length) return 0;
    const mark = this.#marks[item];
    return mark >>> bitCount === this.#epoch ? mark & (2 ** bitCount - 1) : 0;
  }
}
