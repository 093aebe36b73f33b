import type { CuboidKeys } from './cuboid-keys.ts';

/** The combinations of a cuboid that occur: for each one of its leaves, and three sums over all of them. */
export class CuboidCells {
  /** A leaf that has the combination. */
  readonly leaves: Uint32Array;
  /** The sums of a combination stand side by side. */
  readonly sums: Float64Array;
  count = 0;

  constructor(limit: number) {
    this.leaves = new Uint32Array(limit);
    this.sums = new Float64Array(3 * limit);
  }

  add(leaf: number, first: number, second: number, third: number): void {
    const at = 3 * this.count;
    this.sums[at] = first;
    this.sums[at + 1] = second;
    this.sums[at + 2] = third;
    this.leaves[this.count++] = leaf;
  }
}

/** Adds up the combinations of a cuboid to those of a coarser one. */
export class RollUp {
  readonly #numbering: CuboidKeys;
  /** The combination with a key, and 1; 0 while there is none. */
  readonly #cellOf: Uint32Array;

  constructor(numbering: CuboidKeys) {
    this.#numbering = numbering;
    this.#cellOf = new Uint32Array(numbering.limit);
  }

  /** Fills `coarse` with the combinations of `labels` (a bit set), in the order of `fine`. O(cells of `fine` · labels). */
  fill(coarse: CuboidCells, labels: number, fine: CuboidCells): void {
    const { keys } = this.#numbering;
    const size = this.#numbering.number(labels, fine.leaves, fine.count);
    const cellOf = this.#cellOf.fill(0, 0, size);
    const { leaves, sums } = coarse;
    const parts = fine.sums;
    let count = 0;
    for (let i = 0; i < fine.count; i++) {
      const key = keys[i];
      let cell = cellOf[key];
      if (cell === 0) {
        leaves[count] = fine.leaves[i];
        sums.fill(0, 3 * count, 3 * count + 3);
        cell = ++count;
        cellOf[key] = cell;
      }
      const at = 3 * cell - 3;
      sums[at] += parts[3 * i];
      sums[at + 1] += parts[3 * i + 1];
      sums[at + 2] += parts[3 * i + 2];
    }
    coarse.count = count;
  }
}
