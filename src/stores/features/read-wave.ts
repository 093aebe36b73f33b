import { type Clock, systemClock } from '../../domain/clock.ts';
import type { DegradationReason } from '../../domain/degradation.ts';
import { type Schedule, systemSchedule } from '../../domain/schedule.ts';
import { askInTime } from './ask-store.ts';
import { lateLookup } from './feature-lookups.ts';
import type { FeatureKey, FeatureLookup, FeatureStore, ReadLimits } from './feature-store.ts';

/** Keys to be read of one store. */
export interface WaveRequest {
  readonly store: FeatureStore;
  readonly keys: readonly FeatureKey[];
  /** Milliseconds that this store may take, instead of its own and those of the wave. */
  readonly timeoutMs?: number | undefined;
}

/** How long a wave may take. */
export interface WaveOptions {
  /** When the request is due, in milliseconds of the monotonic clock. */
  readonly dueAt: number;
  /** Milliseconds that each store may take that has no time of its own. */
  readonly timeoutMs: number;
  /** Headers that stores on HTTP carry on, see `carriedHeaders`. */
  readonly carry?: ReadLimits['carry'];
  /** Share of all keys, 0 to 1, that is enough to stop waiting in full for the rest. */
  readonly coverageEnough?: number;
  /** Share of the time left, 0 to 1, that is still waited then. */
  readonly stragglerShare?: number;
  readonly clock?: Clock;
  readonly schedule?: Schedule;
}

/** What became of one request of a wave. */
export interface WaveColumn {
  /** In the order of its keys. */
  readonly lookups: readonly FeatureLookup[];
  /** Share of the keys that were answered, present or absent, 0 to 1; 1 where there are none. */
  readonly coverage: number;
  /** Why it is less than 1, or `none`. */
  readonly reason: DegradationReason;
}

/** What a wave found, one column per request, and the share of all keys that were answered. */
export interface ReadWave {
  readonly columns: readonly WaveColumn[];
  readonly coverage: number;
}

/**
 * Reads many stores in parallel, each store once with distinct keys. Each has its own time inside that of the
 * request. Once `coverageEnough` of the keys is answered, only `stragglerShare` of the time left is waited for
 * the rest, which is then `timeout.adaptive` (the adaptive timeout of Vespa's search). Never rejects.
 *
 * @example
 * const { columns, coverage } = await readWave(
 *   [{ store: users, keys: ['u7'] }, { store: items, keys: [1, 2, 3] }],
 *   { dueAt: clock.monotonic() + 50, timeoutMs: 20, coverageEnough: 0.9 },
 * );
 */
export async function readWave(
  requests: readonly WaveRequest[],
  options: WaveOptions,
): Promise<ReadWave> {
  const { clock = systemClock, schedule = systemSchedule } = options;
  const reads = readsOf(requests, options.timeoutMs);
  const leftMs = options.dueAt - clock.monotonic();
  const giveUp = new AbortController();
  if (leftMs > 0) {
    await settled([...reads.values()], { ...options, clock, schedule }, giveUp.signal);
  }
  const unread = leftMs > 0 ? 'timeout.adaptive' : 'budget.exhausted';
  const columns = requests.map((request) => columnOf(request, reads.get(request.store), unread));
  giveUp.abort();
  const asked = requests.reduce((sum, { keys }) => sum + keys.length, 0);
  const answered = columns.reduce((sum, { lookups }) => sum + answeredOf(lookups), 0);
  return { columns, coverage: shareOf(answered, asked) };
}

/** One read of one store; `found` is absent while it is under way. */
interface Read {
  readonly store: FeatureStore;
  readonly timeoutMs: number;
  readonly places: Map<FeatureKey, number>;
  late: DegradationReason;
  found?: readonly FeatureLookup[];
}

/** One read per store, with the distinct keys of its requests and the longest of their times. */
function readsOf(requests: readonly WaveRequest[], timeoutMs: number): Map<FeatureStore, Read> {
  const reads = new Map<FeatureStore, Read>();
  for (const { store, keys, timeoutMs: own = store.timeoutMs ?? timeoutMs } of requests) {
    const known = reads.get(store);
    const places = known?.places ?? new Map<FeatureKey, number>();
    for (const key of keys) if (!places.has(key)) places.set(key, places.size);
    if (places.size === 0) continue;
    const longest = Math.max(own, known?.timeoutMs ?? 0);
    reads.set(store, { store, timeoutMs: longest, places, late: 'timeout.stage' });
  }
  return reads;
}

/** Resolves when every read has an answer, or enough have one and the rest had its share of time. */
function settled(
  reads: readonly Read[],
  options: WaveOptions & { readonly clock: Clock; readonly schedule: Schedule },
  signal: AbortSignal,
): Promise<void> {
  const { dueAt, coverageEnough = 1, stragglerShare = 0.3, clock, schedule, carry } = options;
  return new Promise((resolve) => {
    let open = reads.length;
    let cancel: (() => void) | undefined;
    const oneEnded = () => {
      open -= 1;
      const leftMs = dueAt - clock.monotonic();
      if (open === 0) {
        cancel?.();
        resolve();
      } else if (coverageOf(reads) >= coverageEnough) {
        cancel ??= schedule(stragglerShare * leftMs, resolve);
      }
    };
    if (open === 0) resolve();
    for (const read of reads) {
      const leftMs = dueAt - clock.monotonic();
      if (leftMs <= read.timeoutMs) read.late = 'timeout.request';
      const limits = { timeoutMs: Math.min(leftMs, read.timeoutMs), signal, carry, schedule };
      askInTime(read.store, [...read.places.keys()], limits).then((found) => {
        read.found = found;
        oneEnded();
      });
    }
  });
}

function columnOf(
  { keys }: WaveRequest,
  read: Read | undefined,
  unread: DegradationReason,
): WaveColumn {
  if (read === undefined) return { lookups: [], coverage: 1, reason: 'none' };
  const { places, found, late } = read;
  const lookups = keys.map((key) => found?.[places.get(key)!] ?? lateLookup);
  const failed = lookups.find((lookup) => lookup.state === 'failed');
  const coverage = shareOf(answeredOf(lookups), keys.length);
  if (failed === undefined) return { lookups, coverage, reason: 'none' };
  const reason = found === undefined ? unread : { ...failures, timeout: late }[failed.reason];
  return { lookups, coverage, reason };
}

const failures = {
  unavailable: 'dependency.unavailable',
  error: 'dependency.error',
  breaker_open: 'breaker.open',
  bulkhead_full: 'bulkhead.full',
} as const;

function coverageOf(reads: readonly Read[]): number {
  let asked = 0;
  let answered = 0;
  for (const { places, found } of reads) {
    asked += places.size;
    answered += answeredOf(found ?? []);
  }
  return shareOf(answered, asked);
}

function answeredOf(lookups: readonly FeatureLookup[]): number {
  return lookups.reduce((sum, { state }) => sum + (state === 'failed' ? 0 : 1), 0);
}

const shareOf = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);
