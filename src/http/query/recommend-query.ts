import type { z } from 'zod';
import { parse } from '../errors.ts';
import { isIdentifier } from '../identifier.ts';
import { parseQuery } from '../query-string.ts';
import {
  defaultCount,
  maxCount,
  type recommendBodySchema,
  recommendParameters,
  recommendQuerySchema,
} from './recommend-schema.ts';

type Asked = z.output<typeof recommendBodySchema>;

/**
 * Reads the GET form of recommend into the shape of the POST form. Throws `SL_REQUEST_INVALID` with every
 * mistake and `SL_REQUEST_MALFORMED` for broken percent-encoding.
 *
 * @example readRecommendQuery('/v1/recommend/home?category=boots') // { n: 20, every_category: false, explain: false, categories: ['boots'] }
 */
export function readRecommendQuery(url: string): Asked {
  const given = parseQuery(url, recommendParameters);
  const plain = readPlain(given);
  if (plain !== undefined) return plain;
  const { category: categories, ...rest } = parse(recommendQuerySchema, given);
  return { ...rest, categories };
}

/** Reads the parameters that nearly every request has, and no others; undefined where the schema must decide. */
function readPlain(given: Readonly<Record<string, unknown>>): Asked | undefined {
  let n = defaultCount;
  let explain = false;
  let user: string | undefined;
  let session: string | undefined;
  let item: string | undefined;
  for (const name in given) {
    const value = given[name];
    if (name === 'n' && isCount(value)) n = value;
    else if (name === 'explain' && typeof value === 'boolean') explain = value;
    else if (name === 'user' && isIdentifier(value)) user = value;
    else if (name === 'session' && isIdentifier(value)) session = value;
    else if (name === 'item' && isIdentifier(value)) item = value;
    else return undefined;
  }
  return { user, session, item, n, every_category: false, explain };
}

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= maxCount;
