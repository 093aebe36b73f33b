import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SightlineError } from '../../src/domain/errors.ts';
import type { Feedback } from '../../src/domain/feedback.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import type { Store } from '../../src/stores/store.ts';
import { timeFdatasync } from './harness/fdatasync.ts';
import { quantileOf, round as rounded } from './harness/spread.ts';
import { withTemporaryFolder } from './harness/temporary-folder.ts';

const writers = 16;
const batchEvents = 100;
const rounds = 8;
const roundMs = 500;
const syncsPerRound = 40;

/** What the durable feedback path does on this disk. */
export interface FeedbackStoreFigures {
  /** Events acknowledged a second, all writers together, while they write. */
  readonly events_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Median of one fdatasync after a small append, between the rounds. */
  readonly fdatasync_ms: number;
  readonly fdatasync_p99_ms: number;
  readonly post_p99_over_fsync: number;
  /** Batches refused because too much waited. */
  readonly refused: number;
  /** Events a second that can be kept up: writing and folding into the feedback table together. */
  readonly sustained_events_per_s: number;
}

interface Tally {
  readonly latenciesMs: number[];
  events: number;
  refused: number;
  /** Makes keys that were never used before. */
  next: number;
  writingMs: number;
  sustainedMs: number;
}

/**
 * 16 writers append batches of 100 events to a store without HTTP, each as soon as its last is durable, in
 * rounds of half a second for 4 s in all. Between the rounds the journal is folded and the disk is timed.
 */
export async function feedbackStoreBench(): Promise<FeedbackStoreFigures> {
  return withTemporaryFolder(async (folder) => {
    const store = await openSqliteStore({ folder: join(folder, 'data') });
    const tally: Tally = {
      latenciesMs: [],
      events: 0,
      refused: 0,
      next: 0,
      writingMs: 0,
      sustainedMs: 0,
    };
    const syncMs: number[] = [];
    for (let r = 0; r < rounds; r++) {
      syncMs.push(...timeFdatasync(folder, syncsPerRound));
      await runRound(store, tally);
    }
    await store.close();
    return figures(tally, syncMs);
  });
}

async function runRound(store: Store, tally: Tally): Promise<void> {
  const startedAt = performance.now();
  const until = startedAt + roundMs;
  await Promise.all(Array.from({ length: writers }, () => write(store, tally, until)));
  tally.writingMs += performance.now() - startedAt;
  // Counting folds everything first.
  await store.counts();
  tally.sustainedMs += performance.now() - startedAt;
}

async function write(store: Store, tally: Tally, until: number): Promise<void> {
  const batch = makeBatch();
  while (performance.now() < until) {
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

function figures(tally: Tally, syncMs: readonly number[]): FeedbackStoreFigures {
  const p99 = quantileOf(tally.latenciesMs, 0.99);
  const sync = quantileOf(syncMs, 0.5);
  return {
    events_per_s: Math.round(tally.events / (tally.writingMs / 1000)),
    p50_ms: rounded(quantileOf(tally.latenciesMs, 0.5)),
    p99_ms: rounded(p99),
    fdatasync_ms: rounded(sync),
    fdatasync_p99_ms: rounded(quantileOf(syncMs, 0.99)),
    post_p99_over_fsync: rounded(p99 / sync),
    refused: tally.refused,
    sustained_events_per_s: Math.round(tally.events / (tally.sustainedMs / 1000)),
  };
}
