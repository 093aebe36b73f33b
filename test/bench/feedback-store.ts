import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SightlineError } from '../../src/domain/errors.ts';
import type { Feedback } from '../../src/domain/feedback.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import type { Store } from '../../src/stores/store.ts';

const writers = 16;
const batchEvents = 100;
const rounds = 8;
const roundMs = 500;
const probesPerRound = 50;

/** What the durable feedback path does on this disk. */
export interface FeedbackStoreFigures {
  /** Events acknowledged a second, all writers together. */
  readonly events_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Median of writing 8 KB and waiting for the disk, measured between the rounds. */
  readonly fdatasync_ms: number;
  readonly fdatasync_p99_ms: number;
  readonly post_p99_over_fsync: number;
  /** Batches refused because the journal was full. */
  readonly refused: number;
  /** Events a second from the first append until all are in the feedback table. */
  readonly folded_events_per_s: number;
}

interface Tally {
  readonly latenciesMs: number[];
  events: number;
  refused: number;
  /** Makes keys that were never used before. */
  next: number;
}

/**
 * 16 writers append batches of 100 events, each as soon as its last is durable, in rounds of half a second
 * for 4 s in all; between the rounds the same disk's write + fdatasync is timed.
 */
export async function feedbackStoreBench(): Promise<FeedbackStoreFigures> {
  // Not the temporary folder: it may be in memory.
  const folder = mkdtempSync(join(process.cwd(), '.bench-'));
  const store = await openSqliteStore({ folder: join(folder, 'data') });
  const tally: Tally = { latenciesMs: [], events: 0, refused: 0, next: 0 };
  const syncMs: number[] = [];
  const startedAt = performance.now();
  let writingMs = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      syncMs.push(...probeDisk(join(folder, 'probe')));
      const roundAt = performance.now();
      await Promise.all(Array.from({ length: writers }, () => write(store, tally, roundAt)));
      writingMs += performance.now() - roundAt;
    }
    await store.counts();
    return figures(tally, syncMs, { writingMs, foldingMs: performance.now() - startedAt });
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function write(store: Store, tally: Tally, roundAt: number): Promise<void> {
  const batch = makeBatch();
  while (performance.now() - roundAt < roundMs) {
    renew(batch, tally);
    const askedAt = performance.now();
    try {
      await store.appendFeedback(batch);
    } catch (error) {
      if (!(error instanceof SightlineError && error.code === 'SL_OVERLOADED')) throw error;
      tally.refused += 1;
      await wait(20);
      continue;
    }
    tally.latenciesMs.push(performance.now() - askedAt);
    tally.events += batch.length;
  }
}

type Draft = { -readonly [Field in keyof Feedback]: Feedback[Field] };

function makeBatch(): Draft[] {
  return Array.from({ length: batchEvents }, (_, e) => ({
    key: '',
    type: 'click',
    item: `A${e}`,
    session: `s${e}`,
    atMs: 1.2e12,
  }));
}

/** Makes new events of old objects, so that the garbage measured is the store's. */
function renew(batch: readonly Draft[], tally: Tally): void {
  for (const event of batch) {
    const n = tally.next++;
    // Keys in no order, as those of real senders.
    event.key = `${(Math.imul(n, 0x9e3779b1) >>> 0).toString(36)}-${n.toString(36)}-event`;
    event.atMs = 1.2e12 + n;
  }
}

function probeDisk(path: string): number[] {
  const file = openSync(path, 'w');
  const bytes = Buffer.alloc(8192, 7);
  const times: number[] = [];
  for (let i = 0; i < probesPerRound; i++) {
    const at = performance.now();
    writeSync(file, bytes);
    fdatasyncSync(file);
    times.push(performance.now() - at);
  }
  closeSync(file);
  return times;
}

function figures(
  tally: Tally,
  syncMs: readonly number[],
  { writingMs, foldingMs }: { writingMs: number; foldingMs: number },
): FeedbackStoreFigures {
  const p99 = quantile(tally.latenciesMs, 0.99);
  const sync = quantile(syncMs, 0.5);
  return {
    events_per_s: Math.round(tally.events / (writingMs / 1000)),
    p50_ms: quantile(tally.latenciesMs, 0.5),
    p99_ms: p99,
    fdatasync_ms: sync,
    fdatasync_p99_ms: quantile(syncMs, 0.99),
    post_p99_over_fsync: p99 / sync,
    refused: tally.refused,
    folded_events_per_s: Math.round(tally.events / (foldingMs / 1000)),
  };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
}
