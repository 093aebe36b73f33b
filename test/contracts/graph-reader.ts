import { describe, expect, test } from 'vitest';
import type { GraphReader } from '../../src/models/graph/graph-reader.ts';

type Edge = readonly [from: number, to: number, weight: number];

/** What every graph must do, however it keeps its edges. */
export function graphReaderContract(
  name: string,
  make: (rows: number, columns: number, edges: readonly Edge[]) => GraphReader,
): void {
  describe(`graph in ${name}`, () => {
    const edges: Edge[] = [
      [2, 4, 0.5],
      [0, 1, 2],
      [2, 0, 1],
      [2, 3, 8],
    ];
    const edgesOf = (graph: GraphReader, node: number) =>
      Array.from({ length: graph.degree(node) }, (_, edge) => [
        graph.target(node, edge),
        graph.weight(node, edge),
      ]);

    test('tells the edges of each node, targets rising', () => {
      const graph = make(3, 5, edges);
      expect([graph.rows, graph.columns]).toEqual([3, 5]);
      expect(edgesOf(graph, 0)).toEqual([[1, 2]]);
      expect(edgesOf(graph, 1)).toEqual([]);
      expect(edgesOf(graph, 2)).toEqual([
        [0, 1],
        [3, 8],
        [4, 0.5],
      ]);
    });

    test('a node that there is not has no edges', () => {
      const graph = make(3, 5, edges);
      expect([-1, 3, 99].map((node) => graph.degree(node))).toEqual([0, 0, 0]);
    });

    test('an empty graph is a graph', () => {
      const graph = make(0, 0, []);
      expect([graph.rows, graph.columns, graph.degree(0)]).toEqual([0, 0, 0]);
    });
  });
}
