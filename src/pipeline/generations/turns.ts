import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../domain/clock.ts';

/** Milliseconds of work between two turns of the event loop. */
const sliceMs = 1;

/** Lets waiting requests go first, between small slices of work. */
export interface Turns {
  /** Resolves at once while the slice lasts, and after a turn of the event loop when it is used up. */
  pause(): Promise<void>;
}

/** Begins the first slice. */
export function createTurns(clock: Clock): Turns {
  let startedAt = clock.monotonic();
  return {
    async pause() {
      if (clock.monotonic() - startedAt < sliceMs) return;
      await nextTurn();
      startedAt = clock.monotonic();
    },
  };
}
