import type { ModelQuery } from '../model.ts';

/**
 * Writes the items that a query goes on from into `items`, newest first, each once, and returns how many: `similar` the
 * anchor alone, `next` the anchor and the session before it. Those outside of 0 to `size - 1` are left out.
 * O(items²), no allocation.
 *
 * @example queryItems({ anchor: 4, recent: Int32Array.of(9, 7, 9, 4), purpose: 'next', nowMs: 0 }, 10, items) // 3: 4, 9, 7
 */
export function queryItems(
  { anchor, recent, purpose }: ModelQuery,
  size: number,
  items: Int32Array,
): number {
  let count = 0;
  for (let at = recent.length; at >= 0 && count < items.length; at--) {
    const item = at === recent.length ? anchor : recent[at];
    const isNew = item >= 0 && item < size && !isAmong(items, count, item);
    if (isNew) items[count++] = item;
    if (purpose === 'similar') return count;
  }
  return count;
}

function isAmong(items: Int32Array, count: number, item: number): boolean {
  for (let i = 0; i < count; i++) if (items[i] === item) return true;
  return false;
}
