import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SightlineError } from '../../src/domain/errors.ts';
import { parse } from '../../src/http/errors.ts';
import { readRecommendQuery } from '../../src/http/query/recommend-query.ts';
import {
  recommendBodySchema,
  recommendParameters,
  recommendQuerySchema,
} from '../../src/http/query/recommend-schema.ts';
import { type ParameterKind, parseQuery } from '../../src/http/query-string.ts';
import { thrownBy } from './thrown-by.ts';

const kinds: Record<string, ParameterKind> = {
  user: 'text',
  n: 'number',
  tag: 'list',
  why: 'flag',
};
const read = (query: string) => parseQuery(`http://h/v1/x?${query}`, kinds);

test('parameters are read by their kinds', () => {
  expect(read('user=u+1%2F%C3%A9&n=5&tag=a&tag=b&why=true')).toEqual({
    user: 'u 1/é',
    n: 5,
    tag: ['a', 'b'],
    why: true,
  });
});

test('a URL without a query, empty parameters and a fragment give nothing', () => {
  expect(parseQuery('http://h/v1/x', kinds)).toEqual({});
  expect(parseQuery('http://h/v1/x?', kinds)).toEqual({});
  expect(read('user=&n=&&tag=&why#user=u1')).toEqual({});
});

test('text that is no number or flag stays text for the schema to refuse', () => {
  expect(read('n=12a&why=perhaps')).toEqual({ n: '12a', why: 'perhaps' });
  expect(read('n=0x10')).toEqual({ n: '0x10' });
  expect(read('n=1e3')).toEqual({ n: '1e3' });
});

test('a single-valued parameter given twice is refused by name', () => {
  expect(thrownBy(() => read('user=a&user=b'))).toMatchObject({
    code: 'SL_REQUEST_INVALID',
    path: 'user',
  });
});

test('an unknown parameter is refused, also when its name is one of Object', () => {
  for (const name of ['usr', '__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    expect(thrownBy(() => read(`${name}=1`))).toMatchObject({
      code: 'SL_REQUEST_INVALID',
      path: name,
    });
  }
  expect(({} as Record<string, unknown>)['1']).toBeUndefined();
});

test('broken percent-encoding and broken UTF-8 are malformed, not silently other text', () => {
  for (const query of ['user=%', 'user=%zz', 'user=%ff', 'user=%c3%28', '%ff=1']) {
    expect(thrownBy(() => read(query))).toMatchObject({ code: 'SL_REQUEST_MALFORMED' });
  }
});

const word = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const asked = fc.record(
  {
    user: word,
    session: word,
    item: word,
    recent: fc.array(word, { minLength: 1, maxLength: 4 }),
    n: fc.oneof(fc.integer({ min: -3, max: 120 }), fc.constant(1.5)),
    query: word,
    catalog: word,
    categories: fc.array(word, { minLength: 1, maxLength: 4 }),
    exclude: fc.array(word, { minLength: 1, maxLength: 4 }),
    locale: fc.constantFrom('de-CH', 'en', 'x_1', '-'),
    segment: word,
    timeout_ms: fc.oneof(fc.integer({ min: -5, max: 5000 }), fc.constant(0.5)),
    explain: fc.boolean(),
  },
  { requiredKeys: [] },
);

test('the GET form means the same as the POST form, for good and for bad requests', () => {
  fc.assert(
    fc.property(asked, ({ categories, ...rest }) => {
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries({ ...rest, category: categories })) {
        for (const one of value === undefined ? [] : [value].flat()) search.append(name, `${one}`);
      }
      const given = parseQuery(`http://h/?${search}`, recommendParameters);
      expectSameReading(search);
      const byQuery = recommendQuerySchema.safeParse(given);
      const byBody = recommendBodySchema.safeParse({ ...rest, ...(categories && { categories }) });
      expect(byQuery.success).toBe(byBody.success);
      if (!byQuery.success || !byBody.success) return;
      const { category, ...others } = byQuery.data;
      expect({ ...others, ...(category && { categories: category }) }).toEqual(byBody.data);
    }),
  );
});

/** What the schema alone makes of a query, and what the reader does: value or mistakes. */
function expectSameReading(search: URLSearchParams): void {
  const url = `http://h/?${search}`;
  const bySchema = () => {
    const given = parseQuery(url, recommendParameters);
    const { category: categories, ...rest } = parse(recommendQuerySchema, given);
    return { ...rest, categories };
  };
  expect(readOrThrown(() => readRecommendQuery(url))).toEqual(readOrThrown(bySchema));
}

function readOrThrown(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    const { code, message, mistakes } = error as SightlineError;
    return { code, message, mistakes };
  }
}

const plain = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ maxLength: 4, unit: 'binary' }),
  fc.constantFrom(
    '.',
    '..',
    'x'.repeat(512),
    'x'.repeat(513),
    'é'.repeat(257),
    'a\u0085',
    '\ud800',
  ),
  fc.integer({ min: -2, max: 102 }).map(String),
  fc.constantFrom('true', 'false', '0', '1', '-0', '5.0', '1.5', 'yes'),
);
const plainNames = fc.constantFrom('user', 'session', 'item', 'n', 'explain', 'locale', 'catalog');

test('the plain parameters are read as the schema reads them, good and bad', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(plainNames, plain), { maxLength: 4 }), (pairs) => {
      expectSameReading(new URLSearchParams(pairs));
    }),
    { numRuns: 500 },
  );
});
