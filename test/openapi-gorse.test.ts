import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { SightlineError } from '../src/domain/errors.ts';
import type { Gateway } from '../src/gateway.ts';
import { createQueryApp } from '../src/http/query/app.ts';
import { OverloadError } from '../src/pipeline/admission/shed.ts';
import { item, newest } from './http/gorse/list-shop.ts';
import { keySecrets, testKeys } from './http/keyed-gateway.ts';
import { openTestGateway, type TestGateway, testClock } from './http/open-test-gateway.ts';
import {
  type Document,
  documentedOutcomes,
  expectWholeDocument,
  type Operation,
  operationsOf,
} from './openapi-document.ts';

const { READ_KEY, WRITE_KEY, OPS_KEY, SLOW_KEY } = keySecrets;

let house: TestGateway;
let open: TestGateway;
let gone: TestGateway;
let document: Document;

const gorse = { admin: true, collaborative: 'home', quota: { commentBytes: 100 } };
const models = {
  latest: { kind: 'latest' },
  popular: { kind: 'popular' },
  knn: { kind: 'user-knn' },
};
const works = { home: newest('user'), session: newest('session'), similar: newest('item') };

const openShop = (access: object) =>
  openTestGateway({ gorse, works, models, access }, { environment: keySecrets });

async function readDocument({ gateway }: TestGateway): Promise<Document> {
  const response = await createQueryApp(gateway).request('/openapi.json');
  return (await response.json()) as Document;
}

beforeAll(async () => {
  [house, open, gone] = [
    await openShop({ keys: testKeys }),
    await openShop({}),
    await openShop({ keys: testKeys }),
  ];
  await gone.close();
  const dump = await createQueryApp(house.gateway).request('/api/dump', {
    headers: { 'x-api-key': OPS_KEY },
  });
  samples['/api/restore'] = Buffer.from(await dump.arrayBuffer()).toString('latin1');
  document = await readDocument(house);
});
afterAll(async () => {
  await house.close();
  await open.close();
});

const ofGorse = (paths: Document['paths']): Document['paths'] =>
  Object.fromEntries(Object.entries(paths).filter(([path]) => path.startsWith('/api/')));

test('the document with the Gorse API is a whole OpenAPI 3.1 document', async () => {
  expectWholeDocument(document);
  expectWholeDocument(await readDocument(open));
});

