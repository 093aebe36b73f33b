import { expect, test } from 'vitest';
import { openGorseGateway } from './open-gorse-gateway.ts';

const click = { FeedbackType: 'click', UserId: 'u', ItemId: 'A1' };

const tooMuch = [
  ['/api/user', { UserId: 'u', Comment: 'toolong' }, 'comment size exceeds limit (7 > 3 bytes)'],
  ['/api/item', { ItemId: 'i', Comment: 'éé' }, 'comment size exceeds limit (4 > 3 bytes)'],
  ['/api/feedback', [{ ...click, Comment: 'toolong' }], 'comment size exceeds limit (7 > 3 bytes)'],
  ['/api/users', [{ UserId: 'u', Labels: ['abcdef'] }], 'labels size exceeds limit (10 > 5 bytes)'],
  ['/api/items', [{ ItemId: 'i', Labels: ['abcdef'] }], 'labels size exceeds limit (10 > 5 bytes)'],
  ['/api/feedback', [{ ...click, Labels: ['abcdef'] }], 'labels size exceeds limit (10 > 5 bytes)'],
  [
    '/api/item',
    { ItemId: 'i', Categories: ['a', 'b'] },
    'item categories count exceeds limit (2 > 1)',
  ],
  [
    '/api/item',
    { ItemId: 'i', Categories: ['abcdef'] },
    'category size exceeds limit (6 > 5 bytes)',
  ],
  ['/api/items', [{ ItemId: 'i' }, { ItemId: 'A1' }], 'items count exceeds limit (41 > 40)'],
  ['/api/users', [{ UserId: 'a' }, { UserId: 'b' }], 'users count exceeds limit (2 > 1)'],
  ['/api/feedback', [{ ...click, ItemId: 'new' }], 'items count exceeds limit (41 > 40)'],
] as const;

test('what is more than the quota is refused and changes nothing', async () => {
  const sizes = { commentBytes: 3, labelsBytes: 5, categories: 1, categoriesBytes: 5 };
  await using shop = await openGorseGateway({
    gorse: { quota: { ...sizes, users: 1, items: 40 } },
  });
  for (const [path, body, text] of tooMuch) {
    const answer = await shop.call('POST', path, { body });
    expect(answer).toMatchObject({ status: 429, type: 'text/plain; charset=utf-8', text });
    expect(answer.headers.has('retry-after')).toBe(false);
  }
  expect((await shop.call('GET', '/api/users')).json.Users).toEqual([]);
  expect((await shop.call('GET', '/api/items?n=100')).json.Items).toHaveLength(40);
  expect((await shop.call('GET', '/api/feedback')).json.Feedback).toEqual([]);
});

test('what is as large as the limit is kept', async () => {
  const quota = { commentBytes: 3, labelsBytes: 3, categories: 1, categoriesBytes: 1 };
  await using shop = await openGorseGateway({ gorse: { quota } });
  const body = { ItemId: 'i', Comment: 'abc', Labels: 'a', Categories: ['a'] };
  expect((await shop.call('POST', '/api/item', { body })).status).toBe(200);
  const category = await shop.call('PUT', '/api/item/i/category/b');
  expect(category).toMatchObject({ status: 429 });
  for (const patch of [{ Comment: 'abcd' }, { Labels: 'ab' }, { Categories: ['ab'] }])
    expect((await shop.call('PATCH', '/api/item/i', { body: patch })).status).toBe(429);
});

test('rows that are there may be replaced at the limit, and deleting one makes room', async () => {
  await using shop = await openGorseGateway({ gorse: { quota: { users: 1 } } });
  const put = async (UserId: string) =>
    (await shop.call('POST', '/api/user', { body: { UserId } })).status;
  expect(await put('a')).toBe(200);
  expect(await put('a')).toBe(200);
  expect(await put('b')).toBe(429);
  await shop.call('DELETE', '/api/user/a');
  expect(await put('b')).toBe(200);
  const body = [{ ...click, UserId: 'c' }];
  expect((await shop.call('POST', '/api/feedback', { body })).text).toBe(
    'users count exceeds limit (2 > 1)',
  );
});

test('lines of an import that are more than the quota are rejected, and the others taken', async () => {
  const quota = { commentBytes: 3, labelsBytes: 5, users: 2, items: 41 };
  await using shop = await openGorseGateway({ gorse: { admin: true, quota } });
  const put = async (table: string, rows: readonly object[]) => {
    const body = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    return (await shop.call('POST', `/api/bulk/${table}`, { body })).json;
  };
  const users = [{ UserId: 'a', Comment: 'toolong' }, { UserId: 'b' }, { UserId: 'c' }];
  const more = [{ UserId: 'd' }, { UserId: 'b', Comment: 'new' }, { UserId: 'd' }];
  expect(await put('users', [...users, ...more])).toEqual({
    ...{ RowAffected: 3, Lines: 6, Rejected: 3 },
    Mistakes: [
      { Line: 1, Message: 'comment size exceeds limit (7 > 3 bytes)' },
      { Line: 4, Message: 'users count exceeds limit' },
      { Line: 6, Message: 'users count exceeds limit' },
    ],
  });
  const events = [
    { ...click, UserId: 'e' },
    { ...click, UserId: 'b', ItemId: 'new' },
    { ...click, UserId: 'c', ItemId: 'newer' },
    { ...click, UserId: 'c', Labels: ['abcdef'] },
    { ...click, UserId: 'c', ItemId: 'new' },
  ];
  expect(await put('feedback', events)).toEqual({
    ...{ RowAffected: 2, Lines: 5, Rejected: 3 },
    Mistakes: [
      { Line: 4, Message: 'labels size exceeds limit (10 > 5 bytes)' },
      { Line: 1, Message: 'users count exceeds limit' },
      { Line: 3, Message: 'items count exceeds limit' },
    ],
  });
  expect((await shop.call('GET', '/api/users')).json.Users).toHaveLength(2);
  expect((await shop.call('GET', '/api/items?n=100')).json.Items).toHaveLength(41);
});
