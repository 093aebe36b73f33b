import { CuboidKeys } from './cuboid-keys.ts';
import type { LeafTable } from './leaf-table.ts';

/** Which leaves go together in a coarser cuboid. */
export interface Grouping {
  /** The group of each leaf, by position, numbered from 0 as they first occur. */
  readonly into: Uint32Array;
  /** The first leaf of each group. */
  readonly firsts: Uint32Array;
}

/** Groups leaves by their values of some labels. */
export class CuboidGrouping {
  readonly #numbering: CuboidKeys;
  /** The group of a key, plus 1; 0 while there is none. */
  readonly #groupOf: Uint32Array;
  readonly #into: Uint32Array;
  readonly #firsts: Uint32Array;

  constructor(table: LeafTable) {
    this.#numbering = new CuboidKeys(table);
    this.#groupOf = new Uint32Array(this.#numbering.limit);
    this.#into = new Uint32Array(table.count);
    this.#firsts = new Uint32Array(table.count);
  }

  /** Groups `leaves` by `labels`, a bit set. The answer holds until the next call. O(leaves · labels). */
  group(leaves: Uint32Array, labels: number): Grouping {
    const into = this.#into;
    const firsts = this.#firsts;
    const { keys } = this.#numbering;
    const size = this.#numbering.number(labels, leaves, leaves.length);
    const groupOf = this.#groupOf.fill(0, 0, size);
    let groups = 0;
    for (let i = 0; i < leaves.length; i++) {
      const key = keys[i];
      if (groupOf[key] === 0) {
        firsts[groups++] = leaves[i];
        groupOf[key] = groups;
      }
      into[i] = groupOf[key] - 1;
    }
    return { into: into.subarray(0, leaves.length), firsts: firsts.subarray(0, groups) };
  }
}
