import { quantileOf, round } from '../harness/spread.ts';
import { createFleet, createMixedSeries } from './fleet.ts';

const ticksPerDay = 2880;

export interface QuietWeekOptions {
  readonly series: number;
  readonly days: number;
  /** False alarms a day that the whole bank may raise. */
  readonly budget: number;
  readonly seed: number;
  readonly log: (line: string) => void;
}

/**
 * Alarms of a fleet in which nothing happens: all of them are false. `ratio` is what was raised over what was allowed;
 * each alarm is counted where it begins to fire.
 */
export function playQuietWeek({ series, days, budget, seed, log }: QuietWeekOptions) {
  const mixed = createMixedSeries(series, seed);
  const fleet = createFleet(mixed, { falseAlarmsPerDay: budget });
  const byKind: Record<string, number> = { level: 0, count: 0, ratio: 0 };
  const byFamily: Record<string, number> = {};
  for (const { family } of mixed) byFamily[family] = 0;
  const byDay = new Array<number>(Math.ceil(days)).fill(0);
  const fired = new Map<number, number>();
  const tickMs: number[] = [];
  for (let tick = 0; tick < days * ticksPerDay; tick++) {
    const day = Math.floor(tick / ticksPerDay);
    for (const i of fleet.play()) {
      byKind[mixed[i].kind] += 1;
      byFamily[mixed[i].family] += 1;
      byDay[day] += 1;
      fired.set(i, (fired.get(i) ?? 0) + 1);
    }
    tickMs.push(fleet.lastTickMs);
    if (tick % (ticksPerDay / 4) === 0) log(`day ${round(tick / ticksPerDay)}: ${byDay.join(' ')}`);
  }
  const alarms = byDay.reduce((sum, count) => sum + count, 0);
  return {
    alarms,
    budget: round(budget * days),
    ratio: round(alarms / (budget * days)),
    by_kind: byKind,
    by_family: byFamily,
    by_day: byDay,
    series_that_fired: fired.size,
    most_of_one_series: Math.max(0, ...fired.values()),
    series,
    days,
    seed,
    tick_p50_ms: round(quantileOf(tickMs, 0.5)),
    tick_p95_ms: round(quantileOf(tickMs, 0.95)),
  };
}
