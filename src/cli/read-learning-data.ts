import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import type { Item } from '../domain/item.ts';
import { needLedger } from '../models/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { openReadOnlyStore } from '../stores/read-only.ts';
import type { Store } from '../stores/store.ts';
import { type ImportProgress, importDataset } from '../training/dataset/import-dataset.ts';
import {
  interactionsFromStore,
  type LearntInteractions,
  pagesOf,
} from '../training/dataset/interactions-from-store.ts';

/** What an evaluation or a study goes by. */
export interface LearningData extends LearntInteractions {
  /** The catalogue. */
  readonly items: readonly Item[];
}

/**
 * Reads the data folder, which a gateway may have open and which stays as it is; where there is none, the configured
 * data set. Items that events name and the catalogue does not have are ranked too. Throws `SL_NOTHING_TO_LEARN` where
 * there is neither, or no event in it.
 */
export async function readLearningData(
  config: Config,
  clock: Clock,
  onProgress: ImportProgress,
): Promise<LearningData> {
  const store = await openToRead(config, clock, onProgress);
  try {
    const learning = config.training.data;
    const learnt = await interactionsFromStore(store, {
      ...{ learning, nowMs: clock.now(), withLedger: needLedger(config.models) },
    });
    if (learnt.interactions.codes.length === 0)
      throw nothing('the data have no event to learn from');
    const items: Item[] = [];
    const read = (after?: string) => store.scan('items', { after, limit: 5000 });
    for await (const rows of pagesOf(read)) items.push(...rows);
    return { ...learnt, items: withUnknown(items, learnt.interactions.items) };
  } finally {
    await store.close();
  }
}

async function openToRead(
  { store, dataset }: Config,
  clock: Clock,
  onProgress: ImportProgress,
): Promise<Store> {
  if (store.kind === 'sqlite' && existsSync(join(store.folder, 'data.db')))
    return openReadOnlyStore(store.folder);
  if (dataset === undefined)
    throw nothing('there is neither a data folder nor a dataset in the configuration');
  const memory = createMemoryStore({ clock });
  await importDataset({ store: memory, dataset, onProgress });
  return memory;
}

function withUnknown(items: readonly Item[], ids: readonly string[]): Item[] {
  const known = new Set(items.map(({ id }) => id));
  const unknown = ids.filter((id) => !known.has(id));
  const bare = { catalog: 'default', categories: [], attributes: {}, hidden: false };
  return [...items, ...unknown.map((id) => ({ id, ...bare, publishedAtMs: 0 }))];
}

function nothing(what: string): SightlineError {
  return new SightlineError('SL_NOTHING_TO_LEARN', `${what}, expected feedback`);
}
