import { parseUtc } from '../instant.ts';

/** The time that Go shows where there is none, in epoch milliseconds: 0001-01-01T00:00:00Z. */
export const zeroTimeMs = -62_135_596_800_000;

const longest = 64;
const monthNames = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const month = `(?<name>${monthNames})[a-z]*\\.?`;
const weekday = '(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? +)?';
const clock =
  '(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9}))?)?(?: ?(?<half>[ap]m))?';
const zone = '(?<zone>z|utc|gmt|[+-]\\d{2}(?::?\\d{2})?)(?: utc| gmt)?';
const after = `(?:(?:t| +|, *)${clock}(?: ?${zone})?)?`;

/** Dates with a time behind them; a date alone is the midnight that begins it, a time without a zone is UTC. */
const forms = [
  `(?<year>\\d{4})(?<mark>[-/.])(?<month>\\d{1,2})(?:\\k<mark>(?<day>\\d{1,2}))?${after}`,
  `(?<month>\\d{1,2})(?<mark>[/.])(?<day>\\d{1,2})\\k<mark>(?<year>\\d{4})${after}`,
  `(?<year>\\d{4})年(?<month>\\d{1,2})月(?<day>\\d{1,2})日${after}`,
  `(?<year>\\d{4})(?<month>\\d{2})(?<day>\\d{2})t?(?<hour>\\d{2})(?<minute>\\d{2})(?<second>\\d{2})(?<zone>z)?`,
  `(?<year>\\d{4})(?<month>\\d{2})(?<day>\\d{2})?`,
  '(?<year>\\d{4})',
  `${weekday}${month} +(?<day>\\d{1,2})(?:st|nd|rd|th)?,? +(?<year>\\d{4})${after}`,
  `${weekday}(?<day>\\d{1,2})[ -]${month}[ -](?<year>\\d{4})${after}`,
  `${weekday}${month} +(?<day>\\d{1,2}) +${clock}(?: ${zone})? (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`, 'i'));

/** Digits of an epoch time, with how many of its units make a millisecond. */
const epochDigits: Readonly<Record<number, number>> = { 10: 1e-3, 13: 1, 16: 1e3, 19: 1e6 };

/**
 * Reads a time in any of the forms that Gorse takes: RFC 3339, dates with `-`, `/` and `.`, names of months, digits
 * alone, and the epoch in seconds to nanoseconds. Answers epoch milliseconds, undefined for what is no time.
 *
 * @example parseLenientTime('2022/02/24 10:00:00') // 1645696800000
 */
export function parseLenientTime(text: string): number | undefined {
  return parseUtc(text) ?? parseForms(text);
}

function parseForms(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed.length > longest) return undefined;
  const unitsPerMs = /^\d+$/.test(trimmed) ? epochDigits[trimmed.length] : undefined;
  if (unitsPerMs !== undefined) return Math.floor(Number(trimmed) / unitsPerMs);
  for (const form of forms) {
    const parts = form.exec(trimmed)?.groups;
    if (parts !== undefined) return fromParts(parts);
  }
  return undefined;
}

/**
 * Reads a time in the form of RFC 3339 and no other; undefined for the rest.
 *
 * @example parseStrictTime('2022-02-24') // undefined
 */
export function parseStrictTime(text: string): number | undefined {
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;
  return form.test(text) ? parseLenientTime(text) : undefined;
}

/**
 * Epoch milliseconds as Go shows a time: RFC 3339 in UTC, a fraction only where there is one.
 *
 * @example showTime(1659832006500) // '2022-08-07T00:26:46.5Z'
 */
export function showTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.?0*Z$/, 'Z');
}

function fromParts(parts: Readonly<Record<string, string | undefined>>): number | undefined {
  const { year, name, day = '1', minute = '0', second = '0', fraction = '' } = parts;
  const monthIndex = name === undefined ? Number(parts.month ?? 1) - 1 : indexOfMonth(name);
  const hour = hourOf(parts);
  const offsetMinutes = offsetOf(parts.zone);
  if (hour === undefined || offsetMinutes === undefined) return undefined;
  if (Number(minute) > 59 || Number(second) > 59) return undefined;
  const date = new Date(0);
  // Date.UTC takes years below 100 as years of the twentieth century.
  date.setUTCFullYear(Number(year), monthIndex, Number(day));
  if (Number(year) < 1 || date.getUTCMonth() !== monthIndex || date.getUTCDate() !== Number(day))
    return undefined;
  const ms = Math.floor(Number(`0.${fraction}0`) * 1000 + 1e-6);
  return (
    date.getTime() +
    ((hour * 60 + Number(minute) - offsetMinutes) * 60 + Number(second)) * 1000 +
    ms
  );
}

const indexOfMonth = (name: string) => monthNames.split('|').indexOf(name.toLowerCase());

function hourOf({ hour = '0', half }: Readonly<Record<string, string | undefined>>) {
  const given = Number(hour);
  if (half === undefined) return given > 23 ? undefined : given;
  if (given < 1 || given > 12) return undefined;
  return (given % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

/** Minutes that a zone is ahead of UTC. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || /^[a-z]/i.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return undefined;
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
}
