import { cosine } from '../../math/cosine.ts';
import { createVectorTable } from '../../math/kernels/vector-table.ts';
import type { ItemVectors } from '../known/item-columns.ts';

/** Exact search among the vectors of some items. */
export interface NearestItems {
  /** Items among which is searched, ascending. */
  readonly items: Int32Array;
  /** Multiplications of one search: items · dimensions. */
  readonly steps: number;
  /** Whether an item is one of them. */
  has(item: number): boolean;
  /** Writes the nearest other items of one of them and their cosines, at most as many as `out` takes, and answers how many. */
  find(item: number, out: Neighbours): number;
  /** Cosines between an item and each of `items`, in single precision; valid until the next call. */
  cosinesTo(item: number): Float32Array;
}

/** Lists of equal length to write into. */
export interface Neighbours {
  readonly items: Int32Array;
  readonly cosines: Float64Array;
}

/** Makes a search among the items that have a vector and may be served; undefined where there are none. O(steps). */
export function createNearestItems(
  vectors: ItemVectors,
  isServed: (item: number) => boolean,
): NearestItems | undefined {
  const { dimensions, values, norms, count } = vectors;
  const row = (item: number) => values.subarray(item * dimensions, (item + 1) * dimensions);
  const isSearched = new Uint8Array(count);
  for (let item = 0; item < count; item++)
    if (norms[item] > 0 && isServed(item)) isSearched[item] = 1;
  const items = Int32Array.from(isSearched.keys().filter((item) => isSearched[item] === 1));
  if (items.length === 0) return undefined;
  const table = createVectorTable(items.length, dimensions);
  for (const [at, item] of items.entries()) table.setRow(at, row(item));
  const everyRow = items.map((_, at) => at);
  const allCosines = new Float32Array(items.length);
  return {
    items,
    steps: items.length * dimensions,
    has: (item) => isSearched[item] === 1,
    find(item, out) {
      // One more, as the item itself is among them.
      const room = Math.min(out.items.length + 1, items.length);
      const [rows, scores] = [new Int32Array(room), new Float32Array(room)];
      const found = table.nearest(row(item), room, rows, scores);
      let listed = 0;
      for (let i = 0; i < found && listed < out.items.length; i++) {
        const other = items[rows[i]];
        if (other === item) continue;
        out.items[listed] = other;
        out.cosines[listed] = cosine(row(item), row(other)) ?? 0;
        listed += 1;
      }
      return listed;
    },
    cosinesTo(item) {
      table.dot(row(item), everyRow, items.length, allCosines);
      return allCosines;
    },
  };
}
