import type { ItemRows } from '../item-rows.ts';

/** Sums of rows over the items of one query; `clear` comes before those of the next. */
export interface RowSums {
  /** Sum by item code; below 0 where a model speaks against an item. */
  readonly sums: Float64Array;
  /** Codes that have a sum; the first `count()` are in use. */
  readonly reached: Int32Array;
  count(): number;
  /** Adds a row, times a factor. O(entries of the row), no allocation. */
  add(row: number, factor: number): void;
  clear(): void;
}

/**
 * Makes sums of sparse rows over so many items.
 *
 * @example
 * const sums = createRowSums(rows, 100);
 * sums.add(3, 1);
 * sums.sums[7]; // the weight of 7 in row 3
 */
export function createRowSums({ offsets, codes, weights }: ItemRows, items: number): RowSums {
  const sums = new Float64Array(items);
  const isReached = new Uint8Array(items);
  // The place after the last takes what is not new.
  const reached = new Int32Array(items + 1);
  let count = 0;
  return {
    sums,
    reached,
    count: () => count,
    add(row, factor) {
      let end = count;
      for (let at = offsets[row]; at < offsets[row + 1]; at++) {
        const code = codes[at];
        reached[end] = code;
        end += 1 - isReached[code];
        isReached[code] = 1;
        sums[code] += factor * weights[at];
      }
      count = end;
    },
    clear() {
      for (let i = 0; i < count; i++) {
        sums[reached[i]] = 0;
        isReached[reached[i]] = 0;
      }
      count = 0;
    },
  };
}
