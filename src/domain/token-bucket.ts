import type { Clock } from './clock.ts';

/** Lets so many things happen at once, and so many a second after that. */
export interface TokenBucket {
  /** Seconds until there is a token, 0 where there is one. */
  secondsLeft(): number;
  /** Takes a token; at `secondsLeft() > 0` it does nothing. */
  take(): void;
}

/**
 * Makes a full token bucket. O(1) in time and memory.
 *
 * @example
 * const bucket = createTokenBucket({ burst: 1, perSecond: 0.5, clock });
 * bucket.take();
 * bucket.secondsLeft(); // 2
 */
export function createTokenBucket({
  burst,
  perSecond,
  clock,
}: {
  /** The most tokens that it holds, at least 1. */
  readonly burst: number;
  readonly perSecond: number;
  readonly clock: Clock;
}): TokenBucket {
  let tokens = burst;
  let filledAt = clock.monotonic();
  const fill = () => {
    const now = clock.monotonic();
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond);
    filledAt = now;
  };
  const secondsLeft = () => {
    fill();
    return Math.max(0, (1 - tokens) / perSecond);
  };
  return {
    secondsLeft,
    take() {
      if (secondsLeft() === 0) tokens -= 1;
    },
  };
}
