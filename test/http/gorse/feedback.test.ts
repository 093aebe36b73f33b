import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type GorseShop, openGorseGateway } from './open-gorse-gateway.ts';

const zero = '0001-01-01T00:00:00Z';

/** A click as it is shown when nothing but its key was sent. */
const click = (UserId: string, ItemId: string, more: object = {}) => ({
  ...{ FeedbackType: 'click', UserId, ItemId, Value: 0, Timestamp: zero, Updated: zero },
  ...{ Labels: null, Comment: '', ...more },
});

const keyOf = (UserId: string, ItemId: string, more: object = {}) => ({
  ...{ FeedbackType: 'click', UserId, ItemId, ...more },
});

async function post(shop: GorseShop, body: unknown, headers: Record<string, string> = {}) {
  return (await shop.call('POST', '/api/feedback', { body, headers })).json;
}

const get = async (shop: GorseShop, path: string) => (await shop.call('GET', path)).json;

test('feedback is taken in and found by user, item and type, and makes their rows', async () => {
  await using shop = await openGorseGateway();
  const sent = [
    keyOf('0', '0', { Value: 1 }),
    keyOf('1', '2', { Value: 1, Labels: ['positive', 'mobile'] }),
    keyOf('2', '4', { Value: 1, Labels: { source: 'rest', rank: 2 } }),
    keyOf('3', '6', { Value: 1, Comment: 'nice' }),
  ];
  const shown = sent.map(({ UserId, ItemId, ...more }) => click(UserId, ItemId, more));
  expect(await post(shop, sent)).toEqual({ RowAffected: 4 });
  const page = await get(shop, '/api/feedback?n=100');
  expect(page).toEqual({ Cursor: '', Feedback: shown, Feedbacks: shown });
  expect((await get(shop, '/api/feedback/click')).Feedback).toEqual(shown);
  expect((await get(shop, '/api/feedback/read')).Feedback).toEqual([]);
  expect(await get(shop, '/api/user/1/feedback')).toEqual([shown[1]]);
  expect(await get(shop, '/api/user/2/feedback/click')).toEqual([shown[2]]);
  expect(await get(shop, '/api/item/4/feedback/')).toEqual([shown[2]]);
  expect(await get(shop, '/api/item/4/feedback/click/')).toEqual([shown[2]]);
  expect(await get(shop, '/api/item/4/feedback/read')).toEqual([]);
  expect(await get(shop, '/api/feedback/3/6')).toEqual([shown[3]]);
  expect(await get(shop, '/api/feedback/click/3/6')).toEqual(shown[3]);
  expect(await get(shop, '/api/feedback/3/0')).toEqual([]);
  const none = await shop.call('GET', '/api/feedback/read/3/6');
  expect(none).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8', text: '{}' });
  expect((await get(shop, '/api/items?n=4')).Items).toEqual(
    ['0', '2', '4', '6'].map((ItemId) => ({
      ...{ ItemId, IsHidden: false, Categories: null, Timestamp: zero, Labels: null, Comment: '' },
    })),
  );
  expect((await get(shop, '/api/users')).Users).toEqual(
    ['0', '1', '2', '3'].map((UserId) => ({ UserId, Labels: null, Comment: '' })),
  );
});

test.each(['memory', 'sqlite'])(
  'POST adds values up and keeps the first and the last time, PUT starts anew, in a store of kind %s',
  async (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-gorse-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const store = kind === 'memory' ? { kind } : { kind, folder };
    await using shop = await openGorseGateway({ store });
    const send = (method: string, more: object) =>
      shop.call(method, '/api/feedback', { body: [keyOf('u', 'A1', more)] });
    await send('POST', { Value: 2, Timestamp: '2026-01-02', Labels: ['a'], Comment: 'first' });
    await send('POST', { Value: 0.5, Timestamp: '2026-01-03T00:00:00.25Z', Comment: 'second' });
    await send('POST', { Value: 1, Timestamp: '2026-01-01', Labels: ['b'] });
    expect(await get(shop, '/api/feedback/click/u/A1')).toEqual(
      click('u', 'A1', {
        ...{ Value: 3.5, Timestamp: '2026-01-01T00:00:00Z', Updated: '2026-01-03T00:00:00.25Z' },
        Labels: ['b'],
      }),
    );
    const put = await send('PUT', { Value: 1, Timestamp: '2026-01-04', Comment: 'override' });
    expect(put.json).toEqual({ RowAffected: 1 });
    const time = '2026-01-04T00:00:00Z';
    expect(await get(shop, '/api/feedback/u/A1')).toEqual([
      click('u', 'A1', { Value: 1, Timestamp: time, Updated: time, Comment: 'override' }),
    ]);
  },
);

