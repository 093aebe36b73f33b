import type { Feedback } from '../../domain/feedback.ts';
import type { Item } from '../../domain/item.ts';
import type { User } from '../../domain/user.ts';
import { readCsv } from './csv.ts';
import type { CsvSource } from './dataset-schema.ts';
import { readEshop } from './eshop.ts';
import { readJsonl } from './jsonl.ts';
import { readLists } from './lists.ts';

/** Where a recorded data set is, as the configuration says it. */
export type DatasetSource =
  | {
      /**
       * `eshop`: the clickstream file; `jsonl`: a folder with items.jsonl, users.jsonl, feedback.jsonl; `lists`: a file
       * with a line a user.
       */
      readonly format: 'eshop' | 'jsonl' | 'lists';
      readonly path: string;
    }
  | CsvSource;

/** One session of a recorded data set, where the data say more of it than its events do. */
export interface RecordedSession {
  readonly id: string;
  readonly segment: string;
}

/**
 * Takes what a reader reads, in batches, in the order of the file; the reader waits for each batch to be taken.
 * An item always comes before the first event with it, where the file knows the item.
 */
export interface DatasetSink {
  items?(batch: readonly Item[]): void | Promise<void>;
  users?(batch: readonly User[]): void | Promise<void>;
  feedback?(batch: readonly Feedback[]): void | Promise<void>;
  sessions?(batch: readonly RecordedSession[]): void | Promise<void>;
  /** Told how much of the input is read, 0 to 1. */
  progress?(done: number): void;
}

/** A row that was passed over. */
export interface SkippedRow {
  readonly file: string;
  /** The first line is 1. */
  readonly line: number;
  readonly reason: string;
}

/** What a reader read. */
export interface DatasetReport {
  readonly items: number;
  readonly users: number;
  readonly feedback: number;
  /** Rows passed over. */
  readonly skipped: number;
  /** How often each kind of reason was met. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The first 20 rows passed over. */
  readonly examples: readonly SkippedRow[];
}

/**
 * Reads a recorded data set into a sink, streaming. Bad rows are passed over and reported. Throws
 * `SL_DATA_INVALID` when there is no such file or it is not of the format at all.
 */
export function readDataset(source: DatasetSource, sink: DatasetSink): Promise<DatasetReport> {
  if (source.format === 'csv') return readCsv(source, sink);
  const readers = { eshop: readEshop, jsonl: readJsonl, lists: readLists };
  return readers[source.format](source.path, sink);
}

/** A recorded data set in memory. */
export interface Dataset {
  readonly items: readonly Item[];
  readonly users: readonly User[];
  readonly feedback: readonly Feedback[];
  /** Segment of each session that has one. */
  readonly segmentOf: ReadonlyMap<string, string>;
  readonly report: DatasetReport;
}

/** Reads all of a data set into memory; see `readDataset`. */
export async function collectDataset(source: DatasetSource): Promise<Dataset> {
  const items: Item[] = [];
  const users: User[] = [];
  const feedback: Feedback[] = [];
  const segmentOf = new Map<string, string>();
  const report = await readDataset(source, {
    items: (batch) => void items.push(...batch),
    users: (batch) => void users.push(...batch),
    feedback: (batch) => void feedback.push(...batch),
    sessions: (batch) => {
      for (const { id, segment } of batch) segmentOf.set(id, segment);
    },
  });
  return { items, users, feedback, segmentOf, report };
}
