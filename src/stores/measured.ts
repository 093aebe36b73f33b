import type { Clock } from '../domain/clock.ts';
import type { Emit, Facts } from '../telemetry/facts.ts';
import type { Lookup, Store } from './store.ts';

/** How one wave of reads went. */
export interface StoreRead {
  readonly outcome: Facts['store.fetched']['outcome'];
  readonly seconds: number;
  /** Epoch milliseconds at which it ended. */
  readonly atMs: number;
}

/** A store that knows how its last read went. */
export interface MeasuredStore extends Store {
  /** Undefined before the first one. */
  lastRead(): StoreRead | undefined;
}

/**
 * Watches the reads of a store from outside: how long each wave took and how it ended, how many of the keys
 * were missing, and how old the rows of users were. Answers and errors pass through unchanged.
 *
 * @example const store = measured(createMemoryStore(), telemetry.emit, systemClock);
 */
export function measured(store: Store, emit: Emit, clock: Clock): MeasuredStore {
  let last: StoreRead | undefined;
  return {
    name: store.name,
    async mget(table, keys) {
      const startedAt = clock.monotonic();
      const found = await store.mget(table, keys);
      const seconds = (clock.monotonic() - startedAt) / 1000;
      last = { outcome: outcomeOf(found), seconds, atMs: clock.now() };
      emit('store.fetched', { store: store.name, outcome: last.outcome, seconds });
      if (table === 'users') report(found, { store: store.name, emit, nowMs: last.atMs });
      return found;
    },
    mset: (table, rows, options) => store.mset(table, rows, options),
    mdelete: (table, keys) => store.mdelete(table, keys),
    scan: (table, options) => store.scan(table, options),
    appendFeedback: (batch) => store.appendFeedback(batch),
    scanFeedback: (options) => store.scanFeedback(options),
    replaceFeedback: (batch) => store.replaceFeedback(batch),
    deleteFeedback: (which) => store.deleteFeedback(which),
    feedbackTotals: (which, options) => store.feedbackTotals(which, options),
    counts: () => store.counts(),
    lastRead: () => last,
    close: () => store.close(),
  };
}

function outcomeOf(found: readonly Lookup<unknown>[]): Facts['store.fetched']['outcome'] {
  const failures = found.filter((lookup) => lookup.state === 'failed');
  if (failures.length === 0) return 'ok';
  return failures.length < found.length ? 'partial' : failures[0].reason;
}

function report(
  found: readonly Lookup<unknown>[],
  { store, emit, nowMs }: { store: string; emit: Emit; nowMs: number },
): void {
  let missing = 0;
  for (const lookup of found) {
    if (lookup.state !== 'present') missing += 1;
    else
      emit('feature.aged', { store, ageSeconds: Math.max(0, nowMs - lookup.writtenAtMs) / 1000 });
  }
  emit('feature.read', { store, feature: 'user', asked: found.length, missing });
}
