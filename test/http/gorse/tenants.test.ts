import { expect, test } from 'vitest';
import { createQueryApp } from '../../../src/http/query/app.ts';
import { type CallOptions, call } from '../call.ts';
import { openTestGateway, testClock } from '../open-test-gateway.ts';

const secrets = {
  A_KEY: 'key-of-tenant-a-0123456789',
  B_KEY: 'key-of-tenant-b-0123456789',
  OPS_KEY: 'key-of-operators-0123456789',
};

/** One gateway with a key for each of two tenants, and one for nobody in particular. */
async function openTenants() {
  const scopes = ['read', 'write'];
  const keys = {
    a: { secret: 'A_KEY', scopes, tenant: 'a' },
    b: { secret: 'B_KEY', scopes, tenant: 'b' },
    ops: { secret: 'OPS_KEY', scopes: ['admin'] },
  };
  const house = await openTestGateway({ gorse: {}, access: { keys } }, { environment: secrets });
  const app = createQueryApp(house.gateway, { clock: testClock });
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  const ask = async (key: string, request: string, body?: unknown): Promise<any> =>
    (await call(app, request, { body, headers: { 'x-api-key': key } })).body;
  const { A_KEY: a, B_KEY: b, OPS_KEY: all } = secrets;
  const askAs = (key: string, request: string, { body, headers = {} }: CallOptions = {}) =>
    call(app, request, { body, headers: { ...headers, 'x-api-key': key } });
  return { ...{ a, b, all, ask, askAs, house }, [Symbol.asyncDispose]: () => house.close() };
}

const click = (UserId: string, ItemId: string, Value = 1) => ({
  ...{ FeedbackType: 'click', UserId, ItemId, Value },
});

test('tenants have rows of one id each their own', async () => {
  await using shop = await openTenants();
  const { a, b, all, ask } = shop;
  for (const [app, Comment] of [
    [a, 'of a'],
    [b, 'of b'],
  ] as const) {
    await ask(app, 'POST /api/user', { UserId: 'u', Comment });
    await ask(app, 'POST /api/items', [{ ItemId: 'i', Comment }, { ItemId: 'j' }]);
    await ask(app, 'POST /api/feedback', [click('u', 'i')]);
  }
  for (const list of ['feedback', 'feedback/click', 'users'])
    expect(await ask(a, `GET /api/${list}?n=1`)).toMatchObject({ Cursor: '' });
  expect(await ask(a, 'GET /api/user/u')).toMatchObject({ UserId: 'u', Comment: 'of a' });
  await ask(b, 'PATCH /api/item/i', { Comment: 'changed' });
  await ask(b, 'PUT /api/item/i/category/c');
  await ask(b, 'PUT /api/feedback', [click('u', 'i', 9)]);
  await ask(b, 'DELETE /api/user/u');
  await ask(b, 'DELETE /api/item/j');
  expect(await ask(a, 'GET /api/users')).toMatchObject({ Cursor: '', Users: [{ UserId: 'u' }] });
  expect(await ask(a, 'GET /api/items')).toMatchObject({
    ...{ Cursor: '', Items: [{ ItemId: 'i', Comment: 'of a', Categories: null }, { ItemId: 'j' }] },
  });
  const feedback = await ask(a, 'GET /api/feedback');
  expect(feedback).toMatchObject({ Cursor: '', Feedback: [click('u', 'i')] });
  for (const path of [
    'user/u/feedback',
    'item/i/feedback',
    'feedback/u/i',
    'user/u/feedback/click',
  ])
    expect(await ask(a, `GET /api/${path}`)).toMatchObject([click('u', 'i')]);
  expect(await ask(b, 'GET /api/feedback')).toMatchObject({ Feedback: [] });
  expect(await ask(a, 'GET /api/items?q=changed')).toMatchObject({ Items: [] });
  expect(await ask(a, 'GET /api/items?q=of')).toMatchObject({ Items: [{ Comment: 'of a' }] });
  expect(await ask(a, 'GET /api/items?q=a')).toMatchObject({ Items: [{ Comment: 'of a' }] });
  expect((await ask(all, 'GET /api/item/a%3Ai')).Comment).toBe('of a');
  const stored = await shop.house.gateway.store.mget('items', ['a:i', 'b:i']);
  expect(stored).toMatchObject([{ row: { catalog: 'a' } }, { row: { catalog: 'b' } }]);
});

test('no id of a tenant leads to a row of another', async () => {
  await using shop = await openTenants();
  const { a, b, ask } = shop;
  await ask(b, 'POST /api/user', { UserId: 'u', Comment: 'of b' });
  await ask(b, 'POST /api/item', { ItemId: 'i', Comment: 'of b' });
  await ask(b, 'POST /api/feedback', [click('u', 'i')]);
  const before = await shop.house.gateway.store.scan('users', { from: 'b', limit: 100 });
  for (const id of ['b:u', 'b:i', 'u', 'i', '../b:u', ':', ';', '\u{10ffff}']) {
    const escaped = encodeURIComponent(id);
    expect(await ask(a, `GET /api/user/${escaped}`)).toContain('not found');
    await ask(a, `PATCH /api/user/${escaped}`, { Comment: 'x' });
    await ask(a, `DELETE /api/user/${escaped}`);
    await ask(a, `DELETE /api/item/${escaped}`);
    await ask(a, `DELETE /api/feedback/${escaped}/i`);
    await ask(a, 'PUT /api/feedback', [click(id, id, 5)]);
    expect(await ask(a, `GET /api/item/${escaped}/feedback`)).toHaveLength(1);
    await ask(a, `DELETE /api/user/${escaped}`);
  }
  expect(await shop.house.gateway.store.scan('users', { from: 'b', limit: 100 })).toEqual(before);
  expect(await ask(b, 'GET /api/feedback')).toMatchObject({ Feedback: [click('u', 'i')] });
  expect((await ask(b, 'GET /api/item/i')).Comment).toBe('of b');
});

test('no cursor leads out of a tenant', async () => {
  await using shop = await openTenants();
  const { a, b, ask } = shop;
  await ask(b, 'POST /api/feedback', [click('u', 'i')]);
  await ask(a, 'POST /api/feedback', [click('u', 'i')]);
  for (const key of ['b:', 'b:u', '', ';', '\u0000', '\u{10ffff}', '../b:']) {
    const cursor = encodeURIComponent(Buffer.from(key).toString('base64'));
    const { Users } = await ask(a, `GET /api/users?cursor=${cursor}`);
    expect(Users.length).toBeLessThanOrEqual(1);
    const { Items } = await ask(a, `GET /api/items?cursor=${cursor}`);
    expect(Items.length).toBeLessThanOrEqual(1);
    const triple = { FeedbackType: 'click', UserId: key, ItemId: key };
    const after = encodeURIComponent(Buffer.from(JSON.stringify(triple)).toString('base64'));
    const page = await shop.askAs(a, `GET /api/feedback?cursor=${after}`);
    expect([200, 400]).toContain(page.status);
    // What is shown is of this tenant: of the other it would have no such id.
    if (page.status === 200)
      for (const row of page.body.Feedback as object[]) expect(row).toMatchObject(click('u', 'i'));
  }
});

test('the same idempotency key of two tenants is not the same', async () => {
  await using shop = await openTenants();
  const headers = { 'idempotency-key': 'k' };
  for (const key of [shop.a, shop.b])
    await shop.askAs(key, 'POST /api/feedback', { body: [click('u', 'i')], headers });
  for (const key of [shop.a, shop.b])
    expect(await shop.ask(key, 'GET /api/feedback/u/i')).toHaveLength(1);
});
