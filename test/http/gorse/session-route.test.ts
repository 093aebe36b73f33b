import { expect, test } from 'vitest';
import { ids, item, openListShop } from './list-shop.ts';

const did = (on: string, more: object = {}) => ({
  ...{ FeedbackType: 'click', UserId: 'bob', ItemId: on, Timestamp: '2026-01-30T00:00:00Z' },
  ...more,
});

test('a session is gone on with, without the items of its input', async () => {
  await using shop = await openListShop();
  const ask = async (path: string, body: unknown) =>
    (await shop.call('POST', `/api/session/recommend${path}`, { body })).json.map(
      ({ Id }: { Id: string }) => Id,
    );
  expect(await ask('?n=2', [did('A0'), did('A2')])).toEqual(ids(1, 3));
  expect(await ask('/?n=2&offset=1', [did('A0')])).toEqual(ids(2, 3));
  expect(await ask('/parkas?n=2', [did('A2')])).toEqual(ids(5, 8));
  expect(await ask('?n=1', [did('A0'), did('A0'), did('nothing')])).toEqual(ids(1));
  expect(await ask('?n=2&exclude=A1', [did('A0')])).toEqual(ids(2, 3));
  expect(await ask('?n=1', [])).toEqual(ids(0));
  expect(await ask('?n=1', null)).toEqual(ids(0));
  expect(await shop.gateway.store.counts()).toMatchObject({ feedback: 40 });
});

test('names may be in any case, and times are optional', async () => {
  await using shop = await openListShop();
  const body = [{ itemid: 'A0' }, { ITEMID: 'A1', feedbackType: 'x', value: 2, other: [] }];
  const { json } = await shop.call('POST', '/api/session/recommend?n=1', { body });
  expect(json).toMatchObject([{ Id: 'A2' }]);
});

test('only positive feedback leads on, the latest pieces of it, and all of it is left out', async () => {
  await using shop = await openListShop({}, { training: { data: { positive: ['rate>=4'] } } });
  const body = [
    did('A3', { FeedbackType: 'rate', Value: 5, Timestamp: '2026-01-29T00:00:00Z' }),
    did('A1', { FeedbackType: 'rate', Value: 4, Timestamp: '2026-01-30T00:00:00Z' }),
    did('A0', { FeedbackType: 'rate', Value: 1, Timestamp: '2026-01-31T00:00:00Z' }),
  ];
  await shop.gateway.putItems([item('A1', { catalog: 'coats' })]);
  const { json } = await shop.call('POST', '/api/session/recommend?n=40', { body });
  const served = json.map(({ Id }: { Id: string }) => Id);
  expect(served).toHaveLength(37);
  for (const id of ids(0, 1, 3)) expect(served).not.toContain(id);
});

test('bodies that are no session are refused as text', async () => {
  await using shop = await openListShop({ maxBatch: 3 });
  const bad: [unknown, number][] = [
    ['{', 400],
    [{}, 400],
    [[1], 400],
    [[{}], 400],
    [[did('')], 400],
    [[did('A0', { Timestamp: 'yesterday-ish' })], 400],
    [[did('A0', { Timestamp: 5 })], 400],
    [[did('A0', { Value: '5' })], 400],
    [[did('A0', { FeedbackType: 7 })], 400],
    [[did('A0'), did('A1'), did('A2'), did('A3')], 400],
    [`"${'x'.repeat(100_001)}"`, 413],
  ];
  for (const [body, status] of bad) {
    const answer = await shop.call('POST', '/api/session/recommend', { body });
    expect(answer, JSON.stringify(body).slice(0, 80)).toMatchObject({
      status,
      type: 'text/plain; charset=utf-8',
    });
  }
  const typeless = await shop.call('POST', '/api/session/recommend', {
    body: '[]',
    headers: { 'content-type': 'text/plain' },
  });
  expect(typeless.status).toBe(415);
});
