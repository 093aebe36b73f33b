import { SightlineError } from '../../domain/errors.ts';
import type { HttpContext } from '../env.ts';
import { isIdentifier } from '../identifier.ts';
import { decodePercent } from '../query-string.ts';

/**
 * The parameters of a route in the path of a request, decoded one by one, so that ids may have escaped slashes. A last
 * parameter that is empty is absent. Throws `SL_REQUEST_MALFORMED` and `SL_REQUEST_INVALID`.
 *
 * @example pathParts(c, '/api/latest/{category}') // of /api/latest/a%2Fb: { category: 'a/b' }
 */
export function pathParts(c: HttpContext, route: string): Readonly<Record<string, string>> {
  const { url } = c.req.raw;
  const begin = url.indexOf('/', url.indexOf('://') + 3);
  const end = url.slice(begin).search(/[?#]/);
  const path = end < 0 ? url.slice(begin) : url.slice(begin, begin + end);
  const given = path.split('/');
  const parts: Record<string, string> = {};
  route.split('/').forEach((name, at) => {
    const text = given[at];
    if (!name.startsWith('{') || text === undefined || text === '') return;
    parts[name.slice(1, -1)] = checked(decodePercent(text, name), name);
  });
  return parts;
}

function checked(text: string, name: string): string {
  if (isIdentifier(text)) return text;
  const message = `${name} is no id, expected 1 to 512 bytes of UTF-8 without control characters`;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: name });
}
