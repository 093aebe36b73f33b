import { createVectorTable, type VectorTable } from '../math/kernels/vector-table.ts';

/** Longer vectors are taken for a mistake. */
const maxDimensions = 4096;
/** Greatest squared length. */
const maxSquare = 1e12;
/** Stands in the place of -|x|²/2 where an item may not be found: below what any two vectors can give. */
export const unreachable = -1e15;
const firstCapacity = 1024;

const none = 0;
const kept = 1;
const refused = 2;

/**
 * The vectors of items, by dense item index, that stand at one path of their labels. The first vector says how long
 * all are; one of another length, one longer than 10⁶ in space, and one too many for the memory count as none and in `refused`. When none is left the next
 * one says it anew.
 *
 * A row of `rows` is the vector x and behind it -|x|²/2, so that the greatest products with (q, 1) are the least
 * Euclidean distances from q; rows that may not be found have a last number below all others.
 */
export class VectorColumn {
  /** Grows with every change. */
  revision = 0;
  /** Items with a vector. */
  count = 0;
  /** Items with a vector that cannot be used. */
  refused = 0;
  /** Numbers in a vector; 0 before the first. */
  dimensions = 0;
  /** Undefined before the first vector. Replaced by a larger table as items come. */
  rows: VectorTable | undefined = undefined;
  #state = new Uint8Array(firstCapacity);
  #row = new Float32Array(0);

  /** Whether an item has a vector. */
  has(item: number): boolean {
    return this.#state[item] === kept;
  }

  /** The vector of an item and the number behind it, a live view; undefined where it has none. */
  row(item: number): Float32Array | undefined {
    return this.has(item) ? this.rows?.row(item) : undefined;
  }

  /** Replaces the vector of an item; undefined takes it away. What may not be found still has its vector. */
  set(item: number, vector: readonly number[] | undefined, mayBeFound: boolean): void {
    const before = this.#state[item] ?? none;
    if (before === none && vector === undefined) return;
    if (this.#isSame(item, vector, mayBeFound)) return;
    this.#forget(item, before);
    this.revision += 1;
    if (vector === undefined) return;
    if (item >= this.#state.length) this.#state = longer(this.#state, item + 1);
    const isKept = this.#write(item, vector, mayBeFound);
    this.#state[item] = isKept ? kept : refused;
    if (isKept) this.count += 1;
    else this.refused += 1;
  }

  /** Items are put again for other reasons: what is known of neighbours should outlive that. */
  #isSame(item: number, vector: readonly number[] | undefined, mayBeFound: boolean): boolean {
    const row = this.row(item);
    if (row === undefined || vector?.length !== this.dimensions) return false;
    if (row[this.dimensions] > unreachable / 2 !== mayBeFound) return false;
    for (let d = 0; d < vector.length; d++) if (row[d] !== Math.fround(vector[d])) return false;
    return true;
  }

  #forget(item: number, before: number): void {
    if (before === none) return;
    this.#state[item] = none;
    if (before === refused) this.refused -= 1;
    else {
      this.count -= 1;
      this.#place(item, new Float32Array(this.dimensions), false);
    }
  }

  /** Answers whether the vector can be kept. */
  #write(item: number, vector: readonly number[], mayBeFound: boolean): boolean {
    let square = 0;
    for (const value of vector) square += value * value;
    if (!(square <= maxSquare) || vector.length > maxDimensions) return false;
    if (this.count === 0 && vector.length !== this.dimensions) {
      this.dimensions = vector.length;
      this.#row = new Float32Array(vector.length + 1);
      this.rows = undefined;
    }
    if (vector.length !== this.dimensions || !this.#reserve(item)) return false;
    this.#place(item, vector, mayBeFound);
    return true;
  }

  #place(item: number, vector: ArrayLike<number>, mayBeFound: boolean): void {
    const row = this.#row;
    let square = 0;
    for (let d = 0; d < this.dimensions; d++) {
      row[d] = vector[d];
      square += row[d] * row[d];
    }
    row[this.dimensions] = mayBeFound ? -square / 2 : unreachable;
    this.rows!.setRow(item, row);
  }

  /** Makes room for an item; answers false where there is no memory for so many. */
  #reserve(item: number): boolean {
    const before = this.rows;
    if (before !== undefined && item < before.rowCount) return true;
    try {
      this.rows = createVectorTable(this.#state.length, this.dimensions + 1);
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    const empty = new Float32Array(this.dimensions + 1);
    empty[this.dimensions] = unreachable;
    for (let i = 0; i < this.rows.rowCount; i++)
      this.rows.setRow(i, before !== undefined && this.has(i) ? before.row(i) : empty);
    return true;
  }
}

function longer(state: Uint8Array, least: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(Math.max(least, 2 * state.length));
  copy.set(state);
  return copy;
}
