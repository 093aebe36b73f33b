import { expect, test } from 'vitest';
import { createQueryApp } from '../../../src/http/query/app.ts';
import type { Facts } from '../../../src/telemetry/facts.ts';
import { openTestGateway, testClock, testNowMs } from '../open-test-gateway.ts';
import { click, ids, item, newest, openListShop } from './list-shop.ts';
import type { GorseShop } from './open-gorse-gateway.ts';

const results = (shop: GorseShop) =>
  shop.house.facts('list.asked').map(({ result }: Facts['list.asked']) => result);

test('ids are answered, and scores to version 2', async () => {
  await using shop = await openListShop();
  const plain = await shop.call('GET', '/api/recommend/bob?n=2');
  expect(plain).toMatchObject({
    status: 200,
    type: 'application/json',
    text: '[\n "A0",\n "A1"\n]',
  });
  const scored = await shop.call('GET', '/api/recommend/bob/?n=2', {
    headers: { 'x-api-version': '2' },
  });
  expect(scored.json).toEqual([
    { Id: 'A0', Score: expect.any(Number) },
    { Id: 'A1', Score: expect.any(Number) },
  ]);
  for (const version of ['1', '3', 'two']) {
    const { json } = await shop.call('GET', '/api/recommend/bob?n=1', {
      headers: { 'x-api-version': version },
    });
    expect(json).toEqual(['A0']);
  }
});

