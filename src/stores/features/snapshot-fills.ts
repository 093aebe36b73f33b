import type { Clock } from '../../domain/clock.ts';
import type { Schedule } from '../../domain/schedule.ts';
import { askStore } from './ask-store.ts';
import { byTheEnd } from './by-the-end.ts';
import { lateLookup } from './feature-lookups.ts';
import type { FeatureLookup, FeatureStore, ReadLimits } from './feature-store.ts';

/** Reads of a store under way, each key once at a time. */
export interface SnapshotFills {
  /** Reads distinct keys; joins what is being read already. */
  read(keys: readonly string[], limits: ReadLimits): Promise<readonly FeatureLookup[]>;
  /** What is being read of a key is not kept, and nobody joins it any more. */
  forget(key: string): void;
  forgetAll(): void;
}

/** What a fill is made with. */
export interface SnapshotFillsOptions {
  /** Milliseconds that a read of the store may take, even where nobody waits for it that long. */
  readonly timeoutMs: number;
  readonly schedule: Schedule;
  readonly clock: Clock;
  /** Takes what was found and may be kept, and when its read began (monotonic milliseconds). */
  readonly keep: (key: string, found: FeatureLookup, readAt: number) => void;
}

interface Fill {
  readonly places: ReadonlyMap<string, number>;
  readonly found: Promise<readonly FeatureLookup[]>;
}

/** Makes the reads behind one snapshot. */
export function createSnapshotFills(
  store: FeatureStore,
  { timeoutMs, schedule, clock, keep }: SnapshotFillsOptions,
): SnapshotFills {
  const fills = new Map<string, Fill>();
  const begin = (keys: readonly string[], { timeoutMs: limitMs, carry }: ReadLimits): void => {
    const readAt = clock.monotonic();
    const found = askStore(store, keys, { timeoutMs: Math.max(timeoutMs, limitMs), carry });
    const fill = { places: new Map(keys.map((key, place) => [key, place])), found };
    for (const key of keys) fills.set(key, fill);
    found.then((lookups) => {
      keys.forEach((key, place) => {
        if (fills.get(key) !== fill) return;
        fills.delete(key);
        if (lookups[place].state !== 'failed') keep(key, lookups[place], readAt);
      });
    });
  };
  return {
    async read(keys, limits) {
      const unread = keys.filter((key) => !fills.has(key));
      if (unread.length > 0) begin(unread, limits);
      const lookups: FeatureLookup[] = new Array(keys.length).fill(lateLookup);
      let isOver = false;
      const arrivals = [...placesByFill(keys, fills)].map(async ([fill, places]) => {
        const found = await fill.found;
        if (isOver) return;
        for (const place of places) lookups[place] = found[fill.places.get(keys[place])!];
      });
      await byTheEnd(Promise.all(arrivals), limits, schedule);
      isOver = true;
      return lookups;
    },
    forget: (key) => fills.delete(key),
    forgetAll: () => fills.clear(),
  };
}

function placesByFill(keys: readonly string[], fills: ReadonlyMap<string, Fill>) {
  const waits = new Map<Fill, number[]>();
  keys.forEach((key, place) => {
    const fill = fills.get(key)!;
    const places = waits.get(fill);
    if (places) places.push(place);
    else waits.set(fill, [place]);
  });
  return waits;
}
