/** The two times a room may ask for; tests hand in their own. */
export interface Clock {
  /** Epoch milliseconds, may jump. */
  now(): number;
  /** Milliseconds from an arbitrary start, never goes back. */
  monotonic(): number;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