test('of several rows for one user, item and type of a call the first counts', async () => {
  await using shop = await openGorseGateway();
  for (const method of ['POST', 'PUT']) {
    const body = [1, 2, 3].map((Value) => keyOf(method, 'A1', { Value }));
    const { json } = await shop.call(method, '/api/feedback', { body });
    expect(json).toEqual({ RowAffected: 3 });
    expect((await get(shop, `/api/feedback/click/${method}/A1`)).Value).toBe(1);
  }
});

test('the same idempotency key means another call where the method is another', async () => {
  await using shop = await openGorseGateway();
  const headers = { 'idempotency-key': 'k' };
  await post(shop, [keyOf('u', 'A1', { Value: 1 })], headers);
  const body = [keyOf('u', 'A2', { Value: 5 })];
  await shop.call('PUT', '/api/feedback', { body, headers });
  expect(await get(shop, '/api/feedback/click/u/A2')).toMatchObject({ Value: 5 });
});

test('the same call counts twice, but not with an idempotency key', async () => {
  await using shop = await openGorseGateway();
  const body = [keyOf('u', 'A1', { Value: 1 }), keyOf('u', 'A2', { Value: 1 })];
  for (const key of ['', '', 'k', 'k', 'l']) {
    const headers = { 'idempotency-key': key };
    expect(await post(shop, body, headers)).toEqual({ RowAffected: 2 });
  }
  const values = (await get(shop, '/api/user/u/feedback')).map(
    ({ Value }: { Value: number }) => Value,
  );
  expect(values).toEqual([4, 4]);
  const headers = { 'idempotency-key': 'k'.repeat(256) };
  expect((await shop.call('POST', '/api/feedback', { body, headers })).status).toBe(400);
});

test.each([
  [true, false, ['known new']],
  [false, true, ['new known']],
  [false, false, []],
])('rows are made for users: %s, for items: %s', async (autoInsertItems, autoInsertUsers, made) => {
  await using shop = await openGorseGateway({ gorse: { autoInsertUsers, autoInsertItems } });
  await shop.call('POST', '/api/user', { body: { UserId: 'known' } });
  await shop.call('POST', '/api/item', { body: { ItemId: 'known', Comment: 'kept' } });
  const pairs = ['known', 'new'].flatMap((user) => ['known', 'new'].map((item) => [user, item]));
  for (const method of ['POST', 'PUT']) {
    const body = pairs.map(([user, item]) => keyOf(user, item));
    const { json } = await shop.call(method, '/api/feedback', { body });
    expect(json).toEqual({ RowAffected: 4 });
  }
  const kept = (await get(shop, '/api/feedback')).Feedback.map(
    ({ UserId, ItemId }: { UserId: string; ItemId: string }) => `${UserId} ${ItemId}`,
  );
  expect(kept).toEqual(['known known', ...made]);
  expect((await shop.call('GET', '/api/user/new')).status).toBe(autoInsertUsers ? 200 : 404);
  expect((await shop.call('GET', '/api/item/new')).status).toBe(autoInsertItems ? 200 : 404);
  expect((await get(shop, '/api/item/known')).Comment).toBe('kept');
  const dropped = { unknown_user: 0, unknown_item: 0 };
  for (const { reason, events } of shop.house.facts('feedback.rejected'))
    dropped[reason as keyof typeof dropped] += events;
  const unknownUsers = autoInsertUsers ? 0 : 2;
  expect(dropped).toEqual({
    unknown_user: 2 * unknownUsers,
    unknown_item: 2 * (3 - made.length - unknownUsers),
  });
});

test('feedback is deleted by user and item, of one type or of all', async () => {
  await using shop = await openGorseGateway();
  const types = ['read', 'like', 'share'];
  await post(
    shop,
    types.flatMap((FeedbackType) => [
      keyOf('2', '3', { FeedbackType }),
      keyOf('2', '4', { FeedbackType }),
    ]),
  );
  const remove = async (path: string) => (await shop.call('DELETE', path)).json;
  expect(await remove('/api/feedback/like/2/3')).toEqual({ RowAffected: 1 });
  expect(await remove('/api/feedback/like/2/3')).toEqual({ RowAffected: 0 });
  expect(await remove('/api/feedback/2/3')).toEqual({ RowAffected: 2 });
  expect(await remove('/api/feedback/2/3')).toEqual({ RowAffected: 0 });
  expect(await get(shop, '/api/user/2/feedback')).toHaveLength(3);
  await shop.call('DELETE', '/api/item/4');
  expect(await get(shop, '/api/user/2/feedback')).toEqual([]);
  await post(shop, [keyOf('2', '4')]);
  await shop.call('DELETE', '/api/user/2');
  expect(await get(shop, '/api/item/4/feedback')).toEqual([]);
});

