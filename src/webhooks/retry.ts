const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Waits before each attempt, as Standard Webhooks proposes them, in milliseconds. */
const waitsMs = [
  0,
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** Waits are this much longer at most, so that many senders do not come back together. */
const jitter = 0.2;

/** The most that a receiver may ask to wait, milliseconds. */
const longestRetryAfterMs = hour;

/**
 * How long to wait before the next attempt, in milliseconds; undefined when all ten were made. `unit` is a random
 * number of [0, 1).
 *
 * @example retryWaitMs(1, 0.5) // 5500
 */
export function retryWaitMs(attempts: number, unit: number): number | undefined {
  if (attempts >= waitsMs.length) return undefined;
  return waitsMs[attempts] * (1 + jitter * unit);
}

/**
 * Reads a `Retry-After`: seconds or a date of HTTP. Answers milliseconds, an hour at most; 0 for anything else.
 *
 * @example parseRetryAfter('120', 0) // 120000
 */
export function parseRetryAfter(text: string | undefined, nowMs: number): number {
  if (text === undefined) return 0;
  const waitMs = /^\d+$/.test(text) ? Number(text) * second : Date.parse(text) - nowMs;
  return waitMs > 0 ? Math.min(waitMs, longestRetryAfterMs) : 0;
}