test('a user whom nobody knows is recommended something', async () => {
  await using shop = await openListShop();
  expect((await shop.call('GET', '/api/recommend/3000')).json).toEqual(
    ids(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
  );
});

test.each([false, true])(
  'offset, categories and exclude hold, with kept lists: %s',
  async (kept) => {
    await using shop = await openListShop(kept ? {} : { cache: { maxMb: 0 } });
    const ask = async (path: string) => (await shop.call('GET', `/api/recommend/bob${path}`)).json;
    for (let again = 0; again < 2; again++) {
      expect(await ask('?n=3&offset=2')).toEqual(ids(2, 3, 4));
      expect(await ask('/parkas?n=2')).toEqual(ids(2, 5));
      expect(await ask('?n=2&category=parkas')).toEqual(ids(2, 5));
      expect(await ask('/parkas?n=1&category=boots')).toEqual(ids(2));
      expect(await ask('?n=2&exclude=A0&exclude=A2')).toEqual(ids(1, 3));
      expect(await ask('?offset=100')).toEqual([]);
    }
  },
);

test('what the user did is not recommended again, at once', async () => {
  await using shop = await openListShop();
  const ask = async () => (await shop.call('GET', '/api/recommend/bob?n=2')).json;
  expect(await ask()).toEqual(ids(0, 1));
  await shop.gateway.recordFeedback([click('bob', 'A0')]);
  expect(await ask()).toEqual(ids(1, 2));
  await shop.gateway.replaceFeedback([click('bob', 'A1')]);
  expect(await ask()).toEqual(ids(2, 3));
  await shop.gateway.forgetUser('bob');
  expect(await ask()).toEqual(ids(0, 1));
});

test('hidden, expired and deleted items are gone from a kept list at once', async () => {
  await using shop = await openListShop();
  const ask = async () => (await shop.call('GET', '/api/recommend/bob?n=2')).json;
  await ask();
  await shop.gateway.putItems([item('A0', { hidden: true })]);
  expect(await ask()).toEqual(ids(1, 2));
  await shop.gateway.putItems([item('A1', { expiresAtMs: testNowMs - 1 })]);
  expect(await ask()).toEqual(ids(2, 3));
  await shop.gateway.deleteItem('A2');
  expect(await ask()).toEqual(ids(3, 4));
});

test('a list is kept and answers until its user does something', async () => {
  await using shop = await openListShop();
  const ask = async (path = 'bob') => (await shop.call('GET', `/api/recommend/${path}`)).json;
  await ask();
  await ask('bob?n=5');
  await ask('bob?n=5&exclude=A1');
  await ask('eve');
  await shop.gateway.recordFeedback([click('eve', 'A0')]);
  await ask();
  await ask('eve');
  await ask('bob?n=41');
  expect(results(shop)).toEqual(['miss', 'hit', 'hit', 'miss', 'hit', 'miss', 'short']);
});

test('a kept answer has the headers, the record and the text of the one that the work gave', async () => {
  await using shop = await openListShop();
  const headers = { 'x-request-id': 'r-1', 'x-api-version': '2' };
  const asked = await shop.call('GET', '/api/recommend/bob?n=7&offset=1', { headers });
  const kept = await shop.call('GET', '/api/recommend/bob?n=7&offset=1', { headers });
  expect(results(shop)).toEqual(['miss', 'hit']);
  expect(kept.text).toBe(asked.text);
  expect([...kept.headers]).toEqual([...asked.headers]);
  const [first, second] = shop.house.finished.map(({ traceId: _, ...record }) => record);
  expect(second).toEqual(first);
  expect(second).toMatchObject({ route: '/api/recommend/{user-id}', outcome: 'ok' });
});

test('a list that the popularity list fills up says so, and is not kept beyond its own items', async () => {
  await using shop = await openListShop();
  const gone = Array.from({ length: 38 }, (_, k) => item(`A${k}`, { categories: ['rare'] }));
  await shop.gateway.putItems(
    gone.slice(0, 2).concat(gone.slice(2).map((one) => ({ ...one, hidden: true }))),
  );
  const whole = await shop.call('GET', '/api/recommend/bob?n=2');
  expect(whole.headers.get('x-sightline-fallback-reason')).toBe(null);
  const short = await shop.call('GET', '/api/recommend/bob?n=20');
  expect(short.json).toHaveLength(4);
  expect(results(shop)).toEqual(['miss', 'short']);
});

test('feedback is written back for what is served, when the user is known', async () => {
  await using shop = await openListShop();
  const path = 'bob?n=2&write-back-type=read&write-back-delay=1h30m';
  const totals = async () =>
    (await shop.gateway.store.feedbackTotals({ user: 'bob' }, { limit: 100 })).rows;
  expect((await shop.call('GET', `/api/recommend/${path}`)).json).toEqual(ids(0, 1));
  expect(await totals()).toEqual([]);
  await shop.gateway.putUsers([{ id: 'bob', attributes: {} }]);
  for (let again = 0; again < 2; again++) {
    const answer = await shop.call('GET', `/api/recommend/${path}`);
    expect(answer.json).toEqual(ids(0, 1));
    expect(answer.headers.get('x-sightline-write-back')).toBe(null);
  }
  const atMs = testNowMs + 5_400_000;
  expect(await totals()).toMatchObject([
    { type: 'read', user: 'bob', item: 'A0', value: 0, firstAtMs: atMs, lastAtMs: atMs },
    { type: 'read', user: 'bob', item: 'A1', value: 0, firstAtMs: atMs, lastAtMs: atMs },
  ]);
  expect(await shop.gateway.store.counts()).toMatchObject({ feedback: 44 });
});

test('what is written back at once is not served again', async () => {
  await using shop = await openListShop();
  await shop.gateway.putUsers([{ id: 'bob', attributes: {} }]);
  const ask = async () =>
    (await shop.call('GET', '/api/recommend/bob?n=2&write-back-type=read')).json;
  expect(await ask()).toEqual(ids(0, 1));
  expect(await ask()).toEqual(ids(2, 3));
  expect(await ask()).toEqual(ids(4, 5));
});

test.each(['x', '10', '1d', '-5m', '9000h', `${'1'.repeat(300)}s`, '1h1h1h1h1h1h1h1h1h'])(
  'a delay of %s is refused',
  async (delay) => {
    await using shop = await openListShop();
    const answer = await shop.call('GET', `/api/recommend/bob?write-back-delay=${delay}`);
    expect(answer).toMatchObject({ status: 400, type: 'text/plain; charset=utf-8' });
  },
);

test('a slate goes out though its feedback could not be written, and says so', async () => {
  await using shop = await openListShop();
  await shop.gateway.putUsers([{ id: 'bob', attributes: {} }]);
  await shop.gateway.store.close();
  const answer = await shop.call('GET', '/api/recommend/bob?n=2&write-back-type=read');
  expect(answer).toMatchObject({ status: 200, json: ids(0, 1) });
  expect(answer.headers.get('x-sightline-write-back')).toBe('failed');
  expect(shop.house.facts('server.failed')).toMatchObject([{ code: 'SL_STORE_UNAVAILABLE' }]);
});

test('each arm of an experiment has lists of its own', async () => {
  const oldest = {
    surface: 'user',
    strategy: 'popular',
    stages: [
      { stage: 'intent' },
      { stage: 'retrieve', use: [{ algorithm: 'popular' }] },
      { stage: 'score', use: [{ algorithm: 'popular', weight: 1 }] },
      { stage: 'rerank', use: 'score' },
      { stage: 'filter', use: ['hidden'] },
    ],
  };
  await using shop = await openListShop(
    { recommend: 'first' },
    {
      works: { first: oldest, second: oldest },
      experiments: { trial: { work: 'first', share: 0.5, treatment: { work: 'second' } } },
    },
  );
  for (let again = 0; again < 2; again++)
    for (let user = 0; user < 20; user++) await shop.call('GET', `/api/recommend/u${user}?n=3`);
  const asked = shop.house.facts('list.asked');
  expect(new Set(asked.map(({ work }) => work))).toEqual(new Set(['first', 'second']));
  expect(asked.slice(0, 20).every(({ result }) => result === 'miss')).toBe(true);
  expect(asked.slice(20).every(({ result }) => result === 'hit')).toBe(true);
  expect(shop.house.finished[0].variant).toMatch(/^trial\//);
  expect(shop.house.finished[20].variant).toBe(shop.house.finished[0].variant);
});

test('another generation answers from no list of the one before', async () => {
  const works = (filter: string[]) => ({
    home: {
      ...newest('user'),
      stages: [...newest('user').stages.slice(0, 4), { stage: 'filter', use: filter }],
    },
  });
  const house = await openTestGateway(
    { gorse: {}, works: works(['hidden', 'excluded']) },
    { fromFile: true },
  );
  const app = createQueryApp(house.gateway, { clock: testClock });
  const ask = async () => (await (await app.request('/api/recommend/bob?n=1')).json()) as string[];
  expect(await ask()).toEqual(['A0']);
  house.edit({ gorse: {}, works: works(['hidden', 'excluded', 'seen']) });
  await house.gateway.steering.reload({ trigger: 'control', source: 'test' } as never);
  expect(await ask()).toEqual(['A0']);
  expect(await ask()).toEqual(['A0']);
  const results = house.facts('list.asked').map(({ result }) => result);
  expect(results).toEqual(['miss', 'stale', 'hit']);
  await house.close();
});

test('a key that may only read writes nothing back', async () => {
  const environment = {
    READ_KEY: 'reading-secret-0123456789',
    WRITE_KEY: 'writing-secret-0123456789',
  };
  const keys = {
    reader: { secret: 'READ_KEY', scopes: ['read'] },
    writer: { secret: 'WRITE_KEY', scopes: ['read', 'write'] },
  };
  const house = await openTestGateway({ gorse: {}, access: { keys } }, { environment });
  await house.gateway.putUsers([{ id: 'u', attributes: {} }]);
  const app = createQueryApp(house.gateway, { clock: testClock });
  const ask = (path: string, key: string) => app.request(path, { headers: { 'x-api-key': key } });
  const path = '/api/recommend/u?n=1';
  expect((await ask(path, environment.READ_KEY)).status).toBe(200);
  const refused = await ask(`${path}&write-back-type=read`, environment.READ_KEY);
  expect([refused.status, await refused.text()]).toEqual([
    403,
    'key may not write back, expected one with the scope write',
  ]);
  expect((await house.gateway.store.counts()).feedback).toBe(40);
  expect((await ask(`${path}&write-back-type=read`, environment.WRITE_KEY)).status).toBe(200);
  expect((await house.gateway.store.counts()).feedback).toBe(41);
  await house.close();
});
