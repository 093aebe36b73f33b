import { type Overload, overload } from './overload.ts';
import { Duration, Time } from './values.ts';

const ofTime = (apply: (ms: number) => number): Overload[] => [
  overload(['time'], 'number', ({ ms }) => apply(ms)),
];
const ofDate = (apply: (date: Date) => number) => ofTime((ms) => apply(new Date(ms)));
const ofDuration = (unitMs: number): Overload[] => [
  overload(['duration'], 'number', ({ ms }) => ms / unitMs),
];
const ofTimes = (apply: (a: number, b: number) => boolean): Overload[] => [
  overload(['time', 'time'], 'bool', (a, b) => apply(a.ms, b.ms)),
];

const dayMs = 86_400_000;

/** Methods of times and durations as Go has them, by name; the first value is what they are called on. Calendars are UTC. */
export const methods: Readonly<Record<string, readonly Overload[]>> = {
  Unix: ofTime((ms) => Math.floor(ms / 1000)),
  UnixMilli: ofTime(Math.floor),
  UnixMicro: ofTime((ms) => Math.floor(ms * 1e3)),
  UnixNano: ofTime((ms) => Math.floor(ms * 1e6)),
  Year: ofDate((date) => date.getUTCFullYear()),
  Month: ofDate((date) => date.getUTCMonth() + 1),
  Day: ofDate((date) => date.getUTCDate()),
  Hour: ofDate((date) => date.getUTCHours()),
  Minute: ofDate((date) => date.getUTCMinutes()),
  Second: ofDate((date) => date.getUTCSeconds()),
  Weekday: ofDate((date) => date.getUTCDay()),
  YearDay: ofDate((date) =>
    Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs + 1),
  ),
  IsZero: [overload(['time'], 'bool', ({ ms }) => ms === 0)],
  Before: ofTimes((a, b) => a < b),
  After: ofTimes((a, b) => a > b),
  Equal: ofTimes((a, b) => a === b),
  Sub: [overload(['time', 'time'], 'duration', (a, b) => new Duration(a.ms - b.ms))],
  Add: [overload(['time', 'duration'], 'time', (a, b) => new Time(a.ms + b.ms))],
  Hours: ofDuration(3_600_000),
  Minutes: ofDuration(60_000),
  Seconds: ofDuration(1000),
  Milliseconds: [overload(['duration'], 'number', ({ ms }) => Math.trunc(ms))],
  Microseconds: [overload(['duration'], 'number', ({ ms }) => Math.trunc(ms * 1e3))],
  Nanoseconds: [overload(['duration'], 'number', ({ ms }) => Math.trunc(ms * 1e6))],
};
