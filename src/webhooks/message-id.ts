import { randomBytes } from 'node:crypto';

/**
 * Makes ids of messages: unique, each greater than the one before, also where the clock goes back. `last` is the
 * greatest id that is still in use.
 *
 * @example createMessageIds('')(1_200_000_000_000) // 'msg_00045d964b800000' and 16 random digits
 */
export function createMessageIds(last: string): (nowMs: number) => string {
  let count = Number.parseInt(last.slice(4, 20), 16) || 0;
  return (nowMs) => {
    // Milliseconds and a place among 1024: below 2 ** 53 until the year 2248.
    count = Math.max(count + 1, Math.floor(nowMs) * 1024);
    return `msg_${count.toString(16).padStart(16, '0')}${randomBytes(8).toString('hex')}`;
  };
}
