import { LoopGuard } from '../../../src/pipeline/admission/loop-guard.ts';
import { createTestClock } from '../test-work.ts';

/** A guard with a bound of 50 ms over a clock that stands still until it is moved. */
export function openLoopStand() {
  const clock = createTestClock();
  let ends: (() => void)[] = [];
  const guard = new LoopGuard({
    boundMs: 50,
    monotonic: () => clock.monotonic(),
    afterTurn: (run) => ends.push(run),
  });
  return {
    clock,
    guard,
    /** Timers come late by `delayMs` for so long. */
    delay(delayMs: number, forMs: number): void {
      for (let atMs = 0; atMs <= forMs; atMs += 20) {
        guard.observe(delayMs);
        clock.advance(20);
      }
    },
    /** Ends the present turn of the loop. */
    endTurn(): void {
      for (const end of ends) end();
      ends = [];
    },
  };
}
