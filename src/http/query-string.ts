import { type Mistake, SightlineError } from '../domain/errors.ts';
import { shorten } from './errors.ts';

/** How a parameter is read. What cannot be read stays text, and the schema says what it should be. */
export type ParameterKind = 'text' | 'number' | 'flag' | 'list';

const flags: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  false: false,
  '0': false,
};
const decimal = /^-?\d+(?:\.\d+)?$/;

/**
 * Reads the query string of a URL into the shape that its schema validates. Parameters without a value
 * count as left out; a list is a parameter given several times. Throws `SL_REQUEST_INVALID` for unknown
 * and repeated parameters and `SL_REQUEST_MALFORMED` for broken percent-encoding.
 *
 * @example parseQuery('/v1/x?n=5&tag=a&tag=b', { n: 'number', tag: 'list' }) // { n: 5, tag: ['a', 'b'] }
 */
export function parseQuery(
  url: string,
  kinds: Readonly<Record<string, ParameterKind>>,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  const start = url.indexOf('?');
  if (start < 0) return read;
  const end = url.indexOf('#', start);
  const mistakes: Mistake[] = [];
  for (const pair of url.slice(start + 1, end < 0 ? undefined : end).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals), 'query');
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1), name);
    const mistake = place(read, { name, value, kind: kindOf(kinds, name) });
    if (mistake !== undefined) mistakes.push(mistake);
  }
  if (mistakes.length === 0) return read;
  const [{ path, message }] = mistakes;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path, mistakes });
}

function place(
  read: Record<string, unknown>,
  { name, value, kind }: { name: string; value: string; kind: ParameterKind | undefined },
): Mistake | undefined {
  if (kind === undefined) {
    const path = shorten(name, 200);
    return { path, message: `${path} is not a known parameter, expected none` };
  }
  if (value === '') return undefined;
  if (kind === 'list') {
    read[name] ??= [];
    (read[name] as string[]).push(value);
  } else if (read[name] !== undefined) {
    return { path: name, message: `${name} is given twice, expected once` };
  } else {
    read[name] = readValue(value, kind);
  }
  return undefined;
}

function readValue(value: string, kind: ParameterKind): unknown {
  if (kind === 'number' && decimal.test(value)) return Number(value);
  if (kind === 'flag' && Object.hasOwn(flags, value)) return flags[value];
  return value;
}

const kindOf = (kinds: Readonly<Record<string, ParameterKind>>, name: string) =>
  Object.hasOwn(kinds, name) ? kinds[name] : undefined;

function decode(text: string, name: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  return spaced.includes('%') ? decodePercent(spaced, name) : spaced;
}

/** Decodes percent-encoding; throws `SL_REQUEST_MALFORMED` where it is broken or not UTF-8. */
export function decodePercent(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    const path = shorten(name, 200);
    throw new SightlineError(
      'SL_REQUEST_MALFORMED',
      `${path} is not percent-encoded UTF-8, expected encodeURIComponent of a text`,
      { path, cause },
    );
  }
}
