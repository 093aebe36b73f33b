import { type Clock, systemClock } from '../../domain/clock.ts';

/**
 * Milliseconds from a thread's monotonic clock to the one that all threads of the process share.
 * The difference of two threads' offsets turns times of one into times of the other.
 */
export function threadClockOffsetMs(clock: Clock = systemClock): number {
  return Number(process.hrtime.bigint()) / 1e6 - clock.monotonic();
}
