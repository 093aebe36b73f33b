import { expect, test } from 'vitest';
import { openGorseGateway } from './open-gorse-gateway.ts';

const one = { RowAffected: 1 };

test('users are put in, read, listed, changed and deleted', async () => {
  await using shop = await openGorseGateway();
  const user = (UserId: string) => ({ UserId, Labels: null, Comment: '' });
  expect((await shop.call('POST', '/api/user', { body: { UserId: '0' } })).json).toEqual(one);
  expect((await shop.call('GET', '/api/user/0')).json).toEqual(user('0'));
  const more = ['1', '2', '3', '4'].map((UserId) => ({ UserId }));
  expect((await shop.call('POST', '/api/users', { body: more })).json).toEqual({ RowAffected: 4 });
  const all = await shop.call('GET', '/api/users?cursor=&n=100');
  expect(all.json).toEqual({ Cursor: '', Users: ['0', '1', '2', '3', '4'].map(user) });
  expect((await shop.call('DELETE', '/api/user/0')).json).toEqual(one);
  expect((await shop.call('DELETE', '/api/user/0')).json).toEqual(one);
  const gone = await shop.call('GET', '/api/user/0');
  expect(gone).toMatchObject({ status: 404, text: 'user 0 not found' });
  expect(gone.type).toBe('text/plain; charset=utf-8');
  const patch = { Labels: ['a', 'b', 'c'], Comment: 'modified' };
  expect((await shop.call('PATCH', '/api/user/1', { body: patch })).json).toEqual(one);
  expect((await shop.call('GET', '/api/user/1')).json).toEqual({ UserId: '1', ...patch });
  await shop.call('PATCH', '/api/user/1', { body: { Labels: null, Comment: null } });
  await shop.call('PATCH', '/api/user/1', { body: {} });
  expect((await shop.call('GET', '/api/user/1')).json).toEqual({ UserId: '1', ...patch });
});

test('a change of a user that is not there says it is done and makes none', async () => {
  await using shop = await openGorseGateway();
  const body = { Comment: 'x' };
  expect((await shop.call('PATCH', '/api/user/nobody', { body })).json).toEqual(one);
  expect((await shop.call('GET', '/api/user/nobody')).status).toBe(404);
});

test('a user that is put in again loses labels and comment; of two in one call the first counts', async () => {
  await using shop = await openGorseGateway();
  const body = [
    { UserId: 'u', Comment: 'first', Labels: { a: 1 } },
    { UserId: 'u', Comment: 'second' },
  ];
  expect((await shop.call('POST', '/api/users', { body })).json).toEqual({ RowAffected: 2 });
  expect((await shop.call('GET', '/api/user/u')).json.Comment).toBe('first');
  await shop.call('POST', '/api/user', { body: { UserId: 'u' } });
  expect((await shop.call('GET', '/api/user/u')).json).toEqual({
    ...{ UserId: 'u', Labels: null, Comment: '' },
  });
});

test('a user that came by /v1 shows its attributes as labels and keeps its segment', async () => {
  await using shop = await openGorseGateway();
  const attributes = { country: 'PL' };
  await shop.call('POST', '/v1/users', { body: { id: 'u', segment: 'vip', attributes } });
  expect((await shop.call('GET', '/api/user/u')).json.Labels).toEqual(attributes);
  await shop.call('POST', '/api/user', { body: { UserId: 'u', Labels: { a: 'b' } } });
  expect((await shop.call('GET', '/api/user/u')).json.Labels).toEqual({ a: 'b' });
  expect((await shop.call('GET', '/v1/users/u')).json).toEqual({
    ...{ id: 'u', segment: 'vip', attributes, labels: { a: 'b' } },
  });
});

test('names of fields may be in any case, unknown ones are passed over, null is as nothing', async () => {
  await using shop = await openGorseGateway();
  const body = '{"userid":"u","COMMENT":"c","Subscribe":["x"],"labels":null}';
  expect((await shop.call('POST', '/api/user', { body })).json).toEqual(one);
  expect((await shop.call('GET', '/api/user/u')).json.Comment).toBe('c');
  const later = '{"userid":"u","Comment":"c","comment":null}';
  expect((await shop.call('POST', '/api/user', { body: later })).status).toBe(200);
  expect((await shop.call('GET', '/api/user/u')).json.Comment).toBe('c');
});

const wrong: readonly [method: string, path: string, body: unknown][] = [
  ['POST', '/api/user', { UserId: 1 }],
  ['POST', '/api/user', { UserId: '' }],
  ['POST', '/api/user', {}],
  ['POST', '/api/user', []],
  ['POST', '/api/user', 'null'],
  ['POST', '/api/user', '7'],
  ['POST', '/api/user', '{'],
  ['POST', '/api/user', ''],
  ['POST', '/api/user', { UserId: 'u', Labels: ['price', 100] }],
  ['POST', '/api/user', { UserId: 'u', Labels: { a: true } }],
  ['POST', '/api/user', '{"UserId":"u","Labels":1e999}'],
  ['POST', '/api/user', { UserId: 'u', Comment: {} }],
  ['POST', '/api/user', { UserId: 'x'.repeat(513) }],
  ['POST', '/api/user', { UserId: 'a\nb' }],
  ['POST', '/api/users', { UserId: 'u' }],
  ['POST', '/api/users', [{ UserId: 'u', Labels: ['price', 100] }]],
  ['POST', '/api/users', [null]],
  ['PATCH', '/api/user/u', { Labels: ['price', 100] }],
  ['PATCH', '/api/user/u', { Comment: 1 }],
  ['PATCH', '/api/user/u', []],
  ['GET', '/api/users?n=x', undefined],
  ['GET', '/api/users?n=1.5', undefined],
  ['GET', '/api/users?n=99999999999999999999', undefined],
  ['GET', '/api/users?cursor=%25', undefined],
  ['GET', '/api/users?cursor=/w==', undefined],
  ['GET', '/api/user/%ff', undefined],
  ['GET', '/api/user/%00', undefined],
];