test('every route under /api is documented, or named as another path of one that is', () => {
  const routes = createQueryApp(house.gateway).routes.filter(({ path }) =>
    path.startsWith('/api/'),
  );
  const documented = operationsOf({ ...document, paths: ofGorse(document.paths) }).flatMap(
    ({ path, method, operation: { description = '' } }) => {
      const others = [...description.matchAll(/\/api\/[^ ,]+/g)].map(([alias]) => alias);
      return [path, ...others]
        .flatMap((one) => [one, `${one}/`])
        .map((one) => `${method.toUpperCase()} ${one}`);
    },
  );
  const parameter = (_: string, name: string) => `{${name.replaceAll('_', '-')}}`;
  const known = routes.map(
    ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, parameter)}`,
  );
  expect([...new Set(known)].toSorted()).toEqual(documented.toSorted());
});

test('routes that need a key say so where keys are configured, with failures in text, and not elsewhere', async () => {
  const paths = Object.entries(ofGorse((await readDocument(open)).paths));
  for (const [path, methods] of Object.entries(ofGorse(document.paths)))
    for (const [method, { security, responses }] of Object.entries(methods)) {
      const failures = Object.entries(responses).filter(([status]) => status !== '200');
      for (const [status, { content }] of failures)
        expect([path, status, Object.keys(content ?? {})]).toEqual([path, status, ['text/plain']]);
      const isFree = path.startsWith('/api/health/');
      expect([path, security]).toEqual([path, isFree ? undefined : [{ key: [] }, { bearer: [] }]]);
      for (const status of isFree ? [] : ['401', '403', '429'])
        expect([path, method, Object.keys(responses)]).toEqual([
          ...[path, method],
          expect.arrayContaining([status]),
        ]);
    }
  for (const [path, methods] of paths)
    for (const { security, responses } of Object.values(methods)) {
      expect([path, security]).toEqual([path, undefined]);
      if (path !== '/api/purge') expect(Object.keys(responses)).not.toContain('401');
    }
});

/** A schema with the components that it refers to, as one JSON Schema. */
const schemaOf = (schema: object): z.ZodType =>
  z.fromJSONSchema(
    JSON.parse(
      JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll(
        '#/components/schemas/',
        '#/$defs/',
      ),
    ),
  );

test('every example of a body or an answer is of its schema', () => {
  let examples = 0;
  for (const { path, operation } of operationsOf({ ...document, paths: ofGorse(document.paths) }))
    for (const { content = {} } of [
      operation.requestBody ?? {},
      ...Object.values(operation.responses),
    ])
      for (const { schema, example } of Object.values(content)) {
        if (example === undefined) continue;
        examples += 1;
        expect([path, schemaOf(schema).safeParse(example).error]).toEqual([path, undefined]);
      }
  expect(examples).toBeGreaterThan(30);
});

test('every route that takes a body says which', () => {
  const bodies = operationsOf({ ...document, paths: ofGorse(document.paths) }).flatMap(
    ({ path, method, operation }) =>
      ['post', 'patch'].includes(method) || path === '/api/feedback'
        ? [[method, path, Object.keys(operation.requestBody?.content ?? {}).length > 0]]
        : [],
  );
  expect(bodies.length).toBeGreaterThan(10);
  expect(bodies.filter(([method, , hasBody]) => method !== 'get' && !hasBody)).toEqual([]);
});

interface Ask {
  readonly path: string;
  readonly key?: string | undefined;
  readonly body?: unknown;
  readonly type?: string;
  readonly encoding?: string;
  readonly on?: Gateway;
}

const names: Readonly<Record<string, string>> = {
  'user-id': 'U1',
  'item-id': 'A1',
  'feedback-type': 'click',
  category: 'boots',
  recommender: 'latest',
};

/** The name of a list or model that there is. */
function listOf(path: string): string {
  if (path.includes('user-to-user')) return 'knn';
  return path.includes('item-to-item') ? 'similar' : 'popular';
}

const fill = (path: string, value = (name: string) => names[name] ?? listOf(path)) =>
  path.replaceAll(/\{([\w-]+)\}/g, (_, name: string) => value(name));

/** The gateway with a store that is full, with too much to do, and with no list at all. */
function faultyGateways({ gateway }: TestGateway): readonly Gateway[] {
  const full = async () => {
    throw new SightlineError('SL_STORE_FULL', 'disk of var/data is full');
  };
  const writing = ['putItems', 'putUsers', 'addItems', 'addUsers', 'recordFeedback'];
  const others = ['replaceFeedback', 'deleteFeedback', 'forgetUser', 'forgetItem', 'deleteItem'];
  const refusing = Object.fromEntries([...writing, ...others].map((name) => [name, full]));
  const recommend = () => {
    throw new OverloadError('shed.concurrency');
  };
  const nothing = { recommend: undefined, collaborative: undefined, session: undefined };
  const lists = { nonPersonalized: {}, itemToItem: {}, userToUser: {} };
  const bare = { ...gateway.config.gorse!, ...nothing, ...lists };
  return [
    gone.gateway,
    { ...gateway, ...refusing },
    { ...gateway, recommend, keeping: undefined },
    { ...gateway, readiness: () => ({ ready: false, reasons: ['draining'] }) },
    { ...gateway, config: { ...gateway.config, gorse: bare } },
  ];
}

/** Everything that may go wrong with one operation, and what does not. */
function asksOf(path: string, { requestBody }: Operation): Ask[] {
  const content = Object.entries(requestBody?.content ?? {});
  const [type, { example } = {}] = content[0] ?? [];
  const body = example ?? (content.length === 0 ? undefined : samples[path]);
  const good = { path: fill(path), key: OPS_KEY, body, ...(type !== undefined && { type }) };
  const spoilt = [
    { body: '{' },
    { body: `"${'x'.repeat(2 ** 20 + 100_001)}"` },
    { type: 'text/plain' },
  ];
  const rows = Array.isArray(example) ? (example as object[]) : undefined;
  const wordy = { Comment: 'x'.repeat(101), Categories: ['x'] };
  const much = rows?.map((row) => ({ ...row, ...wordy })) ?? { ...(body as object), ...wordy };
  return [
    ...[good, { ...good, key: undefined }, { ...good, key: READ_KEY }, { ...good, key: WRITE_KEY }],
    ...[
      { ...good, key: SLOW_KEY },
      { ...good, key: SLOW_KEY },
    ],
    ...faultyGateways(house).map((on) => ({ ...good, on })),
    ...['%ff', '%00', 'nobody'].map((part) => ({ ...good, path: fill(path, () => part) })),
    ...['n', 'begin', 'from', 'offset'].map((name) => ({
      ...good,
      path: `${good.path}?${name}=x`,
    })),
    ...(body === undefined
      ? []
      : [...spoilt, { body: much }, { encoding: 'br' }, { encoding: 'gzip' }]
    ).map((bad) => ({
      ...good,
      ...bad,
    })),
  ];
}

/** Bodies that are no JSON. */
const samples: Record<string, string> = {
  '/api/bulk/users': '{"UserId":"U1"}\n',
  '/api/bulk/items': '{"ItemId":"A1"}\n',
  '/api/bulk/feedback': '{"FeedbackType":"click","UserId":"U1","ItemId":"A1"}\n',
};

function bytesOf(body: unknown, type: string | undefined): string | Buffer<ArrayBuffer> {
  if (type === 'application/x-www-form-urlencoded')
    return typeof body === 'string' ? body : new URLSearchParams(body as never).toString();
  if (type === 'application/octet-stream') return Buffer.from(String(body), 'latin1');
  return typeof body === 'string' ? body : JSON.stringify(body);
}

async function send(method: string, { path, key, body, type, encoding, on }: Ask) {
  const app = createQueryApp(on ?? house.gateway, { clock: testClock });
  const response = await app.request(path, {
    method: method.toUpperCase(),
    headers: {
      ...(key !== undefined && { 'x-api-key': key }),
      ...(type !== undefined && { 'content-type': type }),
      ...(encoding !== undefined && { 'content-encoding': encoding }),
    },
    ...(body !== undefined && { body: bytesOf(body, type) }),
  });
  // A stream that breaks off has said 200 already.
  await response.arrayBuffer().catch(() => {});
  return response.status;
}

/** Statuses that no request of these brings about: failures inside, and bodies that come slowly. */
const argued = / (500|408)$/;

test('every documented status under /api can happen, and no other was seen', async () => {
  const seen = new Set<string>();
  const everything = operationsOf({ ...document, paths: ofGorse(document.paths) });
  for (const { path, method, operation } of everything)
    for (const ask of asksOf(path, operation)) {
      await house.gateway.putUsers([{ id: 'U1', attributes: {} }]);
      await house.gateway.putItems([item('A1')]);
      seen.add(`${method.toUpperCase()} ${path} ${await send(method, ask)}`);
    }
  const documented = documentedOutcomes({ ...document, paths: ofGorse(document.paths) });
  expect([...seen].toSorted()).toEqual(documented.filter((outcome) => !argued.test(outcome)));
});
