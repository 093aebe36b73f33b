import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { testNowMs } from '../open-test-gateway.ts';
import { ids, movableClock, openListShop } from './list-shop.ts';
import type { GorseShop } from './open-gorse-gateway.ts';

const keptOrNot = [{}, { cache: { maxMb: 0 } }];

const recommended = async (shop: GorseShop, more = '') =>
  (await shop.call('GET', `/api/recommend/bob?n=2${more}`)).json;

const read = (ItemId: string, afterMs: number) => ({
  ...{ FeedbackType: 'read', UserId: 'bob', ItemId, Value: 1 },
  Timestamp: new Date(testNowMs + afterMs).toISOString(),
});

async function openShop(gorse: object = {}, changes: object = {}) {
  const clock = movableClock();
  const shop = await openListShop(gorse, changes, clock);
  await shop.call('POST', '/api/user', { body: { UserId: 'bob' } });
  return { ...shop, shop, clock, [Symbol.asyncDispose]: () => shop[Symbol.asyncDispose]() };
}

test.each(keptOrNot)(
  'what is written back for a minute later is served for a minute: %j',
  async (gorse) => {
    await using open = await openShop(gorse);
    const { shop, clock } = open;
    const back = '&write-back-type=read&write-back-delay=1m';
    expect(await recommended(shop, back)).toEqual(ids(0, 1));
    expect(await recommended(shop)).toEqual(ids(0, 1));
    clock.passMs(54_000);
    expect(await recommended(shop)).toEqual(ids(0, 1));
    clock.passMs(6000);
    expect(await recommended(shop)).toEqual(ids(2, 3));
  },
);

test('a list is kept while what is written back for it waits', async () => {
  await using open = await openShop();
  const { shop } = open;
  for (let again = 0; again < 3; again++)
    await recommended(shop, '&write-back-type=read&write-back-delay=1m');
  const results = shop.house.facts('list.asked').map(({ result }) => result);
  expect(results).toEqual(['miss', 'hit', 'hit']);
});

test('feedback of the future reaches its session and the signals when it is due', async () => {
  await using open = await openShop();
  const { shop, clock } = open;
  await shop.call('POST', '/api/feedback', { body: [read('A0', 60_000), read('A1', 5000)] });
  expect(shop.gateway.sessions.get('user:bob')?.count).toBe(1);
  expect(await recommended(shop)).toEqual(ids(0, 2));
  clock.passMs(60_000);
  expect(await recommended(shop)).toEqual(ids(2, 3));
  expect(shop.gateway.sessions.get('user:bob')?.count).toBe(2);
});

test.each([
  ['DELETE', '/api/feedback/bob/A0', undefined],
  ['DELETE', '/api/feedback/read/bob/A0', undefined],
  ['DELETE', '/api/user/bob', undefined],
  ['PUT', '/api/feedback', [read('A0', 3_600_000)]],
])(
  'feedback of the future that is taken back by %s %s never comes due',
  async (method, path, body) => {
    await using open = await openShop();
    const { shop, clock } = open;
    await shop.call('POST', '/api/feedback', { body: [read('A0', 60_000)] });
    expect(await shop.call(method, path, { body })).toMatchObject({ status: 200 });
    clock.passMs(120_000);
    expect(await recommended(shop)).toEqual(ids(0, 1));
  },
);

test('feedback of the future is in no session after a start, until it is due', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-future-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const store = { store: { kind: 'sqlite', folder } };
  {
    await using before = await openShop({}, store);
    await before.shop.call('POST', '/api/feedback', { body: [read('A0', 60_000)] });
  }
  await using open = await openShop({}, store);
  const { shop, clock } = open;
  expect(await recommended(shop)).toEqual(ids(0, 1));
  expect(await recommended(shop)).toEqual(ids(0, 1));
  clock.passMs(60_000);
  expect(await recommended(shop)).toEqual(ids(1, 2));
});
