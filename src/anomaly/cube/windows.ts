import type { KeptTick } from './kept-ticks.ts';

/** The ticks of a change, and those it is compared with. */
export interface Windows {
  readonly present: readonly KeptTick[];
  readonly past: readonly KeptTick[];
}

/** When a change began, and how far to look, in epoch milliseconds. */
export interface WindowsQuestion {
  readonly onsetMs: number;
  /** Later ticks are left out. */
  readonly nowMs: number;
  /** Time before the change that it is compared with. */
  readonly baselineMs: number;
}

/**
 * Splits ticks, oldest first, at the beginning of a change: the present are those that lie after it by more than half,
 * or the last one, and the past those before them but for one, as the beginning is an estimate; where there is no
 * other, that one is the past. Undefined where there is nothing to compare with. O(ticks).
 */
export function windowsOf(
  ticks: readonly KeptTick[],
  { onsetMs, nowMs, baselineMs }: WindowsQuestion,
): Windows | undefined {
  const known = ticks.filter(({ atMs }) => atMs <= nowMs);
  const isAfter = ({ atMs, seconds }: KeptTick) => atMs - seconds * 500 > onsetMs;
  const after = known.findIndex(isAfter);
  const first = after < 0 ? known.length - 1 : after;
  const before = known.slice(0, Math.max(0, first));
  const apart = before.slice(0, -1);
  const sinceMs = (before.at(-1)?.atMs ?? 0) - baselineMs;
  const past = (apart.length > 0 ? apart : before).filter(({ atMs }) => atMs >= sinceMs);
  return past.length === 0 ? undefined : { present: known.slice(first), past };
}

/** Seconds that ticks cover together. */
export function secondsOf(ticks: readonly KeptTick[]): number {
  return ticks.reduce((sum, { seconds }) => sum + seconds, 0);
}
