import { attachTable } from './attach-table.ts';
import type { TableHandle } from './global-table.ts';
import type { TableShelf } from './table-shelf.ts';

/**
 * A shelf of tables that another thread has loaded: all threads read the same memory. Nothing can be loaded anew.
 *
 * @example (await createAttachedShelf(workerData.tables).load(config.tables)).get('staff')?.has('u1')
 */
export function createAttachedShelf(handles: ReadonlyMap<string, TableHandle>): TableShelf {
  const tables = new Map([...handles].map(([name, handle]) => [name, attachTable(handle)]));
  return { load: async () => tables, failure: () => undefined, close: async () => {} };
}
