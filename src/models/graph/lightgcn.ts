import type { Crew } from '../../math/kernels/crew/crew.ts';
import type { SparseMatrix } from '../../math/sparse.ts';
import { sparseBlock } from './matrices.ts';
import { createMessageNetwork } from './message-network.ts';

/** Bytes of a crew that `lightGcn` takes. */
export function lightGcnBytes(
  { rows, columns, codes }: SparseMatrix,
  { dimensions, layers }: { readonly dimensions: number; readonly layers: number },
): number {
  return 4 * ((2 * layers + 4) * (rows + columns) * dimensions + 10 * codes.length) + 65_536;
}

/**
 * LightGCN's propagation (He et al. 2020) of given item vectors, users beginning with nothing: the mean of 0 to `layers` steps
 * over the graph of users and items, each edge over the root of both degrees. The same network as the learnt one, with
 * identity weights. Vectors are row-major; answers those of the items. O(layers · entries · dimensions).
 */
export function lightGcn(
  crew: Crew,
  userItems: SparseMatrix,
  { vectors, layers }: { readonly vectors: Float32Array; readonly layers: number },
): Float32Array {
  const { rows, columns } = userItems;
  const dimensions = vectors.length / columns;
  const graph = bipartite(userItems);
  const forth = sparseBlock(crew, graph.rows, graph.codes.length);
  forth.set(graph);
  const shape = { inputs: dimensions, outputs: dimensions } as const;
  const network = createMessageNetwork(crew, {
    nodes: graph.rows,
    // The graph is symmetric.
    around: { forth, back: forth },
    layers: Array.from({ length: layers }, () => ({
      ...shape,
      activation: 'none' as const,
      weights: 'identity' as const,
    })),
    readout: 'mean',
  });
  network.input.value.values.set(vectors, rows * dimensions);
  network.forward();
  return network.output.values.slice(rows * dimensions, (rows + columns) * dimensions);
}

/** Users, then items, tied both ways; an edge is 1 / root of (degree · degree). */
function bipartite({ rows, columns, offsets, codes }: SparseMatrix): SparseMatrix {
  const degree = new Uint32Array(rows + columns);
  for (let row = 0; row < rows; row++)
    for (let at = offsets[row]; at < offsets[row + 1]; at++) {
      degree[row] += 1;
      degree[rows + codes[at]] += 1;
    }
  const starts = new Uint32Array(rows + columns + 1);
  for (let node = 0; node < degree.length; node++) starts[node + 1] = starts[node] + degree[node];
  const ends = starts.slice(0, -1);
  const graph = {
    rows: rows + columns,
    columns: rows + columns,
    offsets: starts,
    codes: new Uint32Array(2 * codes.length),
    values: new Float32Array(2 * codes.length),
  };
  for (let row = 0; row < rows; row++)
    for (let at = offsets[row]; at < offsets[row + 1]; at++) {
      const item = rows + codes[at];
      const weight = 1 / Math.sqrt(degree[row] * degree[item]);
      graph.codes[ends[row]] = item;
      graph.values[ends[row]++] = weight;
      graph.codes[ends[item]] = row;
      graph.values[ends[item]++] = weight;
    }
  return graph;
}
