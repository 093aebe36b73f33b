import { type SparseMatrix, sparseOf, transpose } from '../../math/sparse.ts';
import type { GraphPayload } from './graph-payload.ts';
import type { ItemFeatures } from './item-features.ts';

/** Users kept of each item: those whose interest is weightiest. */
const keptUsers = 20;

/** The labels of items without numbers, for explanations. */
export function labelMatrix({
  matrix,
  names,
}: ItemFeatures): Pick<GraphPayload, 'labels' | 'labelNames'> {
  const isLabel = names.map((name) => name.includes('='));
  const entries: [number, number, number][] = [];
  for (let item = 0; item < matrix.rows; item++)
    for (let at = matrix.offsets[item]; at < matrix.offsets[item + 1]; at++)
      if (isLabel[matrix.codes[at]]) entries.push([item, matrix.codes[at], matrix.values[at]]);
  return { labels: sparseOf(matrix.rows, names.length, entries), labelNames: names };
}

/** Some known users of each item, at weights up to 1, for explanations. */
export function someUsers(
  userItems: SparseMatrix,
  names: readonly (string | undefined)[],
  items: number,
): Pick<GraphPayload, 'users' | 'userNames'> {
  const userNames = names.filter((name) => name !== undefined);
  const { offsets, codes, values } = transpose(userItems);
  const entries: [number, number, number][] = [];
  for (let item = 0; item < userItems.columns; item++)
    entries.push(
      ...Array.from(
        { length: offsets[item + 1] - offsets[item] },
        (_, i): [number, number, number] => {
          const at = offsets[item] + i;
          return [item, codes[at], Math.min(1, values[at])];
        },
      )
        // Known users are the first rows.
        .filter(([, user]) => user < userNames.length)
        .sort((a, b) => b[2] - a[2])
        .slice(0, keptUsers),
    );
  return { users: sparseOf(items, userNames.length, entries), userNames };
}