test('the type in the path of a user may compare the value', async () => {
  await using shop = await openGorseGateway();
  const body = [1, 2, 3].map((Value) => keyOf('u', `A${Value}`, { FeedbackType: 'read', Value }));
  await post(shop, body);
  const found = async (type: string) =>
    (await get(shop, `/api/user/u/feedback/${encodeURIComponent(type)}`)).map(
      ({ Value }: { Value: number }) => Value,
    );
  expect(await found('read')).toEqual([1, 2, 3]);
  expect(await found('read>=2')).toEqual([2, 3]);
  expect(await found('read<2.5')).toEqual([1, 2]);
  expect(await found('like')).toEqual([]);
  for (const bad of ['read>=x', '3', 'read>>1', 'add-to-cart', 'read>=-1', 'read>=1e3', 'a b']) {
    const path = `/api/user/u/feedback/${encodeURIComponent(bad)}`;
    const answer = await shop.call('GET', path);
    expect([bad, answer.status]).toEqual([bad, 400]);
    expect(answer.text).toContain('invalid expression format');
  }
});

test('feedback of the future is kept, and shown in lists when its time has come', async () => {
  // Now is 2026-01-31 09:00 UTC.
  await using shop = await openGorseGateway({ gorse: { clockErrorSeconds: 5 } });
  await post(shop, [
    keyOf('u', 'A1', { Timestamp: '2026-01-31T09:00:05Z' }),
    keyOf('u', 'A2', { Timestamp: '2026-01-31T09:00:06Z' }),
    keyOf('u', 'A3', { Timestamp: '2026-01-31T09:00:00Z' }),
  ]);
  const items = (rows: { ItemId: string }[]) => rows.map(({ ItemId }) => ItemId);
  expect(items((await get(shop, '/api/feedback')).Feedback)).toEqual(['A1', 'A3']);
  expect(items(await get(shop, '/api/user/u/feedback'))).toEqual(['A1', 'A3']);
  expect(items(await get(shop, '/api/user/u/feedback/click'))).toEqual(['A1', 'A3']);
  expect(items(await get(shop, '/api/item/A1/feedback'))).toEqual([]);
  expect(items(await get(shop, '/api/item/A3/feedback'))).toEqual(['A3']);
  expect(items(await get(shop, '/api/feedback/u/A2'))).toEqual(['A2']);
});

test('what one door takes in the other one sees', async () => {
  await using shop = await openGorseGateway();
  const events = [{ type: 'view', item: 'A1', user: 'v1', timestamp: '2026-01-30T00:00:00Z' }];
  await shop.call('POST', '/v1/feedback', { body: { events } });
  const time = '2026-01-30T00:00:00Z';
  expect(await get(shop, '/api/user/v1/feedback')).toEqual([
    click('v1', 'A1', { FeedbackType: 'view', Timestamp: time, Updated: time }),
  ]);
});

test('a batch of 10,000 rows is taken in at once, one more is refused', async () => {
  await using shop = await openGorseGateway({ http: { bodyLimitBytes: 4_000_000 } });
  const body = Array.from({ length: 10_000 }, (_, i) =>
    keyOf(`u${i % 100}`, `A${Math.floor(i / 100)}`, { Value: 1 }),
  );
  expect(await post(shop, body)).toEqual({ RowAffected: 10_000 });
  expect((await get(shop, '/api/feedback?n=20000')).Feedback).toHaveLength(10_000);
  const more = [...body, keyOf('one', 'more')];
  expect((await shop.call('POST', '/api/feedback', { body: more })).status).toBe(413);
});

test('what is wrong is refused in text, and nothing of the call is kept', async () => {
  await using shop = await openGorseGateway();
  const wrong = [
    ...[{}, [{}], [null], ['x'], '{', ''],
    ...[{ FeedbackType: '' }, { UserId: '' }, { ItemId: '' }, { ItemId: 1 }, { Value: '1' }],
    ...[{ Value: true }, { Timestamp: 'soon' }, { Timestamp: 5 }, { Labels: [1, 'a'] }],
    ...[{ Labels: { a: true } }, { Comment: 1 }, { UserId: 'a\u0000' }, { ItemId: '..' }],
    { FeedbackType: 'x'.repeat(129) },
  ];
  for (const one of wrong) {
    const isRow = typeof one === 'object' && !Array.isArray(one) && Object.keys(one).length > 0;
    const body = isRow ? [keyOf('u', 'A1'), keyOf('v', 'A1', one)] : one;
    for (const method of ['POST', 'PUT']) {
      const answer = await shop.call(method, '/api/feedback', { body });
      const about = JSON.stringify(one);
      expect([about, answer.status, answer.type]).toEqual([
        ...[about, 400, 'text/plain; charset=utf-8'],
      ]);
    }
  }
  const huge = `[{"FeedbackType":"a","UserId":"u","ItemId":"A1","Value":1e999}]`;
  expect((await shop.call('POST', '/api/feedback', { body: huge })).status).toBe(400);
  for (const cursor of ['e30x', 'W10=', Buffer.from('{"UserId":1}').toString('base64')])
    expect((await shop.call('GET', `/api/feedback?cursor=${cursor}`)).status).toBe(400);
  expect((await get(shop, '/api/feedback')).Feedback).toEqual([]);
  expect((await get(shop, '/api/users')).Users).toEqual([]);
});
