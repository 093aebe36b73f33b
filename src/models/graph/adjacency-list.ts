import type { GraphReader } from './graph-reader.ts';

/** A graph that changes. */
export interface AdjacencyList extends GraphReader {
  /** Adds an edge or changes its weight. Throws RangeError for unknown nodes and weights not above 0. O(degree). */
  set(from: number, to: number, weight: number): void;
  /** Takes an edge away; answers whether it was there. O(degree). */
  remove(from: number, to: number): boolean;
  /** One more node that edges begin at, without any; answers its number. */
  addRow(): number;
  /** One more node that edges end at; answers its number. */
  addColumn(): number;
}

/**
 * Makes a graph without edges: for edges that come and go, where a compressed table would be made anew each time.
 *
 * @example
 * const graph = createAdjacencyList(1, 3);
 * graph.set(0, 2, 0.5);
 * graph.degree(0); // 1
 */
export function createAdjacencyList(rows: number, columns: number): AdjacencyList {
  const targets: number[][] = Array.from({ length: rows }, () => []);
  const weights: number[][] = targets.map(() => []);
  let width = columns;
  return {
    get rows() {
      return targets.length;
    },
    get columns() {
      return width;
    },
    degree: (node) => targets[node]?.length ?? 0,
    target: (node, edge) => targets[node][edge],
    weight: (node, edge) => weights[node][edge],
    set(from, to, weight) {
      if (targets[from] === undefined || !(Number.isInteger(to) && to >= 0 && to < width))
        throw new RangeError(
          `edge is ${from} to ${to}, expected nodes below ${targets.length} and ${width}`,
        );
      if (!(weight > 0 && weight < Number.POSITIVE_INFINITY))
        throw new RangeError(`weight is ${weight}, expected a number above 0`);
      const at = placeOf(targets[from], to);
      const isNew = targets[from][at] !== to;
      targets[from].splice(at, isNew ? 0 : 1, to);
      weights[from].splice(at, isNew ? 0 : 1, weight);
    },
    remove(from, to) {
      const at = placeOf(targets[from] ?? [], to);
      if (targets[from]?.[at] !== to) return false;
      targets[from].splice(at, 1);
      weights[from].splice(at, 1);
      return true;
    },
    addRow() {
      weights.push([]);
      return targets.push([]) - 1;
    },
    addColumn: () => width++,
  };
}

/** Where a target stands in a rising list, or would stand. */
function placeOf(list: readonly number[], to: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < to) low = middle + 1;
    else high = middle;
  }
  return low;
}
