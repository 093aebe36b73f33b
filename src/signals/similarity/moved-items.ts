import type { ItemVectors } from '../known/item-columns.ts';

/**
 * The items whose vectors differ between two versions of a model, those that have one in only one of them included;
 * undefined where they are more than `limit`: then the versions were trained apart and nothing of them may be
 * compared. O(items · dimensions).
 */
export function movedItems(
  before: ItemVectors,
  after: ItemVectors,
  limit: number,
): readonly number[] | undefined {
  if (before.dimensions !== after.dimensions) return undefined;
  const moved: number[] = [];
  const count = Math.max(before.count, after.count);
  for (let item = 0; item < count; item++) {
    if (!hasMoved(before, after, item)) continue;
    if (moved.length === limit) return undefined;
    moved.push(item);
  }
  return moved;
}

function hasMoved(before: ItemVectors, after: ItemVectors, item: number): boolean {
  const norm = before.norms[item] ?? 0;
  if (norm !== (after.norms[item] ?? 0)) return true;
  if (norm === 0) return false;
  const [a, b] = [before.values, after.values];
  const end = (item + 1) * before.dimensions;
  for (let at = item * before.dimensions; at < end; at++) if (a[at] !== b[at]) return true;
  return false;
}
