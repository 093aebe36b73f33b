import type { Store } from '../stores/store.ts';
import { type DatasetReport, type DatasetSource, readDataset } from './dataset-reader.ts';

/** Told how far an import is. */
export type ImportProgress = (progress: {
  readonly phase: 'import';
  readonly name: string;
  readonly done: number;
  readonly note: string;
}) => void;

/**
 * Imports a data set into a store that is still empty; answers what was read, or undefined when the store had
 * something already. Run again after a crash it finishes what is missing, as rows and events have keys.
 */
export async function importDataset(options: {
  readonly store: Store;
  readonly dataset: DatasetSource;
  readonly onProgress: ImportProgress;
}): Promise<DatasetReport | undefined> {
  const { store, dataset, onProgress } = options;
  const before = await store.counts();
  if (before.items + before.users + before.feedback > 0) return undefined;
  const tell = (done: number, note: string) =>
    onProgress({ phase: 'import', name: dataset.path, done, note });
  tell(0, 'reading');
  const report = await readDataset(dataset, {
    items: (batch) => store.mset('items', batch),
    users: (batch) => store.mset('users', batch),
    feedback: (batch) => store.appendFeedback(batch).then(() => undefined),
    progress: (done) => tell(Math.min(done, 0.99), 'reading'),
  });
  tell(1, summary(report));
  return report;
}

function summary({ items, users, feedback, skipped, examples }: DatasetReport): string {
  const read = `${items} items, ${users} users, ${feedback} events`;
  if (skipped === 0) return read;
  const [{ file, line, reason }] = examples;
  return `${read}; ${skipped} rows skipped, the first is ${file} line ${line}: ${reason}`;
}