test('what is wrong is refused in text and changes nothing', async () => {
  await using shop = await openGorseGateway();
  for (const [method, path, body] of wrong) {
    const answer = await shop.call(method, path, { body });
    const about = `${method} ${path} ${JSON.stringify(body)}`;
    expect([about, answer.status, answer.type]).toEqual([about, 400, 'text/plain; charset=utf-8']);
    expect(answer.text.length).toBeGreaterThan(10);
    expect(answer.text.length).toBeLessThan(400);
  }
  expect((await shop.call('GET', '/api/users')).json.Users).toEqual([]);
});

test('a list of no users is put in, and null is such a list', async () => {
  await using shop = await openGorseGateway();
  for (const body of ['[]', 'null'])
    expect((await shop.call('POST', '/api/users', { body })).json).toEqual({ RowAffected: 0 });
});

test('a body must be JSON by its type, and not too large', async () => {
  await using shop = await openGorseGateway({ gorse: { maxBatch: 2 } });
  const headers = { 'content-type': 'text/plain' };
  const typed = await shop.call('POST', '/api/user', { body: '{"UserId":"u"}', headers });
  expect(typed).toMatchObject({ status: 415, text: '415: Unsupported Media Type' });
  const many = ['a', 'b', 'c'].map((UserId) => ({ UserId }));
  expect((await shop.call('POST', '/api/users', { body: many })).status).toBe(413);
  const Comment = 'x'.repeat(100_001);
  const large = await shop.call('POST', '/api/user', { body: { UserId: 'u', Comment } });
  expect(large.status).toBe(413);
});

test('ids may have escaped slashes, spaces and other scripts', async () => {
  await using shop = await openGorseGateway();
  for (const UserId of ['a/b', 'a b?c#d', '用户', 'a%2Fb', '..a', '+']) {
    await shop.call('POST', '/api/user', { body: { UserId } });
    const path = `/api/user/${encodeURIComponent(UserId)}`;
    expect((await shop.call('GET', path)).json?.UserId).toBe(UserId);
    expect((await shop.call('GET', `${path}/`)).json?.UserId).toBe(UserId);
    expect((await shop.call('DELETE', path)).status).toBe(200);
    expect((await shop.call('GET', path)).text).toBe(`user ${UserId} not found`);
  }
});

test('HEAD answers as GET without a body; other methods and paths are told in text', async () => {
  await using shop = await openGorseGateway();
  await shop.call('POST', '/api/user', { body: { UserId: 'u' } });
  expect(await shop.call('HEAD', '/api/user/u')).toMatchObject({ status: 200, text: '' });
  expect((await shop.call('HEAD', '/api/user/nobody')).status).toBe(404);
  const wrong = await shop.call('POST', '/api/user/u', { body: {} });
  expect(wrong).toMatchObject({ status: 405, text: '405: Method Not Allowed' });
  expect(wrong.type).toBe('text/plain; charset=utf-8');
  expect(wrong.headers.get('allow')).toBe('HEAD, GET, PATCH, DELETE');
  const lost = await shop.call('GET', '/api/nowhere');
  expect(lost).toMatchObject({ status: 404, text: '404: Page Not Found' });
  expect((await shop.call('GET', '/v1/nowhere')).json.code).toBe('SL_NOT_FOUND');
});

test('pages are cut by n, and the cursor may be named in both ways', async () => {
  await using shop = await openGorseGateway({ gorse: { defaultCount: 2 } });
  const ids = ['a', 'b', 'c', 'd', 'é'];
  await shop.call('POST', '/api/users', { body: ids.map((UserId) => ({ UserId })) });
  const page = async (query: string) => {
    const { Cursor, Users } = (await shop.call('GET', `/api/users?${query}`)).json;
    return [Users.map(({ UserId }: { UserId: string }) => UserId).join(''), Cursor];
  };
  const cursor = (id: string) => Buffer.from(id).toString('base64');
  expect(await page('')).toEqual(['ab', cursor('c')]);
  for (const name of ['cursor', 'Cursor'])
    expect(await page(`n=3&more=1&${name}=${cursor('c')}`)).toEqual(['cdé', '']);
  expect(await page(`n=10&cursor=${cursor('bb')}`)).toEqual(['cdé', '']);
  expect(await page('n=0')).toEqual(['', cursor('a')]);
  expect(await page('n=-1')).toEqual(['', cursor('a')]);
  expect((await page('n=999999999'))[0]).toBe('abcdé');
});
