import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Clock, systemClock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import type { Feedback } from '../domain/feedback.ts';
import type { DataWriterOptions } from './data-writer.ts';
import { encodeBatch, encodeInTurns } from './feedback-batch.ts';
import { lockFolder } from './folder-lock.ts';
import { createGate, type Gate } from './gate.ts';
import { createJournalFile, type Journal, openJournal } from './journal.ts';
import { RecentKeys } from './recent-keys.ts';
import { openSqliteReader, type SqliteReader } from './sqlite-reader.ts';
import type { WriterThreadOptions } from './sqlite-writer.ts';
import type { Appended, Lookup, Rows, Store, TableName } from './store.ts';
import { closedError, storeError } from './store-error.ts';
import { checkFeedback, checkReplacement, checkRows, isText } from './store-input.ts';
import { connectWriter, type StartedWriter, type WriterThread } from './writer-thread.ts';

/** Where and how a data folder is opened. */
export interface SqliteStoreOptions {
  /** Made when it is not there. One process at a time may have it open. */
  readonly folder: string;
  readonly clock?: Clock | undefined;
  /** Size of the journal when it is made: the most feedback that may wait to be folded. */
  readonly journalBytes?: number | undefined;
  /** The most data.db may grow to; unlimited by default. */
  readonly maxDataBytes?: number | undefined;
  /** Whether feedback is found by type, user and item fast; events are then taken in a third as fast. */
  readonly hasLookups?: boolean | undefined;
}

/** Keys read back at open: what clients may send again after a restart, in a few ten milliseconds. */
const keysAtOpen = 1 << 16;
const defaultJournalBytes = 32 << 20;
/** Bytes of rows that may wait for the writer. */
const maxWaitingRowBytes = 64 << 20;

/**
 * Opens a store in a folder. Rows and events stand in `data.db` (SQLite), written by one thread of its own
 * and read on the calling thread, a few microseconds a row.
 *
 * Feedback is durable once it stands in `feedback.journal`, a ring file written through to the disk, all
 * batches that wait in one write. The writer thread folds it into the `feedback` table behind; the unique
 * key of that table keeps every event once. When the journal is full, appends wait for the fold; when an
 * eighth of its size waits, they are refused. What was not folded when the process ended is folded at the next
 * open. `scanFeedback` and `counts` fold first. The receipt knows the last 524,288 keys at least, the last
 * 65,536 after an open: an event that repeats an older one is kept once all the same, but counted as accepted.
 *
 * Throws `SL_STORE_LOCKED`, `SL_STORE_VERSION`, `SL_STORE_CORRUPT`, `SL_STORE_FULL`, `SL_STORE_UNAVAILABLE`.
 *
 * @example
 * const store = await openSqliteStore({ folder: 'var/data' });
 * await store.appendFeedback([{ key: 'k', type: 'click', item: 'A1', atMs: 0 }]); // { accepted: 1, ... }
 * await store.close();
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { folder } = options;
  const lock = lockFolder(folder);
  try {
    return createStore(await openParts(options), () => lock.release());
  } catch (cause) {
    lock.release();
    throw storeError(cause, folder);
  }
}

interface Parts {
  readonly folder: string;
  readonly clock: Clock;
  readonly writer: WriterThread;
  readonly journal: Journal;
  /** Where feedback waits while the journal is full. */
  readonly room: Gate;
  readonly reader: SqliteReader;
  readonly recent: RecentKeys;
  /** Position before which every event is in the feedback table. */
  readonly folded: () => number;
  /** Why the journal cannot be folded, while it cannot. */
  readonly stuck: () => SightlineError | undefined;
}

async function openParts(options: SqliteStoreOptions): Promise<Parts> {
  const { folder, clock = systemClock, journalBytes = defaultJournalBytes } = options;
  const { maxDataBytes, hasLookups = false } = options;
  const journalPath = join(folder, 'feedback.journal');
  const capacity = createJournalFile(journalPath, journalBytes);
  let journal: Journal | undefined;
  let folded = 0;
  let stuck: SightlineError | undefined;
  const room = createGate({
    maxBytes: capacity / 8,
    onFull: () => overloadedError(folder, 'feedback'),
  });
  const started = startWriter({ folder, journalPath, maxBytes: maxDataBytes, hasLookups });
  const writer = connectWriter(started, {
    onFolded(position) {
      folded = position;
      stuck = undefined;
      journal?.release(position);
      room.open();
    },
    onStuck(error) {
      stuck = error;
      room.fail(error);
    },
  });
  try {
    folded = await writer.ask({ kind: 'open' });
    journal = openJournal({
      path: journalPath,
      capacity,
      head: folded,
      onDurable: (head) => writer.journalGrew(head),
      onError: (cause) => storeError(cause, folder),
    });
    const reader = openSqliteReader(folder);
    const recent = new RecentKeys();
    for (const key of reader.newestKeys(keysAtOpen)) recent.add(key);
    const status = { folded: () => folded, stuck: () => stuck };
    return { folder, clock, writer, journal, room, reader, recent, ...status };
  } catch (cause) {
    await writer.stop();
    throw cause;
  }
}

