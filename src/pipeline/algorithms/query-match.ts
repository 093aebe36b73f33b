import type { Intent } from '../../domain/intent.ts';
import { isInScope } from '../../stores/item-scope.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import type { Algorithms } from '../catalogue.ts';
import type { QueryIndex } from './query-index.ts';

/** Brings items of the categories and attribute values that the intent names, within the scope; nothing when it names none. */
export function queryRetriever(index: QueryIndex): Algorithms['retrievers'] {
  return {
    retrieve({ intent, table, query: { scope } }, hits, limit) {
      const lists = listsOf(intent, index);
      const seen = new Set<number>();
      for (const list of lists) {
        for (const item of list) {
          if (hits.count >= limit) return;
          if (table.hidden[item] !== 0 || seen.has(item)) continue;
          if (scope !== undefined && !isInScope(table, scope, item)) continue;
          seen.add(item);
          hits.items[hits.count] = item;
          hits.scores[hits.count++] = 1;
        }
      }
    },
  };
}

/** Attribute values are the narrower wish, so their items come first. */
function listsOf(intent: Intent, index: QueryIndex): (readonly number[])[] {
  const lists: (readonly number[])[] = [];
  for (const code of intent.attributes) lists.push(index.itemsOfAttribute(code));
  for (const code of intent.categories) lists.push(index.itemsOfCategory(code));
  return lists;
}

/** Scores the share of the wanted attribute values that an item has; 0 where none is wanted. */
export const queryScorer: Algorithms['scorers'] = {
  score({ intent, table }, { items, count }, scores) {
    const wanted = intent.attributes;
    if (wanted.length === 0) scores.fill(0, 0, count);
    else for (let row = 0; row < count; row++) scores[row] = shareOf(wanted, table, items[row]);
  },
};

function shareOf(wanted: Uint16Array, table: ItemTable, item: number): number {
  const codes = table.attributesOf[item];
  let found = 0;
  for (const code of wanted) if (codes.includes(code)) found += 1;
  return found / wanted.length;
}
