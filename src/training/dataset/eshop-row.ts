import type { RowProblem } from './row-report.ts';

/** The first line of the file. */
export const eshopHeader =
  'year;month;day;order;country;session ID;page 1 (main category);page 2 (clothing model);colour;location;model photography;price;price 2;page';

/** One click, checked. */
export interface EshopRow {
  /** Epoch milliseconds at which the day begins, UTC. */
  readonly dayMs: number;
  /** Number of the click in its session; the first is 1. */
  readonly order: number;
  readonly country: number;
  readonly session: number;
  readonly category: string;
  readonly model: string;
  readonly colour: string;
  readonly location: number;
  readonly photography: string;
  /** US dollars. */
  readonly price: number;
  /** Whether the price is above the mean of its category. */
  readonly priceAboveAverage: boolean;
  /** Page of the shop on which the product stands. */
  readonly page: number;
}

const categories = ['trousers', 'skirts', 'blouses', 'sale'];
const colours = [
  'beige',
  'black',
  'blue',
  'brown',
  'burgundy',
  'gray',
  'green',
  'navy blue',
  'of many colors',
  'olive',
  'pink',
  'red',
  'violet',
  'white',
];
const photographies = ['en face', 'profile'];

/** Name, least and greatest value of each numeric column, by position. */
const ranges: readonly (readonly [string, number, number] | undefined)[] = [
  ['year', 1990, 2100],
  ['month', 1, 12],
  ['day', 1, 31],
  ['order', 1, 100_000],
  ['country', 1, 47],
  ['session ID', 1, 2 ** 31 - 1],
  ['page 1 (main category)', 1, 4],
  undefined,
  ['colour', 1, 14],
  ['location', 1, 6],
  ['model photography', 1, 2],
  ['price', 0, 1_000_000],
  ['price 2', 1, 2],
  ['page', 1, 1000],
];

/**
 * Reads one line. Answers what is wrong with it when it is not a click.
 *
 * @example parseEshopRow('2008;4;1') // { kind: 'wrong number of columns', detail: 'row has 3 columns, expected 14' }
 */
export function parseEshopRow(text: string): EshopRow | RowProblem {
  const columns = text.split(';');
  if (columns.length !== ranges.length)
    return {
      kind: 'wrong number of columns',
      detail: `row has ${columns.length} columns, expected ${ranges.length}`,
    };
  for (let c = 0; c < ranges.length; c++) {
    const range = ranges[c];
    if (range === undefined) continue;
    const [name, min, max] = range;
    const value = Number(columns[c]);
    if (!(Number.isInteger(value) && value >= min && value <= max) || columns[c] === '')
      return {
        kind: `${name} out of range`,
        detail: `${name} is ${columns[c].slice(0, 40)}, expected a whole number from ${min} to ${max}`,
      };
  }
  const [year, month, day] = [Number(columns[0]), Number(columns[1]), Number(columns[2])];
  const dayMs = Date.UTC(year, month - 1, day);
  if (new Date(dayMs).getUTCDate() !== day)
    return { kind: 'no such day', detail: `day is ${year}-${month}-${day}, which does not exist` };
  const model = columns[7];
  if (!/^[A-Za-z0-9]{1,20}$/.test(model))
    return {
      kind: 'model not a code',
      detail: `page 2 (clothing model) is ${model.slice(0, 40)}, expected 1 to 20 letters and digits`,
    };
  return {
    dayMs,
    order: Number(columns[3]),
    country: Number(columns[4]),
    session: Number(columns[5]),
    category: categories[Number(columns[6]) - 1],
    model,
    colour: colours[Number(columns[8]) - 1],
    location: Number(columns[9]),
    photography: photographies[Number(columns[10]) - 1],
    price: Number(columns[11]),
    priceAboveAverage: columns[12] === '1',
    page: Number(columns[13]),
  };
}

/** Members of the European Union in 2008 that the file tells apart, by its country codes; Poland and Czechia stand alone. */
const otherEu = new Set([
  2, 3, 8, 10, 11, 14, 15, 16, 17, 18, 21, 22, 23, 24, 25, 27, 30, 31, 34, 35, 36, 37, 41,
]);
/** Unidentified, and addresses under .biz, .com, .int, .net and .org. */
const unknownCountry = new Set([12, 43, 44, 45, 46, 47]);

/**
 * The group of a country code of the file.
 *
 * @example eshopSegment(29) // 'poland'
 */
export function eshopSegment(country: number): string {
  if (country === 29) return 'poland';
  if (country === 9) return 'czech-republic';
  if (otherEu.has(country)) return 'other-eu';
  return unknownCountry.has(country) ? 'unknown' : 'outside-eu';
}
