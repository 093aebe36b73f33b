import type { Item } from '../../domain/item.ts';
import type { Store } from '../../stores/store.ts';
import { type DatasetReport, type DatasetSource, readDataset } from './dataset-reader.ts';

/** Told how far an import is. */
export type ImportProgress = (progress: {
  readonly phase: 'import';
  readonly name: string;
  readonly done: number;
  readonly note: string;
}) => void;

/** Items written at once. */
const itemsPerWrite = 50_000;

/**
 * Imports a data set into a store without items; answers what was read, or undefined when the store has items.
 * Items are written last: an import that was cut short has none, and the next start does it again, which changes
 * nothing of what is there already, as rows and events have keys.
 */
export async function importDataset(options: {
  readonly store: Store;
  readonly dataset: DatasetSource;
  readonly onProgress: ImportProgress;
}): Promise<DatasetReport | undefined> {
  const { store, dataset, onProgress } = options;
  const before = await store.counts();
  if (before.items > 0) return undefined;
  const tell = (done: number, note: string) =>
    onProgress({ phase: 'import', name: dataset.path, done, note });
  tell(0, 'reading');
  const items: Item[] = [];
  const report = await readDataset(dataset, {
    items: (batch) => void items.push(...batch),
    users: (batch) => store.mset('users', batch),
    feedback: (batch) => store.appendFeedback(batch).then(() => undefined),
    progress: (done) => tell(Math.min(done, 0.99), 'reading'),
  });
  for (let from = 0; from < items.length; from += itemsPerWrite) {
    await store.mset('items', items.slice(from, from + itemsPerWrite));
  }
  tell(1, summary(report));
  return report;
}

function summary({ items, users, feedback, skipped, examples }: DatasetReport): string {
  const read = `${items} items, ${users} users, ${feedback} events`;
  if (skipped === 0) return read;
  const [{ file, line, reason }] = examples;
  return `${read}; ${skipped} rows skipped, the first is ${file} line ${line}: ${reason}`;
}
