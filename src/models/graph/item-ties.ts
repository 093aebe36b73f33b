import { type SparseMatrix, sparseOf, transpose } from '../../math/sparse.ts';
import { createCsrGraph } from './csr-graph.ts';
import type { Tie } from './importance-walks.ts';
import { attributeOf, type ItemFeatures } from './item-features.ts';

/**
 * The typed graph that items stand in: users tie items that they had to do with, and each attribute ties items that share
 * its labels. `userItems` has a row a user; there may be more items in `features` than it has columns. Labels lead back
 * only to items that users know, as there is nothing to hear from others.
 */
export function itemTies(userItems: SparseMatrix, features: ItemFeatures): readonly Tie[] {
  const items = features.matrix.rows;
  const warm = userItems.columns;
  const ties: Tie[] = [
    {
      type: 'user',
      toNodes: createCsrGraph(withRows(transpose(userItems), items)),
      toItems: createCsrGraph(userItems),
      share: 1,
    },
  ];
  for (const [type, matrix] of labelsByType(features)) {
    const known = firstRows(matrix, warm);
    ties.push({
      type,
      toNodes: createCsrGraph(matrix),
      toItems: createCsrGraph(transpose(known)),
      share: 1,
    });
  }
  return ties;
}

/** The labels of items by the name of their attribute, without numbers: each a matrix of items by labels. */
function labelsByType({ matrix, names }: ItemFeatures): ReadonlyMap<string, SparseMatrix> {
  const types = names.map((name) => (name.includes('=') ? attributeOf(name) : undefined));
  const places = new Map<string, number>();
  const place = names.map((_, feature) => {
    const next = places.get(types[feature] ?? '') ?? 0;
    places.set(types[feature] ?? '', next + 1);
    return next;
  });
  const found = new Map<string, [number, number, number][]>();
  for (let item = 0; item < matrix.rows; item++)
    for (let at = matrix.offsets[item]; at < matrix.offsets[item + 1]; at++) {
      const feature = matrix.codes[at];
      const type = types[feature];
      if (type === undefined) continue;
      const entries = found.get(type) ?? [];
      found.set(type, entries);
      entries.push([item, place[feature], matrix.values[at]]);
    }
  return new Map(
    [...found].map(([type, entries]) => [type, sparseOf(matrix.rows, places.get(type)!, entries)]),
  );
}

/** More rows, without entries. */
function withRows(matrix: SparseMatrix, rows: number): SparseMatrix {
  const offsets = new Uint32Array(rows + 1).fill(matrix.codes.length);
  offsets.set(matrix.offsets);
  return { ...matrix, rows, offsets };
}

function firstRows(matrix: SparseMatrix, rows: number): SparseMatrix {
  const offsets = matrix.offsets.slice(0, rows + 1);
  const end = offsets[rows];
  return {
    ...matrix,
    rows,
    offsets,
    codes: matrix.codes.slice(0, end),
    values: matrix.values.slice(0, end),
  };
}
