import type { ItemTable } from '../../stores/item-table.ts';
import { shortNumber } from '../short-number.ts';
import type { Namespace } from './namespace.ts';

/** A list of items, best first: dense item indices, and a score each. */
export interface ScoredItems {
  readonly count: number;
  readonly items: Int32Array;
  readonly scores: Float32Array;
}

/** How a list is written: ids alone, ids and scores, or ids and the Unix seconds of their publication. */
export type ListForm = 'ids' | 'scores' | 'times';

/**
 * A list as JSON, indented as Gorse does. Written by hand from the fragments that the item table keeps, because
 * `JSON.stringify` costs several times as much.
 *
 * @example
 * scoreText(list, { table, namespace, form: 'ids' }) // '[\n "A1",\n "A2"\n]'
 */
export function scoreText(
  list: ScoredItems,
  {
    table,
    namespace,
    form,
  }: {
    readonly table: ItemTable;
    readonly namespace: Pick<Namespace, 'prefix' | 'outer'>;
    readonly form: ListForm;
  },
): string {
  const { count, items, scores } = list;
  if (count === 0) return '[]';
  const isOuter = namespace.prefix === '';
  let text = '[';
  for (let p = 0; p < count; p++) {
    const item = items[p];
    const id = isOuter ? table.jsonIds[item] : JSON.stringify(namespace.outer(table.ids[item]));
    text += p === 0 ? '\n ' : ',\n ';
    if (form === 'ids') text += id;
    else {
      const score =
        form === 'times' ? Math.floor(table.publishedAtMs[item] / 1000) : shortNumber(scores[p]);
      text += `{\n  "Id": ${id},\n  "Score": ${score}\n }`;
    }
  }
  return `${text}\n]`;
}
