import type { Clock } from '../../domain/clock.ts';

/**
 * Makes what stands beside the bar of an offline run: how many lines it has answered, how fast, and how long the rest
 * will take. `share` is how much of the input is done, 0 to 1, or 0 where nobody knows; the part that was done before the
 * first call counts for nothing.
 *
 * @example note(500, 0.25) // '500 lines, 1000 a second, 2 s left'
 */
export function createRunNotes(clock: Clock): (lines: number, share: number) => string {
  const startedMs = clock.monotonic();
  let firstShare: number | undefined;
  return (lines, share) => {
    firstShare ??= share;
    const seconds = (clock.monotonic() - startedMs) / 1000;
    const rate = Math.round(lines / Math.max(seconds, 0.001));
    const leftSeconds = (seconds * (1 - share)) / (share - firstShare);
    const left = Number.isFinite(leftSeconds) ? `, ${Math.ceil(leftSeconds)} s left` : '';
    return `${lines} lines, ${rate} a second${left}`;
  };
}
