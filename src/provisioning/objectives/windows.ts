import type { burnWindows } from '../rules/recorded.ts';
import type { Definition } from '../source/definition.ts';

type Timing = Pick<Definition, 'scrapeSeconds' | 'sloDays'>;

/** How a window of the burn rates is called. */
export type BurnWindow = (typeof burnWindows)[number];

/** The windows as they are in a period of 30 days. */
const burnSeconds: Readonly<Record<BurnWindow, number>> = {
  '5m': 300,
  '30m': 1800,
  '1h': 3600,
  '2h': 7200,
  '6h': 21_600,
  '1d': 86_400,
  '3d': 259_200,
  '30d': 2_592_000,
};

const daysOfNames = 30;

/**
 * A time of a period of 30 days, in whole seconds of the period that is configured.
 *
 * @example scaledSeconds({ sloDays: 7 }, 3600) // 840
 */
export function scaledSeconds({ sloDays }: Pick<Definition, 'sloDays'>, seconds: number): number {
  return Math.round((seconds * sloDays) / daysOfNames);
}

/** Time between two evaluations of the objectives: never more often than there is something new. */
export function objectiveInterval(timing: Timing): number {
  return Math.min(60, Math.max(timing.scrapeSeconds, scaledSeconds(timing, 30)));
}

/** Time between two evaluations of burn rates over days, which read weeks of samples. */
export function slowInterval(timing: Timing): number {
  return Math.min(120, Math.max(objectiveInterval(timing), scaledSeconds(timing, 120)));
}

/** Time between two evaluations of everything else. */
export function ruleInterval({ scrapeSeconds }: Timing): number {
  return Math.min(60, 2 * scrapeSeconds);
}

/** Window of the rates that objectives are counted with: four scrapes at least, so that one may fail. */
export function objectiveWindow(timing: Timing): number {
  return Math.max(scaledSeconds(timing, burnSeconds['5m']), 4 * timing.scrapeSeconds);
}

/** Length of a window of the burn rates: two evaluations at least. */
export function burnWindowSeconds(timing: Timing, window: BurnWindow): number {
  return Math.max(scaledSeconds(timing, burnSeconds[window]), 2 * objectiveInterval(timing));
}

/** Window of a rate that is not part of an objective: as long as it is called, or four scrapes. */
export function rateWindow({ scrapeSeconds }: Timing, seconds = 300): number {
  return Math.max(seconds, 4 * scrapeSeconds);
}

/** A stretch of a period of 30 days, in the period that is configured, that holds two recorded samples at least. */
export function recordedSpan(timing: Timing, seconds: number): number {
  return Math.max(scaledSeconds(timing, seconds), 2 * ruleInterval(timing));
}
