import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createQueryApp } from '../../../src/http/query/app.ts';
import { type Document, type Operation, operationsOf } from '../../openapi-document.ts';
import { openTestGateway, type TestGateway, testClock } from '../open-test-gateway.ts';
import { newest } from './list-shop.ts';

const secrets = {
  ACME_KEY: 'key-of-tenant-acme-0123456789',
  BOLT_KEY: 'key-of-tenant-bolt-0123456789',
};
const keys = {
  acme: { secret: 'ACME_KEY', scopes: ['read', 'write'], tenant: 'acme' },
  bolt: { secret: 'BOLT_KEY', scopes: ['read', 'write'], tenant: 'bolt' },
};
const { ACME_KEY: acme, BOLT_KEY: bolt } = secrets;

interface Tenants {
  readonly house: TestGateway;
  ask(key: string, method: string, path: string, body?: unknown): Promise<Answer>;
}
interface Answer {
  readonly status: number;
  readonly text: string;
}

async function openTenants(): Promise<Tenants> {
  const models = {
    latest: { kind: 'latest' },
    popular: { kind: 'popular' },
    knn: { kind: 'user-knn' },
  };
  const works = { home: newest('user'), session: newest('session'), similar: newest('item') };
  const gorse = { admin: true, collaborative: 'home' };
  const house = await openTestGateway(
    { gorse, models, works, access: { keys } },
    { environment: secrets },
  );
  const app = createQueryApp(house.gateway, { clock: testClock });
  return {
    house,
    async ask(key, method, path, body) {
      const response = await app.request(path, {
        method,
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, text: await response.text() };
    },
  };
}

/** Two shops may have the same ids, and one of them more: other words, other people, other tastes. */
async function fillShop({ ask }: Tenants, key: string, others: readonly string[] = []) {
  const of = key === acme ? 'acme' : 'bolt';
  const names = (letter: string) => [
    ...Array.from({ length: 6 }, (_, k) => `${letter}${k}`),
    ...others.map((other) => `${letter}-${other}`),
  ];
  const users = names('u').map((UserId) => ({ UserId, Comment: `of ${of}` }));
  const items = names('i').map((ItemId, k) => ({
    ...{ ItemId, Comment: `of ${of}`, Labels: { shop: of }, Timestamp: `2026-01-2${k % 10}` },
    Categories: ['boots', `for-${of}`],
  }));
  const feedback = users.flatMap(({ UserId }, u) =>
    items.slice(u % 2, (u % 2) + 3 + others.length).map(({ ItemId }) => ({
      ...{ FeedbackType: 'click', UserId, ItemId, Value: key === acme ? 1 : 7 },
      ...{ Timestamp: '2026-01-30T09:00:00Z', Comment: `of ${of}` },
    })),
  );
  await ask(key, 'POST', '/api/users', users);
  await ask(key, 'POST', '/api/items', items);
  await ask(key, 'POST', '/api/feedback', feedback);
}

let shared: Tenants;
let alone: Tenants;
let operations: readonly { path: string; method: string; operation: Operation }[];

beforeAll(async () => {
  shared = await openTenants();
  alone = await openTenants();
  await fillShop(alone, acme);
  await fillShop(shared, bolt, ['secret', 'hidden', 'private']);
  await fillShop(shared, acme);
  for (const { house } of [shared, alone]) {
    const { training } = house.gateway;
    training.train({ trigger: 'manual', force: true });
    const isOver = () => training.tasks().every(({ state }) => state === 'ended');
    await vi.waitUntil(isOver, { timeout: 30_000, interval: 20 });
  }
  const { text } = await shared.ask(acme, 'GET', '/openapi.json');
  operations = operationsOf(JSON.parse(text) as Document).filter(({ path }) =>
    path.startsWith('/api/'),
  );
}, 60_000);
afterAll(async () => {
  await shared.house.close();
  await alone.house.close();
});

const isForAdmins = /^\/api\/(dashboard|bulk|dump|restore|purge)/;

/** Paths with values that exist with both, with one alone, and nowhere. */
function filled(path: string): string[] {
  const list = path.includes('user-to-user') ? 'knn' : 'similar';
  const name = path.includes('non-personalized') ? 'popular' : list;
  return ['0', '2', '-secret'].map((which) =>
    path
      .replaceAll('{user-id}', `u${which}`)
      .replaceAll('{item-id}', `i${which}`)
      .replaceAll('{feedback-type}', 'click')
      .replaceAll('{category}', 'boots')
      .replaceAll('{name}', name),
  );
}

const reads = () =>
  operations
    .filter(({ path, method }) => !isForAdmins.test(path) && method === 'get')
    .flatMap(({ path }) => filled(path));

/** What an answer says beside how well it fits, which others have a share in. */
const withoutScores = ({ status, text }: Answer) => ({
  status,
  text: text.replaceAll(/"Score": [^\n]*/g, '"Score"'),
});

test('every answer to a tenant is what it would be without the other', async () => {
  expect(reads().length).toBeGreaterThan(60);
  const more = ['?n=100', '?n=3&offset=1', '?category=for-bolt', '?q=bolt', '?user-id=u-secret'];
  for (const path of reads().flatMap((one) => [one, ...more.map((query) => one + query)])) {
    const answer = await shared.ask(acme, 'GET', path);
    expect(answer.text.replaceAll(/u-secret|i-secret/g, ''), path).not.toMatch(
      /bolt|hidden|private/,
    );
    const expected = await alone.ask(acme, 'GET', path);
    expect({ path, ...withoutScores(answer) }).toEqual({ path, ...withoutScores(expected) });
  }
});

test('a session of a tenant is answered with its own items, whatever it names', async () => {
  const body = [
    { FeedbackType: 'click', ItemId: 'i1' },
    { FeedbackType: 'click', ItemId: 'i-secret' },
  ];
  const path = '/api/session/recommend?n=100';
  const answer = await shared.ask(acme, 'POST', path, body);
  expect(JSON.parse(answer.text)).toHaveLength(5);
  expect(withoutScores(answer)).toEqual(withoutScores(await alone.ask(acme, 'POST', path, body)));
});

test('neighbours of a user of a small tenant are found beside a large one', async () => {
  const { text } = await shared.ask(acme, 'GET', '/api/user/u0/neighbors');
  expect((JSON.parse(text) as { Id: string }[]).map(({ Id }) => Id).toSorted()).toEqual([
    ...['u1', 'u2', 'u3', 'u4', 'u5'],
  ]);
});

test('a key of a tenant is no administrator', async () => {
  const forAdmins = operations.filter(({ path }) => isForAdmins.test(path));
  expect(forAdmins.length).toBeGreaterThan(20);
  for (const { path, method } of forAdmins)
    for (const one of filled(path))
      expect([one, (await shared.ask(acme, method.toUpperCase(), one)).status]).toEqual([one, 403]);
});

test('no write of a tenant changes what the other reads, and its counts are of its own rows', async () => {
  const views = async () =>
    Promise.all(
      reads().map((path) => shared.ask(bolt, 'GET', `${path}?n=100`).then(withoutScores)),
    );
  const before = await views();
  const writes = operations.filter(
    ({ path, method }) => !isForAdmins.test(path) && method !== 'get' && !path.includes('session'),
  );
  const order = ['post', 'put', 'patch', 'delete'];
  writes.sort((one, other) => order.indexOf(one.method) - order.indexOf(other.method));
  expect(writes.length).toBeGreaterThan(10);
  for (const { path, method, operation } of writes)
    for (const one of filled(path)) {
      const body = operation.requestBody?.content['application/json'].example;
      const answer = await shared.ask(acme, method.toUpperCase(), one, body);
      const expected = await alone.ask(acme, method.toUpperCase(), one, body);
      expect({ method, one, ...answer }).toEqual({ method, one, ...expected });
    }
  expect(await views()).toEqual(before);
});
