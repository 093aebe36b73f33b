import type { CubeTable } from '../../../src/anomaly/cube/cube-table.ts';
import { type LeafTick, leafLabels } from '../../../src/anomaly/cube/leaf-tick.ts';

/** Names of codes in tests: 3 is `n3`. */
export const nameOf = (code: number): string => (code === 0 ? '__other__' : `n${code}`);

/** A leaf by its codes and what was counted there by mark. */
export interface TestLeaf {
  readonly codes: readonly number[];
  readonly counts: Readonly<Record<number, number>>;
}

/** A tick of some leaves; codes that are not given are 1. */
export function tickOf(
  atMs: number,
  leaves: readonly TestLeaf[],
  { seconds = 30, declared = 0 }: { seconds?: number; declared?: number } = {},
): LeafTick {
  const cells = leaves.flatMap(({ counts }, leaf) =>
    Object.entries(counts).map(([mark, count]) => ({ leaf, mark: Number(mark), count })),
  );
  const width = leafLabels.length + declared;
  return {
    atMs,
    seconds,
    labels: Array.from({ length: width }, (_, label) =>
      Uint16Array.from(leaves, ({ codes }) => codes[label] ?? 1),
    ),
    leaf: Uint32Array.from(cells, ({ leaf }) => leaf),
    mark: Uint16Array.from(cells, ({ mark }) => mark),
    count: Float64Array.from(cells, ({ count }) => count),
    overflow: 0,
  };
}

/** Leaf table and measurement as rows: `{ label: value, … }` with the numbers of each. */
export function rowsOf({ table, measurement }: CubeTable) {
  return Array.from({ length: table.count }, (_, row) => {
    const values = table.labels.map((label, at) => [label, table.values[at][table.codes[at][row]]]);
    const numbers = Object.entries(measurement).flatMap(([key, column]) =>
      column instanceof Float64Array ? [[key, column[row]]] : [],
    );
    return Object.fromEntries([...values, ...numbers]) as Record<string, string | number>;
  });
}
