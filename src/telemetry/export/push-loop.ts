import type { Clock } from '../../domain/clock.ts';
import type { Schedule } from '../../domain/schedule.ts';

/** What a loop needs. */
export interface PushLoopOptions {
  readonly everyMs: number;
  /** One push. Must not reject. */
  readonly push: () => Promise<void>;
  /** Told for each push that was not made, as the one before was not done. */
  readonly onSkipped: () => void;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly schedule: Schedule;
}

/** Pushes again and again, never two at once. */
export interface PushLoop {
  /** Pushes now, or waits for the push that is under way and then pushes. */
  pushNow(): Promise<void>;
  /** Makes no further push by itself. */
  stop(): void;
}

/** Starts a loop; its first push comes after one period. Late timers do not add up. */
export function startPushLoop({
  everyMs,
  push,
  onSkipped,
  clock,
  schedule,
}: PushLoopOptions): PushLoop {
  let underWay: Promise<void> | undefined;
  let dueAt = clock.monotonic();
  let cancel = () => {};

  const begin = () => {
    underWay = push().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
  const plan = () => {
    // Periods that the process slept through are not made up for.
    dueAt = Math.max(dueAt + everyMs, clock.monotonic());
    cancel = schedule(dueAt - clock.monotonic(), () => {
      plan();
      if (underWay === undefined) void begin();
      else onSkipped();
    });
  };
  plan();
  return {
    async pushNow() {
      while (underWay !== undefined) await underWay;
      await begin();
    },
    stop: () => cancel(),
  };
}
