import { BulkheadRejectedError, bulkhead, wrap } from 'cockatiel';
import type { Clock } from '../../domain/clock.ts';
import { type Schedule, systemSchedule } from '../../domain/schedule.ts';
import type { BreakerState } from '../../telemetry/fact-values.ts';
import { askInTime, askStore } from './ask-store.ts';
import { type BreakerOptions, createBreaker } from './breaker.ts';
import { byTheEnd } from './by-the-end.ts';
import { isFailedWave, speaksAgainst } from './failed-wave.ts';
import { parseFeatureKey } from './feature-key.ts';
import { brokenLookup, fullLookup, lateLookup } from './feature-lookups.ts';
import type { FeatureKey, FeatureLookup, FeatureStore, ReadLimits } from './feature-store.ts';

/** When a store is left alone, and how many waves it gets at once. */
export interface ProtectionOptions {
  /** Milliseconds that the store may take; a wave that had less says nothing by being late. */
  readonly timeoutMs: number;
  readonly breaker?: BreakerOptions;
  /** Waves at once. */
  readonly maxWaves?: number;
  readonly onChange?: (to: BreakerState, from: BreakerState) => void;
  readonly clock?: Clock;
  readonly schedule?: Schedule;
}

/** How a store is protected now, with counts since the start. */
export interface ProtectionStatus {
  readonly breaker: {
    readonly state: BreakerState;
    /** Epoch milliseconds. */
    readonly sinceMs: number;
    readonly opened: number;
    readonly refusedWaves: number;
  };
  readonly bulkhead: {
    readonly inFlight: number;
    readonly maxWaves: number;
    readonly refusedWaves: number;
  };
}

/** A store behind a breaker and a bulkhead. */
export interface ProtectedFeatures extends FeatureStore {
  protection(): ProtectionStatus;
}

/**
 * Puts a breaker and a bulkhead before a store. A wave failed where the store answered none of its keys. While the
 * breaker is open every key is `failed: breaker_open`; after `openMs` one wave tries the store with its whole time,
 * however long its caller waits, and closes the breaker or opens it again. Beyond `maxWaves` at once every key is
 * `failed: bulkhead_full`.
 *
 * @example
 * const store = protect(openRedisFeatures(address), { timeoutMs: 20, maxWaves: 64 });
 * store.protection().breaker.state; // 'closed'
 */
export function protect(store: FeatureStore, options: ProtectionOptions): ProtectedFeatures {
  const { timeoutMs: wholeMs, maxWaves = 64, schedule = systemSchedule } = options;
  const breaker = createBreaker(options.breaker, options);
  const compartment = bulkhead(maxWaves);
  const policy = wrap(compartment, breaker.circuit);
  const refused = { byBreaker: 0, byBulkhead: 0 };
  const refuse = (cause?: unknown): FeatureLookup => {
    const isFull = cause instanceof BulkheadRejectedError;
    refused[isFull ? 'byBulkhead' : 'byBreaker'] += 1;
    return isFull ? fullLookup : brokenLookup;
  };
  const ask = async (keys: readonly FeatureKey[], limits: ReadLimits) => {
    const given = breaker.isTrying() ? wholeTime(limits, wholeMs) : limits;
    const found = await askInTime(store, keys, { ...given, schedule });
    if (isFailedWave(found) && !speaksAgainst(found, given, wholeMs)) throw new Unsaid(found);
    return found;
  };
  return {
    name: store.name,
    timeoutMs: store.timeoutMs,
    async mget(keys, limits) {
      const filled = (lookup: FeatureLookup) => new Array<FeatureLookup>(keys.length).fill(lookup);
      // Keys that nothing is asked about would look like answers.
      if (!keys.some(canBeAsked)) return askStore(store, keys, limits);
      // The policy would let others wait for the wave that tries the store.
      if (breaker.isTrying()) return filled(refuse());
      let found: readonly FeatureLookup[] | undefined;
      const work = policy
        .execute(() => ask(keys, limits))
        .catch((cause) => (cause instanceof Unsaid ? cause.found : filled(refuse(cause))))
        .then((answer) => {
          found = answer;
        });
      await (breaker.isTrying() ? byTheEnd(work, limits, schedule) : work);
      return found ?? filled(lateLookup);
    },
    protection: () => ({
      breaker: { ...breaker.status(), refusedWaves: refused.byBreaker },
      bulkhead: {
        inFlight: maxWaves - compartment.executionSlots,
        maxWaves,
        refusedWaves: refused.byBulkhead,
      },
    }),
    close: () => store.close(),
  };
}

/** A failed wave that passes the breaker by. */
class Unsaid extends Error {
  readonly found: readonly FeatureLookup[];

  constructor(found: readonly FeatureLookup[]) {
    super('wave says nothing of its store');
    this.found = found;
  }
}

const canBeAsked = (key: FeatureKey): boolean => typeof parseFeatureKey(key) === 'string';

const wholeTime = (limits: ReadLimits, wholeMs: number): ReadLimits => ({
  ...limits,
  timeoutMs: Math.max(limits.timeoutMs, wholeMs),
  signal: undefined,
});
