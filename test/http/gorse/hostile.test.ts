import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GorseShop, openGorseGateway } from './open-gorse-gateway.ts';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Record<string, { readonly example?: unknown }> };
  readonly responses: Readonly<Record<string, unknown>>;
}

let shop: GorseShop;
let operations: readonly { method: string; path: string; operation: Operation }[];

beforeAll(async () => {
  shop = await openGorseGateway({ gorse: { admin: true } });
  const { json } = await shop.call('GET', '/openapi.json');
  operations = Object.entries(json.paths as Record<string, Record<string, Operation>>)
    .filter(([path]) => path.startsWith('/api/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
    );
});
afterAll(() => shop[Symbol.asyncDispose]());

/** Texts that break naive servers. */
const hostileText = fc.oneof(
  fc.constantFrom(
    'A1',
    'U1',
    'popular',
    'read',
    'read>=3',
    '..',
    '%',
    '%2F',
    '%00',
    '%ff',
    '%e2%82',
  ),
  fc.constantFrom(
    "'; DROP TABLE items; --",
    '__proto__',
    'constructor',
    '\u202e',
    '👟'.repeat(200),
  ),
  fc.constantFrom('-1', '0', '1e9', 'NaN', '99999999999999999999', 'true', '{"a":1}', '10m', '-5h'),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constant('x'.repeat(3000)),
);
const name = fc.oneof(
  fc.constantFrom('n', 'offset', 'category', 'cursor', 'Cursor', 'user-id', 'q', 'exclude', 'from'),
  fc.constantFrom('write-back-type', 'write-back-delay', 'begin', 'end', 'duration'),
  hostileText,
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  hostileText,
  fc.array(fc.dictionary(fc.oneof(fieldNames(), hostileText), fc.jsonValue({ maxDepth: 3 })), {
    maxLength: 3,
  }),
);

function fieldNames() {
  return fc.constantFrom(
    ...['UserId', 'ItemId', 'FeedbackType', 'Timestamp', 'Labels', 'Comment', 'Categories'],
    ...['IsHidden', 'Value', 'userid', 'ITEMID', '__proto__'],
  );
}

/** The example of the body, with some of it replaced by anything. */
function spoilt(example: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(example))
    return fc.array(spoilt(example[0] ?? {}), { maxLength: 3 }) as fc.Arbitrary<unknown>;
  if (typeof example !== 'object' || example === null) return fc.oneof(fc.constant(example), value);
  const parts = Object.entries(example).map(
    ([field, was]) =>
      [
        field,
        fc.oneof(
          { weight: 3, arbitrary: fc.constant(was as unknown) },
          { weight: 1, arbitrary: value },
        ),
      ] as const,
  );
  return fc.record(Object.fromEntries(parts), { requiredKeys: [] });
}

const encode = (text: string) =>
  fc.constantFrom(encodeURIComponent(text.toWellFormed()), rawSafe(text));

/** As a careless client sends it: what a request line cannot hold at all is left out. */
const rawSafe = (text: string) => text.replaceAll(/[^\x21-\x7e]|[?#/]/g, '');

const requestOf = ({ method, path, operation }: (typeof operations)[number]) =>
  fc
    .record({
      parts: fc.array(hostileText.chain(encode), { minLength: 4, maxLength: 4 }),
      query: fc.array(fc.tuple(name.chain(encode), hostileText.chain(encode)), { maxLength: 4 }),
      body: fc.oneof(spoilt(exampleOf(operation)), value),
      asText: fc.boolean(),
      type: fc.constantFrom(
        ...['application/json', 'application/json', 'text/plain', 'application/x-ndjson'],
        ...['multipart/form-data; boundary=x', 'application/octet-stream', ''],
      ),
      version: fc.constantFrom('', '2', 'x'),
    })
    .map(({ parts, query, body, asText, type, version }) => {
      let at = 0;
      const filled = path.replaceAll(/\{[\w-]+\}/g, () => parts[at++] || 'x');
      const search = query.map((pair) => pair.join('=')).join('&');
      const json = JSON.stringify(body) ?? '';
      const text = asText ? json.slice(1) : json;
      const bodied = method !== 'get' && method !== 'head';
      return {
        method: method.toUpperCase(),
        path: search === '' ? filled : `${filled}?${search}`,
        body: bodied ? text : undefined,
        headers: {
          ...(bodied && { 'content-type': type }),
          ...(version !== '' && { 'x-api-version': version }),
        },
      };
    });

const exampleOf = ({ requestBody }: Operation): unknown =>
  Object.values(requestBody?.content ?? {})[0]?.example ?? [];

test('every route answers hostile input with a status of its document, and none fails inside', async () => {
  expect(operations.length).toBeGreaterThan(30);
  for (const one of operations) {
    const answers = fc.asyncProperty(requestOf(one), async ({ method, path, body, headers }) => {
      const { status, text } = await shop.call(method, path, {
        headers,
        ...(body !== undefined && { body }),
      });
      const where = `${method} ${path}: ${status} ${text.slice(0, 200)}`;
      expect(status, where).toBeLessThan(500);
      // A part that is a dot segment or empty leads to another route, or to none.
      const known = [...Object.keys(one.operation.responses), '404', '405'];
      expect(known, where).toContain(String(status));
    });
    await fc.assert(answers, { numRuns: 30 });
  }
}, 120_000);
