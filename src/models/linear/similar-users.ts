import { type SparseMatrix, transpose } from '../../math/sparse.ts';
import type { Model, SimilarUser } from '../model.ts';
import { rowSums } from './link-items.ts';
import { createNeighbourhood, type NeighbourRules } from './neighbourhood.ts';
import type { QueryHistory } from './query-history.ts';

/** Rows that are looked through for users: more than are wanted, as sessions of nobody known are among them. */
const maxNeighbours = 4096;

/** How users are compared. */
export interface SimilarUserRules {
  readonly options: NeighbourRules;
  readonly history: QueryHistory;
}

/**
 * Makes a search for users by the cosine of what they had, the first rows of the matrix being those of `users`. What is
 * needed for it is made at the first question. O(work + users reached).
 */
export function createSimilarUsers(
  matrix: SparseMatrix,
  users: readonly string[],
  { options, history }: SimilarUserRules,
): NonNullable<Model['similarUsers']> {
  const neighbours = Math.max(1, Math.min(maxNeighbours, matrix.rows));
  const open = () =>
    createNeighbourhood(transpose(matrix), rowSums(matrix, 2), { ...options, neighbours });
  let opened: ReturnType<typeof open> | undefined;
  return (query, limit, prefix = '') => {
    const self = query.user === undefined ? -1 : users.indexOf(query.user);
    const read = history.read({ ...query, purpose: 'next' });
    const { codes, factors } = read > 0 ? history : rowOf(matrix, self);
    const count = read > 0 ? read : codes.length;
    if (count === 0) return [];
    opened ??= open();
    const found = opened.find(codes, factors, count);
    const similar: SimilarUser[] = [];
    for (let i = 0; i < found && similar.length < limit; i++) {
      const row = opened.users[i];
      const isOther = row < users.length && row !== self;
      if (isOther && users[row].startsWith(prefix))
        similar.push({ id: users[row], score: opened.similarities[i] });
    }
    return similar;
  };
}

/** What a user had; nothing for row -1. */
function rowOf({ offsets, codes, values }: SparseMatrix, row: number) {
  const [from, to] = row < 0 ? [0, 0] : [offsets[row], offsets[row + 1]];
  return {
    codes: Int32Array.from(codes.subarray(from, to)),
    factors: Float64Array.from(values.subarray(from, to)),
  };
}
