import { type Clock, systemClock } from '../domain/clock.ts';

/** A jump of the wall clock, or a sleep of the machine, that is not noise. */
const jumpMs = 50;

/**
 * Makes the reader of the epoch time of a clock's monotonic zero, in milliseconds. It stays as it is to
 * the microsecond until the wall clock has really moved against the monotonic one.
 */
export function createEpoch(clock: Clock): () => number {
  let originMs = clock === systemClock ? performance.timeOrigin : clock.now() - clock.monotonic();
  return () => {
    const drift = clock.now() - (originMs + clock.monotonic());
    if (Math.abs(drift) > jumpMs) originMs += drift;
    return originMs;
  };
}
