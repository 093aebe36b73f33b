import { createAliasTable } from '../../math/kernels/alias-table.ts';
import type { Rng } from '../../math/rng.ts';
import type { GraphReader } from './graph-reader.ts';

/** Draws one edge of a node, 0 to `degree(node)` - 1; -1 for a node without edges. */
export type NeighbourSampler = (node: number, rng: Rng) => number;

/** How edges are drawn: all alike, in proportion to their weights, or to e^weight. */
export type SamplingRule = 'uniform' | 'weighted' | 'softmax';

/**
 * Makes a sampler of the edges of a graph, with replacement: a draw is O(1). `weighted` and `softmax` keep an alias
 * table of 8 bytes an edge; weights that are nearly alike make `softmax` nearly `uniform`, however often one edge is
 * taken more than another, so `weighted` is what interaction counts want.
 *
 * @example createNeighbourSampler(graph, 'weighted')(3, createRng(1)) // an edge of node 3
 */
export function createNeighbourSampler(graph: GraphReader, rule: SamplingRule): NeighbourSampler {
  if (rule === 'uniform')
    return (node, rng) => (graph.degree(node) === 0 ? -1 : rng.below(graph.degree(node)));
  const { offsets, table } = aliasTables(graph, rule === 'softmax');
  return (node, rng) => {
    const degree = offsets[node + 1] - offsets[node];
    if (!(degree > 0)) return -1;
    const edge = rng.below(degree);
    const entry = 2 * (offsets[node] + edge);
    return rng.bits() < table[entry] ? edge : table[entry + 1];
  };
}

/** The alias tables of all nodes, one behind the other. */
function aliasTables(
  graph: GraphReader,
  isSoftmax: boolean,
): { offsets: Uint32Array; table: Uint32Array } {
  const offsets = edgeOffsets(graph);
  const table = new Uint32Array(2 * offsets[graph.rows]);
  for (let node = 0; node < graph.rows; node++) {
    const degree = offsets[node + 1] - offsets[node];
    if (degree === 0) continue;
    const weights = Float64Array.from({ length: degree }, (_, edge) => graph.weight(node, edge));
    const greatest = weights.reduce((most, weight) => Math.max(most, weight), 0);
    const scaled = isSoftmax ? weights.map((weight) => Math.exp(weight - greatest)) : weights;
    table.set(createAliasTable(scaled), 2 * offsets[node]);
  }
  return { offsets, table };
}

/** The number of the first edge of each node, when edges are numbered node by node. */
export function edgeOffsets(graph: GraphReader): Uint32Array {
  const offsets = new Uint32Array(graph.rows + 1);
  for (let node = 0; node < graph.rows; node++)
    offsets[node + 1] = offsets[node] + graph.degree(node);
  return offsets;
}
