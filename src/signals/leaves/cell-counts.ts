import { markCount } from '../../anomaly/cube/marks.ts';
import { HashIndex } from '../gathering/hash-index.ts';

const firstCapacity = 4096;

/** Cells as columns of one length. */
export interface CellColumns {
  readonly leaf: Uint32Array;
  readonly mark: Uint16Array;
  readonly count: Float64Array;
}

/** Counts by leaf and mark, in the order in which they first came. 24 to 32 bytes a cell. */
export class CellCounts {
  readonly #maxCells: number;
  #keys = new Float64Array(firstCapacity);
  #counts = new Float64Array(firstCapacity);
  #index = new HashIndex(this.#keys);
  #size = 0;

  constructor(maxCells: number) {
    this.#maxCells = maxCells;
  }

  /** Cells in use. */
  get size(): number {
    return this.#size;
  }

  /** Adds one to a cell; false, and nothing done, where it would be new and there is no room. O(1) expected. */
  add(leaf: number, mark: number): boolean {
    const key = leaf * markCount + mark;
    const known = this.#index.find(key);
    if (known >= 0) {
      this.#counts[known] += 1;
      return true;
    }
    // The leaf of all others always finds room: it has few cells, and takes what the rest has none for.
    if (leaf > 0 && this.#size >= this.#maxCells) return false;
    if (this.#size === this.#keys.length) this.#grow();
    this.#keys[this.#size] = key;
    this.#counts[this.#size] = 1;
    this.#index.set(this.#size);
    this.#size += 1;
    return true;
  }

  /** Writes the cells to columns from `at` on; leaves are told from `firstLeaf` on. */
  write({ leaf, mark, count }: CellColumns, at: number, firstLeaf: number): void {
    for (let cell = 0; cell < this.#size; cell++) {
      const key = this.#keys[cell];
      const own = Math.floor(key / markCount);
      leaf[at + cell] = own - firstLeaf;
      mark[at + cell] = key - own * markCount;
      count[at + cell] = this.#counts[cell];
    }
  }

  /** Empties all cells and keeps the room. */
  clear(): void {
    this.#index.clear();
    this.#size = 0;
  }

  #grow(): void {
    const keys = new Float64Array(2 * this.#keys.length);
    const counts = new Float64Array(keys.length);
    keys.set(this.#keys);
    counts.set(this.#counts);
    this.#keys = keys;
    this.#counts = counts;
    this.#index = new HashIndex(keys);
    for (let position = 0; position < this.#size; position++) this.#index.set(position);
  }
}
