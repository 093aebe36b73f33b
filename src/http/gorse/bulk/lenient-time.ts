import { parseInstant } from '../../instant.ts';

/** Gorse's time of rows that have none. */
export const zeroTimeMs = Date.parse('0001-01-01T00:00:00Z');

const lastMs = 8_640_000_000_000_000;
const digitsOnly = /^\d{4,19}$/;
const isoLike = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?$/;
const zoned = /(?:Z|[+-]\d{2}:?\d{2}|UTC|GMT)$/i;
const spoken =
  /^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? +)?(?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[\w ,:+./-]*$/i;

/**
 * Reads a time as leniently as Gorse's clients write it, UTC where no zone is said: RFC 3339, dates alone, spoken dates, digits
 * that count seconds to nanoseconds by their number. Absent and empty are `zeroTimeMs`. Answers epoch milliseconds, or
 * undefined for what is no time.
 *
 * @example parseTime('2022-02-24') // 1645660800000
 */
export function parseTime(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return zeroTimeMs;
  if (typeof value === 'number') return fromDigits(String(value));
  if (typeof value !== 'string' || value.length > 64) return undefined;
  if (value.length === 20 || value.length === 24) {
    const ms = parseInstant(value);
    if (ms !== undefined) return ms;
  }
  const text = value.trim();
  if (digitsOnly.test(text)) return fromDigits(text);
  const isUtc = !zoned.test(text);
  if (isoLike.test(text))
    return checked(
      Date.parse(`${text.replace(' ', 'T').replace(',', '.')}${text.length > 10 ? 'Z' : ''}`),
    );
  if (!spoken.test(text)) return undefined;
  return checked(Date.parse(isUtc ? `${text} UTC` : text));
}

/** What a run of digits means: a year, a date, or a count of seconds, milli-, micro- or nanoseconds. */
function fromDigits(digits: string): number | undefined {
  if (!/^\d+$/.test(digits)) return undefined;
  const number = Number(digits);
  switch (digits.length) {
    case 4:
      return checked(Date.parse(digits));
    case 8:
      return checked(Date.parse(digits.replace(/^(....)(..)(..)$/, '$1-$2-$3')));
    case 14:
      return checked(
        Date.parse(digits.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z')),
      );
    case 13:
      return number;
    case 16:
      return Math.floor(number / 1e3);
    case 19:
      return Math.floor(number / 1e6);
    default:
      return number * 1000 <= lastMs ? number * 1000 : undefined;
  }
}

const checked = (ms: number) => (Number.isNaN(ms) ? undefined : ms);

/**
 * A time as Gorse writes it: RFC 3339 in UTC, without a fraction that is 0.
 *
 * @example showTime(1000) // '1970-01-01T00:00:01Z'
 */
export const showTime = (epochMs: number): string =>
  new Date(epochMs).toISOString().replace('.000Z', 'Z');
