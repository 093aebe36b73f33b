import type { Interactions } from '../../models/model.ts';
import { createInteractionBuilder } from './dataset.ts';
import { readLines } from './read-lines.ts';

/** A user and the items that the user had to do with. */
export interface UserList {
  readonly user: string;
  readonly items: readonly string[];
}

/**
 * Reads lists in the format of LightGCN: a line a user, `user item item ...`, between spaces; a line of a user without
 * items says nothing. Throws `SL_DATA_INVALID` when the file cannot be read.
 *
 * @example await readUserLists('train.txt.gz') // [{ user: '0', items: ['0', '1', ...] }, ...]
 */
export async function readUserLists(path: string): Promise<readonly UserList[]> {
  const lists: UserList[] = [];
  await readLines(path, (lines) => {
    for (const line of lines) {
      const [user, ...items] = line.split(' ').filter((word) => word !== '');
      if (items.length > 0) lists.push({ user, items });
    }
  });
  return lists;
}

/** Makes interactions of lists: a session a user, in the order of the list. */
export function interactionsOfLists(lists: readonly UserList[]): Interactions {
  const builder = createInteractionBuilder({ maxSessionEvents: Number.POSITIVE_INFINITY });
  for (const { user, items } of lists)
    for (const [atMs, item] of items.entries()) builder.add({ item, user, atMs });
  return builder.build();
}
