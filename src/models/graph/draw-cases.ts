import type { Rng } from '../../math/rng.ts';
import type { SparseMatrix } from '../../math/sparse.ts';
import type { Batch } from './losses.ts';

/**
 * Makes a drawing of cases for the softmax: a user, one item that counts as new in this step, and as context the mean of
 * what is taught of the others. Users and then items of a user are drawn all alike. O(size · items of a user · dimensions).
 */
export function createCases(
  userItems: SparseMatrix,
  taught: Float32Array,
  dimensions: number,
): (rng: Rng, size: number, isNew: Uint8Array) => Batch {
  const { offsets, codes } = userItems;
  const rows = Uint32Array.from({ length: userItems.rows }, (_, row) => row).filter(
    (row) => offsets[row + 1] - offsets[row] > 1,
  );
  const chances = new Float64Array(userItems.columns);
  for (const row of rows)
    for (let at = offsets[row]; at < offsets[row + 1]; at++)
      chances[codes[at]] += 1 / (offsets[row + 1] - offsets[row]) / rows.length;
  return (rng, size, isNew) => {
    const wanted: number[] = [];
    const owners: number[] = [];
    const contexts = new Float32Array(size * dimensions);
    for (let tries = 0; tries < 8 * size && wanted.length < size && rows.length > 0; tries++) {
      const row = rows[rng.below(rows.length)];
      const item = codes[offsets[row] + rng.below(offsets[row + 1] - offsets[row])];
      if (isNew[item] === 0) continue;
      const context = contexts.subarray(
        wanted.length * dimensions,
        (wanted.length + 1) * dimensions,
      );
      addContext(context, { item, codes: codes.subarray(offsets[row], offsets[row + 1]), taught });
      wanted.push(item);
      owners.push(row);
    }
    const places = new Map<number, Set<number>>();
    for (const row of owners)
      if (!places.has(row))
        places.set(row, new Set(codes.subarray(offsets[row], offsets[row + 1])));
    return {
      contexts,
      wanted: Uint32Array.from(wanted),
      logChances: Float32Array.from(wanted, (item) => Math.log(chances[item])),
      isHidden: (row, column) => places.get(owners[row])!.has(wanted[column]),
    };
  };
}

/** The unit vector of the mean of what is taught of all items but one. */
function addContext(
  context: Float32Array,
  { item, codes, taught }: { item: number; codes: Uint32Array; taught: Float32Array },
): void {
  const dimensions = context.length;
  context.fill(0);
  for (const code of codes) {
    if (code === item) continue;
    for (let d = 0; d < dimensions; d++) context[d] += taught[code * dimensions + d];
  }
  const length = Math.hypot(...context);
  for (let d = 0; d < dimensions && length > 0; d++) context[d] /= length;
}
