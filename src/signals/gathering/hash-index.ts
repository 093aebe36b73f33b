/**
 * Finds the position of a 53-bit hash in a column that its owner keeps: open addressing with linear probing (Knuth,
 * The Art of Computer Programming 3, 6.4), four bytes a cell and two to four cells a position. O(1) expected each.
 *
 * @example
 * const keys = new Float64Array(100);
 * const index = new HashIndex(keys);
 * keys[3] = hashId('a');
 * index.set(3);
 * index.find(hashId('a')); // 3
 */
export class HashIndex {
  readonly #keys: Float64Array;
  /** A position + 1, or 0 where the cell is empty. */
  readonly #cells: Int32Array;
  readonly #mask: number;

  constructor(keys: Float64Array) {
    this.#keys = keys;
    this.#cells = new Int32Array(2 ** Math.ceil(Math.log2(2 * keys.length)));
    this.#mask = this.#cells.length - 1;
  }

  /** The position of a key, or -1. */
  find(key: number): number {
    return this.#cells[this.#cellOf(key)] - 1;
  }

  /** Takes in the key that stands at a position, in place of an equal one. */
  set(position: number): void {
    this.#cells[this.#cellOf(this.#keys[position])] = position + 1;
  }

  /** Forgets a key that still stands in the column; one that was never set changes nothing. */
  delete(key: number): void {
    const cells = this.#cells;
    let hole = this.#cellOf(key);
    for (let at = this.#after(hole); cells[at] !== 0; at = this.#after(at)) {
      const from = this.#home(this.#keys[cells[at] - 1]);
      // What probing would no longer reach across the hole moves into it.
      if (((at - from) & this.#mask) < ((at - hole) & this.#mask)) continue;
      cells[hole] = cells[at];
      hole = at;
    }
    cells[hole] = 0;
  }

  /** Forgets all keys. O(cells). */
  clear(): void {
    this.#cells.fill(0);
  }

  /** The cell of a key, or the empty one where it would stand. */
  #cellOf(key: number): number {
    const cells = this.#cells;
    let cell = this.#home(key);
    while (cells[cell] !== 0 && this.#keys[cells[cell] - 1] !== key) cell = this.#after(cell);
    return cell;
  }

  /** The low bits of a key alone would gather keys that count up. */
  #home(key: number): number {
    const mixed = Math.imul(key, 0x9e3779b1);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }

  #after(cell: number): number {
    return (cell + 1) & this.#mask;
  }
}
