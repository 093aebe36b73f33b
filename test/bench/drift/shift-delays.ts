import type { ShopClick, ShopStand } from './shop-stand.ts';

const minuteMs = 60_000;

/** How unshifted days went. */
export interface QuietResult {
  readonly days: number;
  readonly clicks: number;
  /** Reports in which some pair reached 1. */
  readonly crossings: number;
  readonly max_coefficient: number;
  readonly max_by: string;
  readonly cpu_ms_per_day: number;
}

/** Plays all clicks unshifted, with a report after each. */
export function playQuiet({ clicks, feed, greatest }: ShopStand): QuietResult {
  let crossings = 0;
  let max = { coefficient: 0, by: '' };
  const days = (clicks.at(-1)!.atMs - clicks[0].atMs) / (1440 * minuteMs);
  const startedAt = process.cpuUsage();
  for (const click of clicks) {
    feed([click], { swapped: false });
    const found = greatest();
    if (found.coefficient >= 1) crossings += 1;
    if (found.coefficient > max.coefficient) max = found;
  }
  const cpuMs = process.cpuUsage(startedAt).user / 1000;
  return {
    days: round(days),
    clicks: clicks.length,
    crossings,
    max_coefficient: round(max.coefficient),
    max_by: max.by,
    cpu_ms_per_day: Math.round(cpuMs / days),
  };
}

/** How long shifts stayed unseen. */
export interface ShiftResult {
  readonly starts: number;
  readonly median_minutes: number;
  readonly p90_minutes: number;
  readonly within_10_minutes: number;
  readonly unseen_in_6_hours: number;
  /** Share of the starts with a click that shows the shift at all, and with two in one catalogue, within 10 minutes. */
  readonly within_10_minutes_possible: { readonly one_click: number; readonly two_clicks: number };
}

/** Crosses the wires at each start, after a day of unshifted clicks, and waits for a coefficient of 1. */
export function playShifts(
  stand: ShopStand,
  { startsMs, firstClicksAsk }: { startsMs: readonly number[]; firstClicksAsk: boolean },
): ShiftResult {
  const delays = startsMs.map((startMs) => delayOf(stand, startMs));
  const possible = (clicks: number) =>
    within10(startsMs.map((startMs) => soonest(stand.clicks, { startMs, clicks, firstClicksAsk })));
  const sorted = [...delays].sort((a, b) => a - b);
  const quantile = (q: number) => round(sorted[Math.floor(q * (sorted.length - 1))]);
  return {
    starts: delays.length,
    median_minutes: quantile(0.5),
    p90_minutes: quantile(0.9),
    within_10_minutes: within10(delays),
    unseen_in_6_hours: delays.filter((delay) => delay === Number.POSITIVE_INFINITY).length,
    within_10_minutes_possible: { one_click: possible(1), two_clicks: possible(2) },
  };
}

function delayOf({ clicks, feed, greatest }: ShopStand, startMs: number): number {
  const between = (fromMs: number, toMs: number) =>
    clicks.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  feed(between(startMs - 1440 * minuteMs, startMs), { swapped: false });
  // Whatever the last start left to compare is over with this.
  greatest();
  for (const click of between(startMs, startMs + 360 * minuteMs)) {
    feed([click], { swapped: true });
    if (greatest().coefficient >= 1) return (click.atMs + 1000 - startMs) / minuteMs;
  }
  return Number.POSITIVE_INFINITY;
}

/** Minutes until so many clicks answered pages of one catalogue. */
function soonest(
  clicks: readonly ShopClick[],
  {
    startMs,
    clicks: wanted,
    firstClicksAsk,
  }: { startMs: number; clicks: number; firstClicksAsk: boolean },
): number {
  const counts = new Map<number, number>();
  for (const { page, atMs, first } of clicks) {
    if (atMs < startMs || (first && !firstClicksAsk)) continue;
    counts.set(page, (counts.get(page) ?? 0) + 1);
    if (counts.get(page) === wanted) return (atMs - startMs) / minuteMs;
  }
  return Number.POSITIVE_INFINITY;
}

function within10(delays: readonly number[]): number {
  return round(delays.filter((delay) => delay <= 10).length / delays.length);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
