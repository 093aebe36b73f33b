import type { SparseMatrix } from '../math/sparse.ts';
import type { Interactions } from './model.ts';

/** Who had to do with what: a row a user, and one for each session of nobody known. */
export interface UserItems extends SparseMatrix {
  /** User id of each row; absent for a session of nobody known. Users come first. */
  readonly users: readonly (string | undefined)[];
}

/**
 * Makes rows of users out of sessions; a place holds the greatest weight of its events, each halved with every
 * `halfLifeDays` that it is older than the newest of all. O(events · log events of a user).
 *
 * @example userItems(sessionsOf('aba')).values // [1, 1]: one row, a and b
 */
export function userItems(
  interactions: Pick<
    Interactions,
    'items' | 'offsets' | 'codes' | 'atMs' | 'weights' | 'users' | 'userOf'
  >,
  { halfLifeDays = Number.POSITIVE_INFINITY }: { halfLifeDays?: number | undefined } = {},
): UserItems {
  const { items, offsets, codes, atMs, weights, users = [] } = interactions;
  const { rowOf, rows } = rowsOf(interactions);
  const newest = atMs.reduce((a, b) => Math.max(a, b), 0);
  const weightOf = (event: number): number => {
    const ageDays = (newest - atMs[event]) / 86_400_000;
    return (weights?.[event] ?? 1) * (ageDays > 0 ? 0.5 ** (ageDays / halfLifeDays) : 1);
  };
  const starts = new Uint32Array(rows + 1);
  for (let s = 0; s + 1 < offsets.length; s++) starts[rowOf[s] + 1] += offsets[s + 1] - offsets[s];
  for (let row = 0; row < rows; row++) starts[row + 1] += starts[row];
  const events = new Uint32Array(codes.length);
  const ends = starts.slice(0, rows);
  for (let s = 0; s + 1 < offsets.length; s++)
    for (let at = offsets[s]; at < offsets[s + 1]; at++) events[ends[rowOf[s]]++] = at;
  const matrix = {
    rows,
    columns: items.length,
    offsets: new Uint32Array(rows + 1),
    codes: new Uint32Array(codes.length),
    values: new Float32Array(codes.length),
  };
  let end = 0;
  for (let row = 0; row < rows; row++) {
    const own = events.subarray(starts[row], starts[row + 1]).sort((a, b) => codes[a] - codes[b]);
    for (const [i, event] of own.entries()) {
      const isNew = i === 0 || codes[own[i - 1]] !== codes[event];
      if (isNew) matrix.codes[end++] = codes[event];
      matrix.values[end - 1] = Math.max(matrix.values[end - 1], weightOf(event));
    }
    matrix.offsets[row + 1] = end;
  }
  const names = Array.from({ length: rows }, (_, row) => users[row]);
  return {
    ...matrix,
    codes: matrix.codes.slice(0, end),
    values: matrix.values.slice(0, end),
    users: names,
  };
}

/** The row of each session. */
function rowsOf({
  offsets,
  users = [],
  userOf,
}: Pick<Interactions, 'offsets' | 'users' | 'userOf'>): {
  rowOf: Uint32Array;
  rows: number;
} {
  let rows = users.length;
  const rowOf = new Uint32Array(Math.max(0, offsets.length - 1));
  for (let session = 0; session < rowOf.length; session++) {
    const user = userOf?.[session] ?? -1;
    rowOf[session] = user >= 0 ? user : rows++;
  }
  return { rowOf, rows };
}
