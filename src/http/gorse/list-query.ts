import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import { shorten } from '../errors.ts';
import { isIdentifier, isLabel } from '../identifier.ts';
import { decodePercent } from '../query-string.ts';

/** What the query of a route that answers a list says. */
export interface ListQuery {
  readonly n: number;
  readonly offset: number;
  /** Items must have all of them. */
  readonly categories: readonly string[];
  /** Ids, as the client knows them, that must not be served. */
  readonly exclude: readonly string[];
  /** Whose items are left out: whatever this user has any feedback on. */
  readonly user: string | undefined;
  readonly writeBackType: string | undefined;
  readonly writeBackDelay: string | undefined;
}

/** The most categories and excluded ids that one request may name. */
const maxNames = 1000;

const count = z.int().min(0);
const names = z.array(z.string()).max(maxNames).optional();

/** The parameters of routes that answer lists, for the document. */
export const listQuerySchema = z.object({
  n: count.optional().meta({ description: 'Items wanted; 100 are served at most, with `offset`' }),
  offset: count.optional().meta({ description: 'Items passed over at the beginning' }),
  category: names.meta({ description: 'Given several times, items must have all of them' }),
  exclude: names.meta({ description: 'Ids that must not be served' }),
  'user-id': z
    .string()
    .optional()
    .meta({ description: 'Whatever this user has any feedback on is left out' }),
});

/** The same with what `/api/recommend` writes back. */
export const recommendQuerySchema = listQuerySchema.extend({
  'write-back-type': z
    .string()
    .optional()
    .meta({ description: 'Type of the feedback that is written for each item served' }),
  'write-back-delay': z
    .string()
    .optional()
    .meta({ description: 'How much later that feedback counts, as `10m` or `1h30m`' }),
});

/** Everything, in the order of the list. */
export const wholeList = (n: number): ListQuery => ({
  ...{ n, offset: 0, categories: [], exclude: [] },
  ...{ user: undefined, writeBackType: undefined, writeBackDelay: undefined },
});

/**
 * Reads the query of a URL; parameters that are not known, and empty ones, say nothing. Of what is given twice and is no
 * list, the first counts. Throws `SL_REQUEST_INVALID` and `SL_REQUEST_MALFORMED`.
 *
 * @example readListQuery('/api/latest?n=3&category=a&category=b', { defaultCount: 10 }).categories // ['a', 'b']
 */
export function readListQuery(
  url: string,
  { defaultCount }: { readonly defaultCount: number },
): ListQuery {
  const begin = url.indexOf('?');
  if (begin < 0) return wholeList(defaultCount);
  const given = readPairs(url.slice(begin + 1).split('#', 1)[0]);
  const [user] = checked(given, 'user-id', isIdentifier);
  const [writeBackType] = checked(given, 'write-back-type', isLabel);
  return {
    n: wholeNumber(given, 'n', defaultCount),
    offset: wholeNumber(given, 'offset', 0),
    categories: checked(given, 'category', isLabel),
    exclude: checked(given, 'exclude', isIdentifier),
    ...{ user, writeBackType, writeBackDelay: given.get('write-back-delay')?.[0] },
  };
}

type Given = ReadonlyMap<string, readonly string[]>;

const known = ['n', 'offset', 'category', 'exclude', 'user-id', 'write-back-type'] as const;
const isKnown = new Set<string>([...known, 'write-back-delay']);

function readPairs(text: string): Given {
  const given = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    if (equals <= 0 || equals === pair.length - 1) continue;
    const name = pair.slice(0, equals);
    if (!isKnown.has(name)) continue;
    const value = decodePercent(pair.slice(equals + 1).replaceAll('+', ' '), name);
    const values = given.get(name);
    if (values === undefined) given.set(name, [value]);
    else values.push(value);
  }
  return given;
}

function wholeNumber(given: Given, name: string, otherwise: number): number {
  const text = given.get(name)?.[0];
  if (text === undefined) return otherwise;
  const value = /^\+?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value))
    throw invalid(name, `${name} is ${shorten(text, 50)}, expected a whole number from 0 on`);
  return value;
}

function checked(
  given: Given,
  name: (typeof known)[number],
  isGood: (value: unknown) => boolean,
): readonly string[] {
  const values = given.get(name) ?? [];
  if (values.length > maxNames)
    throw invalid(name, `${name} is given ${values.length} times, expected at most ${maxNames}`);
  if (values.every(isGood)) return values;
  throw invalid(name, `${name} is too long, or has control characters, expected a name`);
}

const invalid = (path: string, message: string) =>
  new SightlineError('SL_REQUEST_INVALID', message, { path });
