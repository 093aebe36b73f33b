import { expect, test } from 'vitest';
import { sparseOf } from '../../../src/math/sparse.ts';
import { createAdjacencyList } from '../../../src/models/graph/adjacency-list.ts';
import { createCsrGraph } from '../../../src/models/graph/csr-graph.ts';
import { graphReaderContract } from '../../contracts/graph-reader.ts';

graphReaderContract('compressed rows', (rows, columns, edges) =>
  createCsrGraph(sparseOf(rows, columns, edges)),
);
graphReaderContract('an adjacency list', (rows, columns, edges) => {
  const graph = createAdjacencyList(rows, columns);
  for (const edge of edges) graph.set(...edge);
  return graph;
});

test('an adjacency list takes changes, new nodes and removals', () => {
  const graph = createAdjacencyList(1, 1);
  graph.set(0, 0, 1);
  graph.set(0, 0, 3);
  expect([graph.degree(0), graph.weight(0, 0)]).toEqual([1, 3]);
  const [row, column] = [graph.addRow(), graph.addColumn()];
  graph.set(row, column, 2);
  expect([graph.rows, graph.columns, graph.target(row, 0)]).toEqual([2, 2, 1]);
  expect([graph.remove(row, column), graph.remove(row, column), graph.remove(9, 0)]).toEqual([
    true,
    false,
    false,
  ]);
  expect(graph.degree(row)).toBe(0);
});

test('an adjacency list refuses edges that make no sense', () => {
  const graph = createAdjacencyList(1, 1);
  expect(() => graph.set(1, 0, 1)).toThrow(/edge is 1 to 0/);
  expect(() => graph.set(0, 1, 1)).toThrow(/edge is 0 to 1/);
  for (const weight of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => graph.set(0, 0, weight)).toThrow(/weight is/);
});
