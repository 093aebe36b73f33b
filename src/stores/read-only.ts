import { SightlineError } from '../domain/errors.ts';
import { openSqliteReader } from './sqlite-reader.ts';
import type { Store } from './store.ts';
import { storeError } from './store-error.ts';

/**
 * Opens a data folder for reads alone, without its lock, so also while a gateway has it open. What that gateway keeps
 * in its journal, the feedback of about the last second, is not seen. Every change rejects with `SL_STORE_UNAVAILABLE`.
 * Throws what `openSqliteStore` does for a folder that cannot be read.
 */
export function openReadOnlyStore(folder: string): Store {
  const attempt = async <T>(read: () => T): Promise<T> => {
    try {
      return read();
    } catch (cause) {
      throw storeError(cause, folder);
    }
  };
  const reader = openReader(folder);
  const refuse = async () => {
    const message = `data folder ${folder} is open for reads, expected no change`;
    throw new SightlineError('SL_STORE_UNAVAILABLE', message);
  };
  return {
    name: 'sqlite',
    mget: async (table, keys) =>
      keys.map((key) => {
        try {
          return reader.find(table, key);
        } catch (cause) {
          return { state: 'failed', reason: 'error', cause };
        }
      }),
    mset: refuse,
    mdelete: refuse,
    appendFeedback: refuse,
    replaceFeedback: refuse,
    deleteFeedback: refuse,
    feedbackTotals: (which, options) => attempt(() => reader.totals(which, options)),
    scan: (table, options) => attempt(() => reader.page(table, options)),
    scanFeedback: (options) => attempt(() => reader.feedbackPage(options)),
    counts: () => attempt(() => reader.counts()),
    close: () => attempt(() => reader.close()),
  };
}

function openReader(folder: string) {
  try {
    return openSqliteReader(folder);
  } catch (cause) {
    throw storeError(cause, folder);
  }
}
