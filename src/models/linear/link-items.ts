import { linkedScratchBytes } from '../../math/kernels/crew/kernel-calls.ts';
import { type SparseMatrix, transpose } from '../../math/sparse.ts';
import type { ItemRows } from '../item-rows.ts';
import { keptBytes, placedBytes, placeMatrix, placeRows, withCrew } from './linear-crew.ts';

/** How items are linked by the users they share. */
export interface LinkRules {
  /** The weight of a user is the sum of its row to the power of minus this. */
  readonly userExponent: number;
  /** A link is divided by norm of the item from which it goes, to this power, */
  readonly fromExponent: number;
  /** and by the norm of the item to which it goes, to this power, */
  readonly toExponent: number;
  /** plus this, which holds back links that few users make. */
  readonly shrink?: number;
  /** Norm of an item: the sum of its column, or of the squares of it. */
  readonly norm?: 'sum' | 'squares';
  /** Power of the link itself. */
  readonly power?: number;
  /** Links kept of each item, the greatest. */
  readonly keep: number;
}

/**
 * Links of each item with others: (Σ_u d_u^-user · r_ui · r_uj / (d_i^from · d_j^to + shrink))^power, the greatest of each
 * row, without those of an item with itself. With exponents .5 of the norms of squares it is the cosine of columns; the
 * others are LinkProp (Fu et al. 2022) and RP3-beta (Paudel et al. 2017). O(Σ entries of a user²), and the links kept in memory.
 *
 * @example linkItems('item-graph', userItems(interactions), { userExponent: 1, fromExponent: 1, toExponent: 0, keep: 100 }, 1)
 */
export function linkItems(
  kind: string,
  matrix: SparseMatrix,
  rules: LinkRules,
  threads: number,
): ItemRows {
  const { userExponent, fromExponent, toExponent, shrink = 0, norm = 'sum', power = 1 } = rules;
  const items = matrix.columns;
  const keep = Math.min(rules.keep, Math.max(1, items - 1));
  const users = rowSums(matrix).map((sum) => (sum > 0 ? sum ** -userExponent : 0));
  const columns = transpose(matrix);
  const norms = norm === 'sum' ? rowSums(columns) : rowSums(columns, 2);
  const weighted = {
    ...columns,
    values: columns.values.map((v, at) => v * users[columns.codes[at]]),
  };
  const bytes =
    placedBytes(matrix) + placedBytes(columns) + 8 * items + keptBytes(items, keep) + 512;
  const scratchBytes = linkedScratchBytes(items, keep);
  return withCrew({ kind, bytes, threads, scratchBytes, remedy: 'lower keep' }, (crew) => {
    const kept = placeRows(crew, items, keep);
    crew.run('linked', { count: items, chunk: 64 }, [
      ...placeMatrix(crew, weighted),
      ...placeMatrix(crew, matrix),
      items,
      crew.copy(powers(norms, fromExponent)).address,
      crew.copy(powers(norms, toExponent)).address,
      shrink,
      keep,
      kept.codes,
      kept.values,
      kept.counts,
    ]);
    const rows = kept.read();
    // A power keeps the order, so it can wait until there are few links.
    return power === 1 ? rows : { ...rows, weights: rows.weights.map((weight) => weight ** power) };
  });
}

/** Sum of the values of each row, each to a power. */
export function rowSums({ rows, offsets, values }: SparseMatrix, power = 1): Float64Array {
  const sums = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    for (let at = offsets[row]; at < offsets[row + 1]; at++) sums[row] += values[at] ** power;
  return sums;
}

/** Norms of 0 become 1: nothing is divided by them. */
function powers(norms: Float64Array, exponent: number): Float32Array {
  return Float32Array.from(norms, (norm) => (norm > 0 ? norm ** exponent : 1));
}
