import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../domain/clock.ts';

/** How long work is divided. */
export interface SliceOptions {
  /** Time after which the event loop gets its turn, in milliseconds. */
  readonly sliceMs: number;
  readonly clock: Clock;
  /** Asked after each turn; false ends the work. */
  readonly isWanted: () => boolean;
}

/** Takes values one by one and gives the event loop its turn after each slice. One value is never divided. */
export async function takeInSlices<T>(
  values: Iterable<T>,
  take: (value: T) => void,
  { sliceMs, clock, isWanted }: SliceOptions,
): Promise<void> {
  let endsAt = clock.monotonic() + sliceMs;
  for (const value of values) {
    take(value);
    if (clock.monotonic() < endsAt) continue;
    await nextTurn();
    if (!isWanted()) return;
    endsAt = clock.monotonic() + sliceMs;
  }
}
