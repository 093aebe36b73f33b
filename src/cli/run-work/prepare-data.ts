import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { type Clock, systemClock } from '../../domain/clock.ts';
import { ItemTable } from '../../stores/item-table.ts';
import { openStore } from '../../stores/open-store.ts';
import { openReadOnlyStore } from '../../stores/read-only.ts';
import { rebuildSessions } from '../../stores/rebuild.ts';
import { SessionTable } from '../../stores/session-table.ts';
import type { Store } from '../../stores/store.ts';
import { importDataset } from '../../training/dataset/import-dataset.ts';
import { prepareModels } from '../../training/prepare-models.ts';
import { createStartProgress } from '../start-progress.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Does what a first start does, where there was none: imports the data set and trains the models. A data folder that is
 * there is left alone. Throws what a start throws.
 */
export async function prepareData(config: Config, terminal: Terminal): Promise<void> {
  if (hasFolder(config)) return;
  const progress = createStartProgress(terminal, systemClock);
  const onProgress = progress.update;
  const store = await openFilled(config, { clock: systemClock, onProgress });
  try {
    const table = new ItemTable();
    await rebuildSessions(store, { table, sessions: new SessionTable(config.sessions) });
    const { models, modelFolder: folder, training } = config;
    await prepareModels({
      ...{ folder, models, training, store, table, onProgress },
      clock: systemClock,
      emit: () => {},
    });
  } finally {
    progress.end();
    await store.close();
  }
}

/** Opens the data of a configuration that was prepared: the folder for reads, or the data set in memory. */
export async function openData(config: Config, clock: Clock): Promise<Store> {
  return config.store.kind === 'sqlite'
    ? openReadOnlyStore(config.store.folder)
    : openFilled(config, { clock, onProgress: () => {} });
}

async function openFilled(
  { store: choice, dataset }: Config,
  {
    clock,
    onProgress,
  }: { clock: Clock; onProgress: Parameters<typeof importDataset>[0]['onProgress'] },
): Promise<Store> {
  const store = await openStore(choice, { clock });
  try {
    if (dataset !== undefined) await importDataset({ store, dataset, onProgress });
    return store;
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

function hasFolder({ store }: Config): boolean {
  return store.kind === 'sqlite' && existsSync(join(store.folder, 'data.db'));
}
