import { setImmediate } from 'node:timers/promises';
import type { Item } from '../../domain/item.ts';
import { flattenLabels } from '../../domain/labels.ts';
import type { Gateway } from '../../gateway.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import { compareKeys } from '../../stores/key-order.ts';
import type { Search } from './keyed-row-routes.ts';
import { rowOf } from './keyed-rows.ts';
import { TextIndex } from './text-index.ts';

/** Items that are read between two breaths. */
const chunk = 100;

/**
 * Finds items by the words of their ids, comments, labels, attributes and categories: the best first, then by id. The
 * index stands in memory. It is made by the first search, in steps that let requests pass, and catches up with what
 * has changed at each later one, whichever door the change came by.
 */
export function createItemSearch({ store, table }: Pick<Gateway, 'store' | 'table'>): Search<Item> {
  let index = new TextIndex();
  /** Of the table, up to which the index has followed. */
  let revision = 0;
  let putsSinceMade = 0;
  let catchingUp: Promise<void> | undefined;

  const read = async (places: readonly number[]): Promise<(Item | undefined)[]> => {
    const found = await store.mget(
      'items',
      places.map((place) => table.ids[place]),
    );
    return found.map((lookup) => rowOf(lookup, store.name));
  };

  async function catchUp(): Promise<void> {
    // Words that no item has any more stay in an index, so it is made anew from time to time.
    const isAnew = putsSinceMade > 4 * table.size + 10_000;
    const next = isAnew ? new TextIndex() : index;
    const until = table.revision;
    const changed = changedSince(table, isAnew ? 0 : revision);
    for (let at = 0; at < changed.length; at += chunk) {
      const places = changed.slice(at, at + chunk);
      const items = await read(places);
      places.forEach((place, i) => {
        next.put(place, items[i] === undefined ? '' : wordsOf(items[i]));
      });
      await setImmediate();
    }
    putsSinceMade = (isAnew ? 0 : putsSinceMade) + changed.length;
    index = next;
    revision = until;
  }

  return async (query, { count, namespace: { prefix } }) => {
    const wanted = table.revision;
    while (revision < wanted) {
      catchingUp ??= catchUp().finally(() => {
        catchingUp = undefined;
      });
      await catchingUp;
    }
    const best = index
      .find(query)
      .filter(({ place }) => table.ids[place].startsWith(prefix))
      .sort((a, b) => b.score - a.score || compareKeys(table.ids[a.place], table.ids[b.place]))
      .slice(0, count);
    const items = await read(best.map(({ place }) => place));
    return items.filter((item) => item !== undefined);
  };
}

/** The items that have changed after a revision. */
function changedSince(table: ItemTable, revision: number): number[] {
  const changed: number[] = [];
  for (let place = 0; place < table.size; place += 1)
    if (table.changedAt[place] > revision) changed.push(place);
  return changed;
}

function wordsOf(item: Item): string {
  const { catalog, categories, attributes, labels, comment = '' } = item;
  const tenant = `${catalog}:`;
  const id = item.id.startsWith(tenant) ? item.id.slice(tenant.length) : item.id;
  const values = [...Object.values(attributes), ...flattenLabels(labels).map(([, value]) => value)];
  return [id, comment, ...categories, ...values].join(' ');
}
