import { expect, test } from 'vitest';
import { compileHttpMapping, type HttpMapping } from '../../../src/stores/features/http-mapping.ts';

const rowsOf = (mapping: Partial<HttpMapping>, answer: unknown, keys: readonly string[]) =>
  compileHttpMapping({ url: 'http://x/?k={keys}', ...mapping }).rowsOf(answer, keys);

test('keys stand in the URL as its parts, with commas between them', () => {
  const { origin, requestsFor } = compileHttpMapping({ url: 'http://x:81?k={keys}&v=2' });
  expect(origin).toBe('http://x:81');
  expect(requestsFor(['a,b', 'c&d', '$&', '界'])).toEqual([
    { path: '/?k=a%2Cb,c%26d,%24%26,%E7%95%8C&v=2', body: undefined, from: 0, to: 4 },
  ]);
});

test('keys stand in the body as a list, wherever the template has their sign', () => {
  const body = { query: [{ ids: '{keys}' }, 'about {keys}'], limit: 5, none: null };
  const { requestsFor } = compileHttpMapping({ url: 'http://x/', body, maxKeys: 2 });
  expect(requestsFor(['a', '{keys}', 'c']).map((request) => request.body)).toEqual([
    '{"query":[{"ids":["a","{keys}"]},"about {keys}"],"limit":5,"none":null}',
    '{"query":[{"ids":["c"]},"about {keys}"],"limit":5,"none":null}',
  ]);
});

test('rows are an object by key, and own properties alone', () => {
  const rows = JSON.parse('{"a":1,"__proto__":2}');
  expect(rowsOf({}, rows, ['a', '__proto__', 'toString'])).toEqual([1, 2, undefined]);
});

test('rows are a list in the order of the keys, null where absent', () => {
  expect(rowsOf({ form: 'list' }, [1, null, 0], ['a', 'b', 'c'])).toEqual([1, undefined, 0]);
  for (const wrong of [[1], {}, null])
    expect(() => rowsOf({ form: 'list' }, wrong, ['a', 'b'])).toThrow('rows are no list');
});

test('rows are a list whose rows name their key, in any order', () => {
  const mapping = { form: 'keyed', keyField: 'id' } as const;
  const rows = [{ id: 7, price: 1 }, { id: 'other' }, { id: 'a' }];
  expect(rowsOf(mapping, rows, ['a', 'b', '7'])).toEqual([{ id: 'a' }, undefined, rows[0]]);
  for (const wrong of [{}, [null], [{ price: 1 }]])
    expect(() => rowsOf(mapping, wrong, ['a'])).toThrow(/rows? /);
});

test('a JSON pointer says where rows stand', () => {
  const answer = { 'a/b': [{ '~': { x: 1 } }] };
  expect(rowsOf({ rows: '/a~1b/0/~0' }, answer, ['x', 'y'])).toEqual([1, undefined]);
  expect(() => rowsOf({ rows: '/toString' }, answer, ['x'])).toThrow('leads nowhere');
});

const wrong: readonly HttpMapping[] = [
  { url: 'http://x/' },
  { url: 'http://x/{key}', body: '{keys}' },
  { url: 'ftp://x/{key}' },
  { url: 'http://user:secret@x/{key}' },
  { url: 'http:///{key}' },
  { url: 'http://x/{key}#part' },
  { url: 'http://x:{key}/' },
  { url: 'http://x/{key}', rows: 'data' },
];

test.each(wrong)('refuses $url', (mapping) => {
  expect(() => compileHttpMapping(mapping)).toThrow(/^URL of a feature store .*, expected /);
});
