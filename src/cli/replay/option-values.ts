import type { Arguments } from '../command.ts';
import type { CatalogSwap } from './swap-catalogs.ts';

/** Reads the values of options and keeps what is wrong with them. */
export interface OptionReader {
  readonly mistakes: readonly string[];
  /** Notes that an option is not what is expected; answers no number. */
  wrong(name: string, expected: string): number;
  /** A whole number from 1 to `max`. */
  whole(name: string, max: number): number;
  /** The same, or `absent` where the option is not given. */
  wholeOr<Absent>(name: string, max: number, absent: Absent): number | Absent;
  /** Epoch milliseconds of a time, or `absent` where the option is not given. */
  timeOr(name: string, absent: number): number;
}

/** Makes a reader of typed values. */
export function createOptionReader(values: Arguments['values']): OptionReader {
  const mistakes: string[] = [];
  const wrong = (name: string, expected: string) => {
    mistakes.push(`option --${name} is ${values[name]}, expected ${expected}`);
    return Number.NaN;
  };
  const whole = (name: string, max: number) => {
    const value = /^\d{1,9}$/.test(values[name] ?? '') ? Number(values[name]) : 0;
    return value >= 1 && value <= max ? value : wrong(name, `a whole number from 1 to ${max}`);
  };
  return {
    mistakes,
    wrong,
    whole,
    wholeOr: (name, max, absent) => (values[name] === undefined ? absent : whole(name, max)),
    timeOr(name, absent) {
      const text = values[name];
      if (text === undefined) return absent;
      const ms = parseTime(text);
      return Number.isNaN(ms) ? wrong(name, 'a day like 2008-08-01 or a time in ISO 8601') : ms;
    },
  };
}

/** Epoch milliseconds of a day or an ISO 8601 time; UTC where it names no zone; NaN for anything else. */
function parseTime(text: string): number {
  const match =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  if (match === null) return Number.NaN;
  const [, day, clock = '00:00', zone = 'Z'] = match;
  return Date.parse(`${day}T${clock}${zone}`);
}

/** Pairs of different names, none of them twice; undefined for anything else. */
export function parseSwaps(text = ''): CatalogSwap[] | undefined {
  if (text === '') return [];
  const swaps = text.split(',').map((pair) => pair.split('='));
  const names = swaps.flat();
  const isPairs = swaps.every((swap) => swap.length === 2) && names.every((name) => name !== '');
  return isPairs && new Set(names).size === names.length
    ? swaps.map(([a, b]) => [a, b] as const)
    : undefined;
}

/** Whether a text is the address of a port. */
export const isAddress = (text: string) => /^https?:\/\//.test(text) && URL.canParse(text);
