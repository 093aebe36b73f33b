import { SightlineError } from '../../domain/errors.ts';
import type { Item } from '../../domain/item.ts';
import { parseLenientTime, parseStrictTime, zeroTimeMs } from './go-time.ts';
import { readLabels } from './labels-input.ts';

/** Reads the value of a field; undefined and null both stand for a field that is not there. */
export type ReadField<Value> = (given: unknown, field: string) => Value;

/** How each field of a row is read. */
export type RowFields<Row> = { readonly [Field in keyof Row]: ReadField<Row[Field]> };

/**
 * Makes the reader of an object as Go reads JSON: names of fields in any case, unknown ones passed over, missing ones
 * left to their readers. Throws `SL_REQUEST_INVALID` for anything but an object or null.
 *
 * @example createRowReader<{ UserId: string }>({ UserId: text })({ userid: 'a', more: 1 }) // { UserId: 'a' }
 */
export function createRowReader<Row extends object>(
  fields: RowFields<Row>,
): (given: unknown) => Row {
  const names = Object.keys(fields) as (keyof Row & string)[];
  return (given) => {
    if (given !== null && (typeof given !== 'object' || Array.isArray(given)))
      throw mismatch(given, { field: 'body', expected: 'object' });
    const from = (given ?? {}) as Readonly<Record<string, unknown>>;
    const row = {} as Row;
    for (const name of names) row[name] = fields[name](fieldOf(from, name), name);
    return row;
  };
}

/** The value of a key that is written so, or else in another case. */
function fieldOf(row: Readonly<Record<string, unknown>>, name: string): unknown {
  // Rows come from JSON: none of the names stands in a prototype.
  const exact = row[name];
  if (exact !== undefined) return exact ?? undefined;
  for (const key in row)
    if (key.length === name.length && key.toLowerCase() === name.toLowerCase())
      return row[key] ?? undefined;
  return undefined;
}

/** Whether an error says what is wrong with one row. */
export const isRowMistake = (error: unknown): error is SightlineError =>
  error instanceof SightlineError &&
  (error.code === 'SL_REQUEST_INVALID' || error.code === 'SL_QUOTA_EXCEEDED');

/** Reads a list; null is an empty one. Throws `SL_REQUEST_INVALID`, and `SL_REQUEST_TOO_LARGE` for more than `most`. */
export function readRows<Row>(
  given: unknown,
  { read, most }: { readonly read: (given: unknown) => Row; readonly most: number },
): Row[] {
  if (given === null) return [];
  if (!Array.isArray(given)) throw mismatch(given, { field: 'body', expected: 'array' });
  if (given.length > most) {
    const message = `body has ${given.length} rows, expected at most ${most}`;
    throw new SightlineError('SL_REQUEST_TOO_LARGE', message);
  }
  return given.map(read);
}

/** Text; empty where there is none. */
export const text: ReadField<string> = (given = '', field) => {
  if (typeof given !== 'string') throw mismatch(given, { field, expected: 'string' });
  return given.toWellFormed();
};

/** A flag; false where there is none. */
export const flag: ReadField<boolean> = (given = false, field) => {
  if (typeof given !== 'boolean') throw mismatch(given, { field, expected: 'bool' });
  return given;
};

/** A finite number; 0 where there is none. */
export const number: ReadField<number> = (given = 0, field) => {
  if (!Number.isFinite(given)) throw mismatch(given, { field, expected: 'float64' });
  return given as number;
};

/** A list of texts; empty where there is none. */
export const texts: ReadField<readonly string[]> = (given = [], field) => {
  if (!Array.isArray(given)) throw mismatch(given, { field, expected: '[]string' });
  return given.map((one) => text(one ?? undefined, field));
};

/** Attributes: names with text, finite numbers or flags. */
export const attributes: ReadField<Item['attributes']> = (given, field) => {
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  if (isObject && Object.values(given).every(isAttribute)) return given as Item['attributes'];
  throw mismatch(given, { field, expected: 'map of string, float64 or bool' });
};

const isAttribute = (value: unknown) =>
  typeof value === 'boolean' ||
  Number.isFinite(value) ||
  (typeof value === 'string' && value.isWellFormed());

/** Labels; null where there are none. */
export const labels: ReadField<ReturnType<typeof readLabels>> = (given) => readLabels(given);

/** A time in any form, as epoch milliseconds; `zeroTimeMs` where there is none. */
export const lenientTime: ReadField<number> = (given, field) => {
  const said = text(given, field);
  return said === '' ? zeroTimeMs : timeOf(parseLenientTime(said), { said, field });
};

/** A time as RFC 3339 has it, as epoch milliseconds. */
export const strictTime: ReadField<number> = (given, field) => {
  const said = text(given, field);
  return timeOf(parseStrictTime(said), { said, field });
};

/** Leaves a field that is not there undefined. */
export function optional<Value>(read: ReadField<Value>): ReadField<Value | undefined> {
  return (given, field) => (given === undefined ? undefined : read(given, field));
}

function timeOf(
  ms: number | undefined,
  { said, field }: { readonly said: string; readonly field: string },
): number {
  if (ms !== undefined) return ms;
  const message = `Could not find format for ${JSON.stringify(said.slice(0, 64))} in ${field}`;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: field });
}

function mismatch(
  given: unknown,
  { field, expected }: { readonly field: string; readonly expected: string },
): SightlineError {
  const kind = Array.isArray(given) ? 'array' : given === null ? 'null' : kinds[typeof given];
  const message = `json: cannot unmarshal ${kind} into ${field} of type ${expected}`;
  return new SightlineError('SL_REQUEST_INVALID', message, { path: field });
}

const kinds: Readonly<Record<string, string>> = {
  boolean: 'bool',
  string: 'string',
  number: 'number',
  object: 'object',
};
