import type { VectorColumn } from '../../stores/vector-column.ts';
import type { ModelQuery } from '../model.ts';
import { queryItems } from './query-items.ts';

/** How close items are to those of one query. */
export interface Closenesses {
  /** Items of the query that have a vector; the first `count()` are in use. */
  readonly items: Int32Array;
  count(): number;
  /** Takes a query, over a table of `size` items. */
  read(query: ModelQuery, size: number): void;
  /**
   * Σ 1 / (1 + d) over the items of the query, d the Euclidean distance; 0 for an item without vector, and for those of
   * the query. O(items of the query · dimensions).
   */
  sumFor(item: number): number;
  /** What item `at` of the query adds to that sum. */
  closenessOf(at: number, item: number): number;
}

/** Makes what compares items with the latest `recent` of a query. */
export function createClosenesses(vectors: VectorColumn, recent: number): Closenesses {
  const items = new Int32Array(recent);
  // Vectors of the query one behind the other: a view for each product would cost more than the product.
  let flat = new Float32Array(0);
  let count = 0;
  return {
    items,
    count: () => count,
    read(query, size) {
      const { dimensions } = vectors;
      const all = queryItems(query, size, items);
      if (flat.length < recent * dimensions) flat = new Float32Array(recent * dimensions);
      count = 0;
      for (let i = 0; i < all; i++) {
        const row = vectors.row(items[i]);
        if (row === undefined) continue;
        flat.set(row.subarray(0, dimensions), count * dimensions);
        items[count++] = items[i];
      }
    },
    sumFor(item) {
      const { dimensions } = vectors;
      const row = vectors.row(item);
      if (row === undefined) return 0;
      let sum = 0;
      for (let i = 0; i < count; i++) {
        if (items[i] === item) return 0;
        sum += 1 / (1 + distance(row, flat, { at: i * dimensions, dimensions }));
      }
      return sum;
    },
    closenessOf(at, item) {
      const { dimensions } = vectors;
      const row = vectors.row(item);
      if (row === undefined) return 0;
      return 1 / (1 + distance(row, flat, { at: at * dimensions, dimensions }));
    },
  };
}

function distance(
  row: Float32Array,
  flat: Float32Array,
  { at, dimensions }: { at: number; dimensions: number },
): number {
  let square = 0;
  for (let d = 0; d < dimensions; d++) {
    const difference = row[d] - flat[at + d];
    square += difference * difference;
  }
  return Math.sqrt(square);
}
