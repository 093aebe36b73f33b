import type { Clock } from '../domain/clock.ts';
import { createMemoryStore } from './memory.ts';
import { openSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

/** Which store, and where. */
export type StoreChoice =
  | { readonly kind: 'memory' }
  | { readonly kind: 'sqlite'; readonly folder: string };

/**
 * Opens the store of a configuration; see `createMemoryStore` and `openSqliteStore`.
 *
 * @example const store = await openStore({ kind: 'sqlite', folder: 'var/data' });
 */
export async function openStore(
  choice: StoreChoice,
  { clock, hasLookups }: { clock?: Clock; hasLookups?: boolean } = {},
): Promise<Store> {
  if (choice.kind === 'sqlite')
    return openSqliteStore({ folder: choice.folder, clock, hasLookups });
  return createMemoryStore(clock === undefined ? {} : { clock });
}
