const firstCapacity = 64;

/**
 * Numbers combinations of label codes in the order in which they come: open addressing with linear probing (Knuth, The
 * Art of Computer Programming 3, 6.4). A combination is `width` codes of 16 bits. 2 bytes a code and 8 to 16 a leaf.
 *
 * @example
 * const leaves = new LeafIndex(2);
 * leaves.of(Uint16Array.of(3, 4)); // 0
 * leaves.of(Uint16Array.of(3, 5)); // 1
 * leaves.column(1); // [4, 5]
 */
export class LeafIndex {
  readonly #width: number;
  /** Leaf after leaf. */
  #codes: Uint16Array;
  /** A leaf + 1, or 0 where the cell is empty; twice as many as leaves fit. */
  #cells: Int32Array;
  #size = 0;

  constructor(width: number) {
    this.#width = width;
    this.#codes = new Uint16Array(width * firstCapacity);
    this.#cells = new Int32Array(2 * firstCapacity);
  }

  /** Leaves known, numbered from 0. */
  get size(): number {
    return this.#size;
  }

  /** The leaf of a combination, numbered on first sight; -1 for one that is new where `limit` are known. O(width). */
  of(codes: Uint16Array, limit = 2 ** 30): number {
    const cell = this.#cellOf(codes, 0);
    if (this.#cells[cell] > 0) return this.#cells[cell] - 1;
    if (this.#size >= limit) return -1;
    const leaf = this.#size;
    this.#codes.set(codes, leaf * this.#width);
    this.#cells[cell] = leaf + 1;
    this.#size += 1;
    if (2 * this.#size === this.#cells.length) this.#grow();
    return leaf;
  }

  /** Copies the codes of a leaf to `codes`. */
  read(leaf: number, codes: Uint16Array): void {
    const first = leaf * this.#width;
    for (let c = 0; c < this.#width; c++) codes[c] = this.#codes[first + c];
  }

  /** The codes of one label for the leaves from `first` on, as a new column. */
  column(label: number, first = 0): Uint16Array {
    const column = new Uint16Array(Math.max(0, this.#size - first));
    for (let at = 0; at < column.length; at++) {
      column[at] = this.#codes[(first + at) * this.#width + label];
    }
    return column;
  }

  /** Forgets all leaves and keeps the room. */
  clear(): void {
    this.#cells.fill(0);
    this.#size = 0;
  }

  #grow(): void {
    const grown = new Uint16Array(2 * this.#codes.length);
    grown.set(this.#codes);
    this.#codes = grown;
    this.#cells = new Int32Array(2 * this.#cells.length);
    for (let leaf = 0; leaf < this.#size; leaf++) {
      this.#cells[this.#cellOf(grown, leaf * this.#width)] = leaf + 1;
    }
  }

  /** The cell of the combination that stands in a list from `first` on, or the empty one where it would stand. */
  #cellOf(list: Uint16Array, first: number): number {
    const mask = this.#cells.length - 1;
    let cell = this.#home(list, first) & mask;
    while (this.#cells[cell] > 0 && !this.#isAt(this.#cells[cell] - 1, list, first)) {
      cell = (cell + 1) & mask;
    }
    return cell;
  }

  #isAt(leaf: number, list: Uint16Array, first: number): boolean {
    const own = leaf * this.#width;
    for (let c = 0; c < this.#width; c++) {
      if (this.#codes[own + c] !== list[first + c]) return false;
    }
    return true;
  }

  #home(list: Uint16Array, first: number): number {
    let hash = 0;
    for (let c = 0; c < this.#width; c++) {
      hash = Math.imul(hash ^ list[first + c], 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }
}
