import { topRows } from '../../math/top-rows.ts';
import { isInScope } from '../../stores/item-scope.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import type { Hits, ModelQuery } from '../model.ts';

/** Writes the best of the items that have a score above 0, may be shown and are in scope, equal ones by index. */
export type WriteBest = (
  scores: Float32Array,
  { scope }: Pick<ModelQuery, 'scope'>,
  to: { readonly limit: number; readonly hits: Hits },
) => void;

/** Makes what picks from scores by dense item index. O(items), no allocation but for growth. */
export function createBestItems(table: ItemTable): WriteBest {
  let found = new Int32Array(0);
  let scoreOf = new Float32Array(0);
  return (scores, { scope }, { limit, hits }) => {
    const size = Math.min(table.size, scores.length);
    if (found.length < size) {
      found = new Int32Array(size * 2);
      scoreOf = new Float32Array(size * 2);
    }
    let count = 0;
    for (let item = 0; item < size; item++) {
      if (!(scores[item] > 0) || table.hidden[item] !== 0) continue;
      if (scope !== undefined && !isInScope(table, scope, item)) continue;
      found[count] = item;
      scoreOf[count++] = scores[item];
    }
    hits.count = topRows(scoreOf, count, Math.min(limit, hits.items.length), hits.items);
    for (let i = 0; i < hits.count; i++) {
      hits.scores[i] = scoreOf[hits.items[i]];
      hits.items[i] = found[hits.items[i]];
    }
  };
}
