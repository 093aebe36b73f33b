import type { SparseMatrix } from '../../math/sparse.ts';
import { topRows } from '../../math/top-rows.ts';

/** How neighbours are chosen; see the options of `user-knn`. */
export interface NeighbourRules {
  readonly neighbours: number;
  readonly shrink: number;
  readonly work: number;
}

/** Finds the users most alike to a list of items. */
export interface Neighbourhood {
  /** Those that were found, most alike first. */
  readonly users: Int32Array;
  /** Above 0. */
  readonly similarities: Float64Array;
  /** Looks for the neighbours of the first `count` of `codes`, of which each counts as its factor; returns how many. */
  find(codes: Int32Array, factors: Float64Array, count: number): number;
}

/**
 * Makes a search by cosine of rows: `columns` are users by item, `squares` the squared length of each user. Items of few
 * users are looked at first, and users of an item in order, until there were `work` entries. O(work + users reached), no
 * allocation for a call but the order of items.
 */
export function createNeighbourhood(
  { offsets, codes: owners, values, columns: users }: SparseMatrix,
  squares: Float64Array,
  { neighbours, shrink, work }: NeighbourRules,
): Neighbourhood {
  const products = new Float64Array(users);
  const reached = new Int32Array(users);
  const scores = new Float32Array(users);
  const rows = new Int32Array(neighbours);
  const found = { users: new Int32Array(neighbours), similarities: new Float64Array(neighbours) };
  const lengths = squares.map(Math.sqrt);
  return {
    ...found,
    find(codes, factors, count) {
      const degree = (i: number) => offsets[codes[i] + 1] - offsets[codes[i]];
      const order = Uint32Array.from({ length: count }, (_, i) => i);
      order.sort((a, b) => degree(a) - degree(b) || a - b);
      let [left, size, square] = [work, 0, 0];
      for (const i of order) {
        square += factors[i] ** 2;
        const start = offsets[codes[i]];
        const end = Math.min(offsets[codes[i] + 1], start + left);
        left -= end - start;
        for (let at = start; at < end; at++) {
          if (products[owners[at]] === 0) reached[size++] = owners[at];
          products[owners[at]] += factors[i] * values[at];
        }
      }
      const length = Math.sqrt(square);
      for (let i = 0; i < size; i++) {
        scores[i] = products[reached[i]] / (length * lengths[reached[i]] + shrink);
        products[reached[i]] = 0;
      }
      const kept = topRows(scores, size, neighbours, rows);
      for (let i = 0; i < kept; i++) {
        found.users[i] = reached[rows[i]];
        found.similarities[i] = scores[rows[i]];
      }
      return kept;
    },
  };
}
