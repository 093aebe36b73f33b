import type { SparseMatrix } from '../../math/sparse.ts';
import type { ItemCodes } from '../item-codes.ts';
import { latestClicks } from '../latest-clicks.ts';
import type { ModelQuery } from '../model.ts';
import { longestHistory } from './fold-in-user.ts';

/** Item vectors by code, row-major, and what the mean of them is multiplied by. */
export interface MeanItems {
  readonly vectors: Float32Array;
  readonly scale: number;
}

/**
 * Makes a stand-in for users that were not learnt: the scaled mean vector of the clicks of a query is written into
 * `user`; false when there are none. O(clicks · dimensions).
 */
export function createMeanFoldIn(
  { vectors, scale }: MeanItems,
  items: ItemCodes,
): (query: ModelQuery, user: Float32Array) => boolean {
  const clicks = new Int32Array(longestHistory);
  return (query, user) => {
    const count = latestClicks(query, items, clicks);
    user.fill(0);
    for (let i = 0; i < count; i++) addRow(user, vectors, clicks[i], scale / count);
    return count > 0;
  };
}

/**
 * What the mean item vector of a user must be multiplied by to come nearest to the vector of the user, over all users:
 * Σ user · mean / Σ |mean|²; 1 where there is none. O(entries · dimensions).
 */
export function meanScale(
  { rows, offsets, codes }: SparseMatrix,
  { users, items }: { readonly users: Float32Array; readonly items: Float32Array },
  dimensions: number,
): number {
  const mean = new Float32Array(dimensions);
  let [products, squares] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const own = codes.subarray(offsets[row], offsets[row + 1]);
    mean.fill(0);
    for (const code of own) addRow(mean, items, code, 1 / own.length);
    for (let d = 0; d < dimensions; d++) {
      products += users[row * dimensions + d] * mean[d];
      squares += mean[d] * mean[d];
    }
  }
  return squares > 0 ? products / squares : 1;
}

function addRow(sum: Float32Array, vectors: Float32Array, row: number, factor: number): void {
  const start = row * sum.length;
  for (let d = 0; d < sum.length; d++) sum[d] += factor * vectors[start + d];
}
