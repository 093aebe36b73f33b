/** Whether an endpoint is tried: always, not now, or once to see. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Keeps attempts from an endpoint that fails. Times are monotonic milliseconds. */
export interface Breaker {
  /** Before this time there must be no attempt. */
  readonly opensUntil: number;
  state(now: number): BreakerState;
  /** Answers whether the attempt before failed. */
  succeed(): boolean;
  fail(now: number): void;
}

/**
 * Makes a breaker that opens after `failures` in a row for `openMs`, and after a failure behind that again.
 *
 * @example
 * const breaker = createBreaker({ failures: 1, openMs: 1000 });
 * breaker.fail(0);
 * breaker.state(999); // 'open'
 * breaker.state(1000); // 'half-open'
 */
export function createBreaker({ failures = 5, openMs = 60_000 } = {}): Breaker {
  let inARow = 0;
  let opensUntil = Number.NEGATIVE_INFINITY;
  return {
    get opensUntil() {
      return opensUntil;
    },
    state(now) {
      if (inARow < failures) return 'closed';
      return now < opensUntil ? 'open' : 'half-open';
    },
    succeed() {
      const isBack = inARow > 0;
      inARow = 0;
      opensUntil = Number.NEGATIVE_INFINITY;
      return isBack;
    },
    fail(now) {
      inARow += 1;
      if (inARow >= failures) opensUntil = now + openMs;
    },
  };
}
