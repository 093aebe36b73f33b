import { type Clock, systemClock } from '../../domain/clock.ts';
import { type Schedule, systemSchedule } from '../../domain/schedule.ts';
import { unavailableLookup } from './feature-lookups.ts';
import type { FeatureStore } from './feature-store.ts';
import type { KeyWatch } from './key-watch.ts';
import { lookUp } from './look-up.ts';
import { peekEntries } from './peek-entries.ts';
import { SnapshotEntries } from './snapshot-entries.ts';
import { createSnapshotFills } from './snapshot-fills.ts';

/** How much a snapshot holds and for how long. */
export interface SnapshotOptions {
  /** Tells what changed; without it only time makes an entry old. The snapshot closes it. */
  readonly watch?: KeyWatch | undefined;
  readonly maxEntries?: number;
  readonly maxBytes?: number;
  /** Milliseconds after which an entry is read again although nothing was told. */
  readonly maxStaleMs?: number;
  /** The same while a watch is not live. */
  readonly maxUnwatchedMs?: number;
  /** Milliseconds that a read of the store may take at least: late answers still fill the snapshot. */
  readonly fillTimeoutMs?: number;
  readonly clock?: Clock;
  readonly schedule?: Schedule;
}

/** A store with a local snapshot in front of it. */
export interface Snapshot extends FeatureStore {
  /** What the snapshot did and holds, for the control port. */
  stats(): SnapshotStats;
}

/** Counts since the start, and what is held now. */
export interface SnapshotStats {
  /** Keys that were answered from memory. */
  readonly hits: number;
  /** Keys that were not. */
  readonly misses: number;
  /** Keys that were told to have changed. */
  readonly changed: number;
  /** How often everything was dropped. */
  readonly dropped: number;
  readonly entries: number;
  /** Of memory, roughly. */
  readonly bytes: number;
}

/**
 * Puts a local snapshot in front of a store: what was read, present or absent, is answered from memory until it
 * changes or gets too old. Equal keys are read once at a time. When the watch begins or breaks, everything is
 * dropped, because changes may have been missed. An answer that was under way while its key changed is not kept.
 */
export function openSnapshot(store: FeatureStore, options: SnapshotOptions = {}): Snapshot {
  const { watch, clock = systemClock, maxStaleMs = 60_000, maxUnwatchedMs = 1000 } = options;
  const { schedule = systemSchedule, fillTimeoutMs = 1000 } = options;
  const { maxEntries = 200_000, maxBytes = 256 * 1024 * 1024 } = options;
  const entries = new SnapshotEntries({ maxEntries, maxBytes });
  const counts = { hits: 0, misses: 0, changed: 0, dropped: 0 };
  let isClosed = false;
  const fills = createSnapshotFills(store, {
    timeoutMs: fillTimeoutMs,
    schedule,
    clock,
    keep: (key, found, readAt) => isClosed || entries.put(key, found, readAt),
  });
  watch?.listen({
    changed(key) {
      counts.changed += 1;
      entries.delete(key);
      fills.forget(key);
    },
    allChanged() {
      counts.dropped += 1;
      entries.clear();
      fills.forgetAll();
    },
  });

  const limitMs = () => (watch === undefined || watch.isLive() ? maxStaleMs : maxUnwatchedMs);
  return {
    name: store.name,
    peek(rows) {
      if (isClosed) return undefined;
      const lookups = peekEntries(entries, rows, clock.monotonic() - limitMs());
      if (lookups !== undefined) counts.hits += rows.count;
      return lookups;
    },
    async mget(keys, limits) {
      if (isClosed) return new Array(keys.length).fill(unavailableLookup(store.name, 'is closed'));
      const { lookups, missing, hits, misses } = lookUp(
        entries,
        keys,
        clock.monotonic() - limitMs(),
      );
      counts.hits += hits;
      counts.misses += misses;
      if (missing === undefined) return lookups;
      const found = await fills.read([...missing.keys()], limits);
      let next = 0;
      for (const places of missing.values()) {
        for (const place of places) lookups[place] = found[next];
        next += 1;
      }
      return lookups;
    },
    stats: () => ({ ...counts, entries: entries.size, bytes: entries.bytes }),
    async close() {
      isClosed = true;
      entries.clear();
      await watch?.close();
      await store.close();
    },
  };
}