function startWriter(options: DataWriterOptions): StartedWriter {
  const file = import.meta.url.endsWith('.ts') ? './sqlite-writer.ts' : './sqlite-writer.js';
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const workerData: WriterThreadOptions = { ...options, sent };
  const worker = new Worker(new URL(file, import.meta.url), {
    ...{ workerData, name: 'data-writer' },
    // A large batch would make it keep several times as much for good.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  return { worker, folder: options.folder, sent };
}

function createStore(parts: Parts, release: () => void): Store {
  const { folder, clock, writer, journal, room, reader, recent } = parts;
  let closed: Promise<void> | undefined;
  let waitingBytes = 0;
  const assertOpen = () => {
    if (closed !== undefined) throw closedError('sqlite');
  };

  async function foldAll(): Promise<void> {
    assertOpen();
    if (journal.head > parts.folded()) await writer.ask({ kind: 'fold', to: journal.head });
    assertOpen();
  }

  async function waitForRoom(payloads: readonly Buffer[]): Promise<void> {
    const error = parts.stuck();
    if (error !== undefined) throw error;
    await room.wait(payloads.reduce((sum, { length }) => sum + length, 0));
    assertOpen();
  }

  return {
    name: 'sqlite',
    async mget(table, keys) {
      if (closed !== undefined) return keys.map(() => failed('unavailable', closedError('sqlite')));
      return keys.map((key) => findSafely(reader, table, key));
    },
    async mset(table, rows, { onlyNew = false } = {}) {
      assertOpen();
      checkRows(table, rows);
      const texts = rows.map((row) => JSON.stringify(row));
      const bytes = texts.reduce((sum, { length }) => sum + length, 0);
      if (waitingBytes > 0 && waitingBytes + bytes > maxWaitingRowBytes)
        throw overloadedError(folder, table);
      waitingBytes += bytes;
      const ids = rows.map(({ id }) => id);
      try {
        const writtenAtMs = clock.now();
        await writer.ask({ kind: 'set', table, ids, rows: texts, writtenAtMs, onlyNew });
      } finally {
        waitingBytes -= bytes;
      }
    },
    async mdelete(table, keys) {
      assertOpen();
      return writer.ask({ kind: 'delete', table, ids: keys.filter(isText) });
    },
    async scan(table, options) {
      assertOpen();
      return attempt(folder, () => reader.page(table, options));
    },
    async appendFeedback(batch) {
      assertOpen();
      writer.assertAlive();
      checkFeedback(batch);
      if (batch.length === 0) return { accepted: 0, duplicates: 0, fresh: new Uint8Array() };
      const payloads = encodeBatch(batch);
      let durable = journal.append(payloads);
      while (durable === undefined) {
        await waitForRoom(payloads);
        durable = journal.append(payloads);
      }
      const receipt = remember(recent, batch);
      try {
        await durable;
      } catch (error) {
        batch.forEach(({ key }, e) => {
          if (receipt.fresh[e] === 1) recent.forget(key);
        });
        throw error;
      }
      return receipt;
    },
    async scanFeedback(options) {
      await foldAll();
      return attempt(folder, () => reader.feedbackPage(options));
    },
    async replaceFeedback(batch) {
      assertOpen();
      checkReplacement(batch);
      if (batch.length === 0) return;
      const payloads = await encodeInTurns(batch);
      assertOpen();
      const length = payloads.reduce((sum, payload) => sum + payload.length, 0);
      if (waitingBytes > 0 && waitingBytes + length > maxWaitingRowBytes)
        throw overloadedError(folder, 'feedback');
      waitingBytes += length;
      try {
        await foldAll();
        await writer.ask({ kind: 'replace-feedback', payloads }, buffersOf(payloads));
      } finally {
        waitingBytes -= length;
      }
    },
    async deleteFeedback(which) {
      await foldAll();
      return writer.ask({ kind: 'delete-feedback', which });
    },
    async feedbackTotals(which, options) {
      if (options.mayLag) assertOpen();
      else await foldAll();
      return attempt(folder, () => reader.totals(which, options));
    },
    async counts() {
      await foldAll();
      return attempt(folder, () => reader.counts());
    },
    close() {
      closed ??= closeParts(parts).finally(release);
      return closed;
    },
  };
}

async function closeParts({ journal, room, reader, writer }: Parts): Promise<void> {
  room.fail(closedError('sqlite'));
  await journal.close();
  reader.close();
  // A thread that died has nothing left to close.
  await writer.ask({ kind: 'close' }).catch(() => 0);
  await writer.stop();
}

/** The memory that payloads do not share with others: small ones stand in a pool. */
const buffersOf = (payloads: readonly Buffer[]) =>
  payloads
    .filter(({ buffer, byteLength }) => buffer.byteLength === byteLength)
    .map(({ buffer }) => buffer as ArrayBuffer);

function remember(recent: RecentKeys, batch: readonly Feedback[]): Appended {
  const fresh = new Uint8Array(batch.length);
  let accepted = 0;
  for (let e = 0; e < batch.length; e++) {
    if (!recent.add(batch[e].key)) continue;
    fresh[e] = 1;
    accepted += 1;
  }
  return { accepted, duplicates: batch.length - accepted, fresh };
}

function findSafely<T extends TableName>(
  reader: SqliteReader,
  table: T,
  key: string,
): Lookup<Rows[T]> {
  try {
    return reader.find(table, key);
  } catch (cause) {
    return failed('error', cause);
  }
}

function failed(reason: 'unavailable' | 'error', cause: unknown): Lookup<never> {
  return { state: 'failed', reason, cause };
}

function attempt<T>(folder: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw storeError(cause, folder);
  }
}

function overloadedError(folder: string, what: string): SightlineError {
  const message = `data folder ${folder} has too much ${what} waiting to be written, expected less`;
  return new SightlineError('SL_OVERLOADED', message);
}
