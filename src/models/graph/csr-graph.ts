import type { SparseMatrix } from '../../math/sparse.ts';
import type { GraphReader } from './graph-reader.ts';

/**
 * Reads a sparse matrix as a graph, without a copy. Every read is O(1).
 *
 * @example createCsrGraph(sparseOf(1, 2, [[0, 1, 5]])).target(0, 0) // 1
 */
export function createCsrGraph({
  rows,
  columns,
  offsets,
  codes,
  values,
}: SparseMatrix): GraphReader {
  return {
    rows,
    columns,
    degree: (node) => (node >= 0 && node < rows ? offsets[node + 1] - offsets[node] : 0),
    target: (node, edge) => codes[offsets[node] + edge],
    weight: (node, edge) => values[offsets[node] + edge],
  };
}
