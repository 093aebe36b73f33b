import type { Clock } from '../../../src/domain/clock.ts';
import { SightlineError } from '../../../src/domain/errors.ts';
import type { Schedule } from '../../../src/domain/schedule.ts';
import { errorLookup, unavailableLookup } from '../../../src/stores/features/feature-lookups.ts';
import type { FeatureLookup, FeatureStore } from '../../../src/stores/features/feature-store.ts';

/** Rows of an object behind the contract, with what was asked, that can wait and fail as a test says. */
export interface RecordingStore extends FeatureStore {
  readonly asked: (readonly (string | number)[])[];
  readonly signals: (AbortSignal | undefined)[];
  /** Reads from now on find what is there now, and answer only at `release`. */
  hold(): void;
  release(): void;
  fail(how: 'unavailable' | 'error' | 'throw' | 'short' | undefined): void;
}

export function recordingStore(rows: Record<string, number>, name = 'recording'): RecordingStore {
  const asked: (readonly (string | number)[])[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  let failing: 'unavailable' | 'error' | 'throw' | 'short' | undefined;
  let held: (() => void)[] | undefined;
  const lookup = (key: string | number): FeatureLookup => {
    if (failing === 'unavailable') return unavailableLookup(name, 'is away');
    if (failing === 'error') return errorLookup(new SightlineError('SL_INTERNAL', 'broke'));
    const row = rows[key];
    return row === undefined ? { state: 'absent' } : { state: 'present', row, writtenAtMs: 0 };
  };
  return {
    name,
    asked,
    signals,
    async mget(keys, { signal }) {
      asked.push(keys);
      signals.push(signal);
      if (failing === 'throw') throw new Error('broken');
      const found = failing === 'short' ? [] : keys.map(lookup);
      if (held) await new Promise<void>((resolve) => held?.push(resolve));
      return found;
    },
    hold() {
      held = [];
    },
    release() {
      const waiting = held ?? [];
      held = undefined;
      for (const resolve of waiting) resolve();
    },
    fail(how) {
      failing = how;
    },
    close: async () => {},
  };
}

/** A clock and its timers, both moved by the test. */
export function manualTime() {
  let nowMs = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  const clock: Clock = { now: () => nowMs, monotonic: () => nowMs };
  const schedule: Schedule = (delayMs, run) => {
    const timer = { at: nowMs + delayMs, run };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  return {
    clock,
    schedule,
    waiting: () => timers.size,
    /** Lets time pass, runs what is due, and lets what follows from it happen. */
    async pass(ms: number): Promise<void> {
      await new Promise(setImmediate);
      nowMs += ms;
      for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
        if (timer.at > nowMs || !timers.delete(timer)) continue;
        timer.run();
      }
      await new Promise(setImmediate);
    },
  };
}
