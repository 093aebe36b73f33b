import { SightlineError } from '../../domain/errors.ts';
import type { FeatureValue } from './feature-store.ts';

/** How keys become requests of an HTTP service, and rows come out of its answers. */
export interface HttpMapping {
  /** `http://` or `https://`; `{keys}` stands for many keys with commas between them, `{key}` for a single one. */
  readonly url: string;
  /** JSON of a POST, in which the text `{keys}` stands for the list of keys, `{key}` for a single one; absent, GET. */
  readonly body?: unknown;
  /** JSON pointer (RFC 6901) to the rows, or to the row of a single key; empty for the whole answer. */
  readonly rows?: string;
  /** `object`: rows by key; `list`: rows in the order of the keys, null where absent; `keyed`: rows that name their key. */
  readonly form?: 'object' | 'list' | 'keyed';
  /** Where a row of `keyed` has its key. */
  readonly keyField?: string;
  /** Keys of one request. */
  readonly maxKeys?: number;
}

/** One request, and the places of its keys among those of the wave. */
export interface MappedRequest {
  readonly path: string;
  readonly body: string | undefined;
  /** The first place and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** A mapping that was checked. */
export interface CompiledMapping {
  readonly origin: string;
  /** Whether each key has a request of its own, for which status 404 means absent. */
  readonly isSingle: boolean;
  requestsFor(keys: readonly string[]): readonly MappedRequest[];
  /** The row of each key, undefined where it is absent. Throws where the answer has another form. */
  rowsOf(answer: unknown, keys: readonly string[]): readonly (FeatureValue | undefined)[];
}

/** Bytes of keys in one URL; servers take 8 KB of it in most cases. */
const maxUrlKeyBytes = 4000;

/**
 * Checks a mapping. Throws `SL_CONFIG_INVALID` for a URL that is not of HTTP or holds a password, and where neither or
 * both of `{keys}` and `{key}` are used.
 *
 * @example
 * const mapping = compileHttpMapping({ url: 'http://features/rows?ids={keys}', rows: '/data' });
 * mapping.requestsFor(['a', 'b/c'])[0].path; // '/rows?ids=a,b%2Fc'
 * mapping.rowsOf({ data: { a: 1 } }, ['a', 'b/c']); // [1, undefined]
 */
export function compileHttpMapping(mapping: HttpMapping): CompiledMapping {
  const { url, body, rows = '', form = 'object', keyField = 'id', maxKeys = 500 } = mapping;
  const { origin, path } = splitUrl(url);
  const templates = [path, body === undefined ? '' : JSON.stringify(body)].join('\n');
  const isSingle = templates.includes('{key}');
  if (isSingle === templates.includes('{keys}'))
    throw invalid('uses none or both of {keys} and {key}', 'one of them');
  const tokens = pointerTokens(rows);
  const isInUrl = path.includes('{key');
  const mostKeys = isSingle ? 1 : maxKeys;
  return {
    origin,
    isSingle,
    requestsFor: (keys) =>
      packs(keys, mostKeys, isInUrl).map(([from, to]) => {
        const asked = keys.slice(from, to);
        const text = asked.map(encodeURIComponent).join(',');
        return {
          path: path.replaceAll(/\{keys?\}/g, () => text),
          body: body === undefined ? undefined : JSON.stringify(filledIn(body, asked)),
          from,
          to,
        };
      }),
    rowsOf(answer, keys) {
      const found = pointedAt(answer, tokens);
      return isSingle ? [found as FeatureValue] : readers[form](found, keys, keyField);
    },
  };
}

/** Whether a key would climb up in a path: servers resolve `.` and `..` even where they are encoded. */
export const isDotSegment = (key: string): boolean => key === '.' || key === '..';

function splitUrl(url: string): { origin: string; path: string } {
  const [, origin = '', path = ''] = /^(https?:\/\/[^/?#]+)([^#]*)$/.exec(url) ?? [];
  if (origin === '' || origin.includes('@') || !URL.canParse(origin))
    throw invalid(
      'is not one',
      'http:// or https:// with host, port and path, without password and #',
    );
  return { origin, path: path.startsWith('/') ? path : `/${path}` };
}

function invalid(got: string, expected: string): SightlineError {
  return new SightlineError(
    'SL_CONFIG_INVALID',
    `URL of a feature store ${got}, expected ${expected}`,
  );
}

/** Places of the keys of each request, bounded by number and, in a URL, by bytes. */
function packs(keys: readonly string[], mostKeys: number, isInUrl: boolean): [number, number][] {
  const found: [number, number][] = [];
  let from = 0;
  let bytes = 0;
  for (const [place, key] of keys.entries()) {
    const more = isInUrl ? encodeURIComponent(key).length + 1 : 0;
    const isFull = place - from >= mostKeys || bytes + more > maxUrlKeyBytes;
    if (isFull && place > from) {
      found.push([from, place]);
      from = place;
      bytes = 0;
    }
    bytes += more;
  }
  if (keys.length > from) found.push([from, keys.length]);
  return found;
}

/** The body with the keys where the template has their signs. */
function filledIn(template: unknown, keys: readonly string[]): unknown {
  if (template === '{keys}') return keys;
  if (template === '{key}') return keys[0];
  if (Array.isArray(template)) return template.map((part) => filledIn(part, keys));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, part]) => [name, filledIn(part, keys)]),
  );
}

function pointerTokens(pointer: string): readonly string[] {
  if (pointer !== '' && !pointer.startsWith('/'))
    throw invalid(`has the pointer ${pointer}`, 'a JSON pointer');
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function pointedAt(answer: unknown, tokens: readonly string[]): unknown {
  let at = answer;
  for (const token of tokens) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, token))
      throw new Error('pointer leads nowhere');
    at = (at as Record<string, unknown>)[token];
  }
  return at;
}

type ReadRows = (
  found: unknown,
  keys: readonly string[],
  keyField: string,
) => readonly (FeatureValue | undefined)[];

const readers: Readonly<Record<NonNullable<HttpMapping['form']>, ReadRows>> = {
  object(found, keys) {
    if (typeof found !== 'object' || found === null || Array.isArray(found))
      throw new Error('rows are no object');
    const rows = found as Readonly<Record<string, FeatureValue>>;
    return keys.map((key) => (Object.hasOwn(rows, key) ? rows[key] : undefined));
  },
  list(found, keys) {
    if (!Array.isArray(found) || found.length !== keys.length)
      throw new Error('rows are no list of one for each key');
    return found.map((row: FeatureValue) => row ?? undefined);
  },
  keyed(found, keys, keyField) {
    if (!Array.isArray(found)) throw new Error('rows are no list');
    const rows = new Map<string, FeatureValue>();
    for (const row of found) {
      const key: unknown = row?.[keyField];
      if (typeof key !== 'string' && typeof key !== 'number') throw new Error('row has no key');
      rows.set(String(key), row);
    }
    return keys.map((key) => rows.get(key));
  },
};
