import { z } from 'zod';

/** The last millisecond that a date can say. */
const lastMs = 8_640_000_000_000_000;

/**
 * A point in time, as epoch milliseconds or ISO 8601 with an offset; read as epoch milliseconds.
 *
 * @example instant.parse('1970-01-01T00:00:01Z') // 1000
 */
export const instant = z
  .union([z.int().min(0).max(lastMs), z.iso.datetime({ offset: true })], {
    error: 'is no time, expected epoch milliseconds or ISO 8601 with an offset',
  })
  .transform((value) => (typeof value === 'number' ? value : Date.parse(value)))
  .meta({ description: 'Epoch milliseconds, or ISO 8601 with an offset' });

/**
 * Reads what `instant` accepts, without saying what is wrong with the rest: epoch milliseconds, or
 * undefined.
 *
 * @example parseInstant('1970-01-01T00:00:01Z') // 1000
 */
export function parseInstant(value: unknown): number | undefined {
  if (typeof value === 'string') return parseUtc(value) ?? instant.safeParse(value).data;
  const isEpochMs =
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= lastMs;
  return isEpochMs ? (value as number) : undefined;
}

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads `yyyy-mm-ddThh:mm:ssZ` and the same with milliseconds, without a date made; undefined for other forms and leap days.
 *
 * @example parseUtc('1970-01-01T00:00:01Z') // 1000
 */
export function parseUtc(text: string): number | undefined {
  const hasMs = text.length === 24;
  if (!hasMs && text.length !== 20) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  const ms = hasMs ? digits(text, 20, 23) : 0;
  const isPlain =
    // Date.UTC takes years below 100 as years of the twentieth century.
    year >= 100 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOfMonth[month - 1] &&
    hour >= 0 &&
    hour <= 23 &&
    minute >= 0 &&
    minute <= 59 &&
    second >= 0 &&
    second <= 59 &&
    ms >= 0 &&
    hasMarks(text);
  return isPlain ? Date.UTC(year, month - 1, day, hour, minute, second, ms) : undefined;
}

/** The number that the decimal digits of `text` from `start` to `end` make; -1 if others are among them. */
function digits(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

const hasMarks = (text: string) =>
  text[4] === '-' &&
  text[7] === '-' &&
  text[10] === 'T' &&
  text[13] === ':' &&
  text[16] === ':' &&
  (text.length === 20 || text[19] === '.') &&
  text.endsWith('Z');

/** ISO 8601 in UTC. */
export const isoTime = (epochMs: number) => new Date(epochMs).toISOString();
