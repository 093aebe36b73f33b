import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { asAdmin, type GorseShop, openGorseGateway } from './open-gorse-gateway.ts';

const open = () => openGorseGateway({ gorse: { admin: true } });
const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const jsonl = { 'content-type': 'application/jsonl' };

const put = (shop: GorseShop, table: string, body: string, query = '') =>
  shop.call('POST', `/api/bulk/${table}${query}`, { body, headers: jsonl });

async function rowsOf(shop: GorseShop, table: string): Promise<Record<string, unknown>[]> {
  const { text } = await shop.call('GET', `/api/bulk/${table}`);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const likes = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    FeedbackType: i % 2 === 0 ? 'like' : 'read',
    UserId: `u${i % 7}`,
    ItemId: `i${i}`,
    Value: i / 3,
    Timestamp: '2022-02-24T10:00:00Z',
    Labels: i % 3 === 0 ? ['a'] : null,
    Comment: '',
  }));

test('nothing is there unless the admin API is configured', async () => {
  await using shop = await openGorseGateway();
  for (const path of [
    '/api/bulk/users',
    '/api/bulk/feedback',
    '/api/dump',
    '/api/restore',
    '/api/purge',
  ])
    for (const method of ['GET', 'POST']) expect((await shop.call(method, path)).status).toBe(404);
});

test('rows are taken in as lines and come out again', async () => {
  await using shop = await open();
  const users = [
    { UserId: '1', Labels: { age: 24, tags: ['a', 'b'] }, Comment: 'first' },
    { UserId: '2', Labels: null, Comment: '' },
  ];
  const done = await put(shop, 'users', lines(users));
  expect(done).toMatchObject({
    status: 200,
    json: { RowAffected: 2, Lines: 2, Rejected: 0, Mistakes: [] },
  });
  expect(
    (await rowsOf(shop, 'users')).filter(({ UserId }) => UserId === '1' || UserId === '2'),
  ).toEqual(users);
  const item = {
    ...{ ItemId: 'zz', IsHidden: true, Categories: ['x', 'y'], Timestamp: '1995-01-01T00:00:00Z' },
    ...{ Labels: { embedding: [0.1, 0.2] }, Comment: 'Toy' },
  };
  expect((await put(shop, 'items', lines([item]))).json.RowAffected).toBe(1);
  expect(await rowsOf(shop, 'items')).toContainEqual(item);
  expect(shop.gateway.table.has('zz')).toBe(true);
  const feedback = likes(40);
  expect((await put(shop, 'feedback', lines(feedback))).json.RowAffected).toBe(40);
  const kept = await rowsOf(shop, 'feedback');
  expect(kept).toHaveLength(40);
  for (const row of feedback) expect(kept).toContainEqual({ ...row, Updated: row.Timestamp });
});

test('feedback of unknown users and items makes them, and leaves those that are there', async () => {
  await using shop = await open();
  await put(shop, 'users', lines([{ UserId: 'u1', Comment: 'mine' }]));
  await put(shop, 'feedback', lines(likes(20)));
  const users = await rowsOf(shop, 'users');
  expect(users.find(({ UserId }) => UserId === 'u1')).toMatchObject({ Comment: 'mine' });
  expect(users.map(({ UserId }) => UserId)).toContain('u6');
  expect(shop.gateway.table.has('i19')).toBe(true);
});

test('where they are not to be made, feedback of unknown ones is rejected with its line', async () => {
  const gorse = { admin: true, autoInsertUsers: false, autoInsertItems: false };
  await using shop = await openGorseGateway({ gorse });
  await put(shop, 'users', lines([{ UserId: 'u1' }]));
  await put(shop, 'items', lines([{ ItemId: 'i1' }, { ItemId: 'i8' }]));
  const { json } = await put(shop, 'feedback', lines(likes(10)));
  expect(json).toMatchObject({ RowAffected: 2, Lines: 10, Rejected: 8 });
  expect(json.Mistakes[0]).toEqual({ Line: 1, Message: 'UserId is not known' });
  expect((await rowsOf(shop, 'feedback')).map(({ ItemId }) => ItemId)).toEqual(['i8', 'i1']);
});

test('a repeat changes nothing, and takes the place of what was accumulated', async () => {
  await using shop = await open();
  const event = { key: 'k', type: 'like', user: 'u0', item: 'i0', atMs: 5, value: 9 };
  await shop.gateway.recordFeedback([event, { ...event, key: 'l' }], { anyTime: true });
  await put(shop, 'feedback', lines(likes(30)));
  const before = await rowsOf(shop, 'feedback');
  const { feedback } = await shop.gateway.store.counts();
  await put(shop, 'feedback', lines(likes(30).toReversed()));
  expect(await rowsOf(shop, 'feedback')).toEqual(before);
  expect((await shop.gateway.store.counts()).feedback).toBe(feedback);
});

test('bad lines are told with their numbers, and the others are taken', async () => {
  await using shop = await open();
  const good = JSON.stringify({ UserId: 'ok' });
  const bad = [
    '{"UserId":',
    'null',
    '[]',
    '7',
    '{}',
    '{"UserId":""}',
    '{"UserId":"a/b"}',
    '{"UserId":5}',
    `{"UserId":"${'x'.repeat(513)}"}`,
    '{"UserId":"a\\u0000"}',
    '{"UserId":"a","Labels":true}',
    '{"UserId":"a","Labels":[1,"a"]}',
    '{"UserId":"a","Labels":{"a":{"b":[[1]]}}}',
    '{"UserId":"a","Labels":1e999}',
    `{"UserId":"a","Labels":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`,
    '{"UserId":"a","Comment":5}',
    '\ud800',
  ];
  const { json } = await put(shop, 'users', `${[good, ...bad, '', ' \r', good].join('\n')}`);
  expect(json).toMatchObject({ RowAffected: 2, Lines: bad.length + 4, Rejected: bad.length });
  expect(json.Mistakes.map(({ Line }: { Line: number }) => Line)).toEqual(bad.map((_, i) => i + 2));
});

test('at most a hundred mistakes are listed, and all are counted', async () => {
  await using shop = await open();
  const { json } = await put(shop, 'feedback', '{"UserId":"x"}\n'.repeat(250));
  expect(json).toMatchObject({ RowAffected: 0, Lines: 250, Rejected: 250 });
  expect(json.Mistakes).toHaveLength(100);
});

test('keys may be of any case, and lines may be resumed from a number', async () => {
  await using shop = await open();
  const row = (id: string) => ({ feedbacktype: 'like', USERID: id, itemId: 'i', VALUE: 2 });
  const { json } = await put(shop, 'feedback', lines(['a', 'b', 'c'].map(row)), '?from=3');
  expect(json).toMatchObject({ RowAffected: 1, Lines: 3 });
  expect(await rowsOf(shop, 'feedback')).toMatchObject([
    { UserId: 'c', Value: 2, Timestamp: '0001-01-01T00:00:00Z' },
  ]);
  expect((await put(shop, 'feedback', '', '?from=0')).status).toBe(400);
});

test('a form with a file is taken as Gorse takes it, compressed bodies too', async () => {
  await using shop = await open();
  const { createQueryApp } = await import('../../../src/http/query/app.ts');
  const app = createQueryApp(shop.gateway);
  const form = new FormData();
  form.append('note', 'x');
  form.append('file', new Blob([lines([{ UserId: 'f1' }, { UserId: 'f2' }])]), 'users.jsonl');
  const sent = await app.request('/api/bulk/users', {
    method: 'POST',
    body: form,
    headers: asAdmin,
  });
  expect(await sent.json()).toMatchObject({ RowAffected: 2 });
  const body = gzipSync(lines([{ UserId: 'z1' }]));
  const headers = { ...asAdmin, 'content-encoding': 'gzip' };
  const zipped = await app.request('/api/bulk/users', { method: 'POST', body, headers });
  expect(await zipped.json()).toMatchObject({ RowAffected: 1 });
  const empty = new FormData();
  empty.append('other', new Blob(['x']), 'x');
  const refusals = [
    { body: empty, headers: asAdmin },
    { body: 'x', headers: { ...asAdmin, 'content-type': 'multipart/form-data' } },
    {
      body: `--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n{"UserId":"cut"}\n{"Us`,
      headers: { ...asAdmin, 'content-type': 'multipart/form-data; boundary=b' },
    },
    {
      body: '--b\r\nbroken',
      headers: { ...asAdmin, 'content-type': 'multipart/form-data; boundary=b' },
    },
    { body: body.subarray(0, 20), headers },
    { body: 'no gzip', headers },
  ];
  for (const refusal of refusals) {
    const answer = await app.request('/api/bulk/users', { method: 'POST', ...refusal });
    expect([answer.status, await answer.text()]).toMatchObject([
      400,
      expect.stringMatching(/body|form/),
    ]);
  }
  const brotli = { ...asAdmin, 'content-encoding': 'br' };
  expect(
    (await app.request('/api/bulk/users', { method: 'POST', body: 'x', headers: brotli })).status,
  ).toBe(415);
});

test('progress is told as it goes on, and how it ended', async () => {
  await using shop = await open();
  const headers = { ...jsonl, accept: 'application/x-ndjson' };
  const body = `${lines(likes(5))}no\n`;
  const { text, type } = await shop.call('POST', '/api/bulk/feedback', { body, headers });
  expect(type).toBe('application/x-ndjson');
  const told = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(told.at(0)).toEqual({ Lines: 6, RowAffected: 5, Rejected: 1 });
  expect(told.at(-1)).toMatchObject({ Lines: 6, RowAffected: 5, Rejected: 1, Done: true });
  expect(shop.house.facts('rows.imported')).toMatchObject([
    { rows: 5, rejected: 1, outcome: 'done' },
  ]);
});

test('a line without an end is refused with 413', async () => {
  await using shop = await open();
  const { status, text } = await put(shop, 'users', `{"UserId":"a"}\n${'x'.repeat(1 << 21)}`);
  expect([status, text]).toMatchObject([413, expect.stringContaining('line 2 is too long')]);
});

test('changes of a row and imports of it come one after the other', async () => {
  await using shop = await open();
  await put(shop, 'items', lines([{ ItemId: 'i' }]));
  const [, done] = await Promise.all([
    shop.call('PATCH', '/api/item/i', { body: { IsHidden: true } }),
    put(shop, 'items', lines([{ ItemId: 'i', Comment: 'imported' }])),
  ]);
  expect(done.json.RowAffected).toBe(1);
  const row = (await rowsOf(shop, 'items')).find(({ ItemId }) => ItemId === 'i');
  expect(row).toMatchObject({ Comment: 'imported' });
});

test('what Gorse has no word for comes back as it was, and half a character as the sign for none', async () => {
  await using shop = await open();
  const user = { UserId: 'u', Labels: null, Comment: '', Segment: 's', Attributes: { vip: true } };
  const item = {
    ...{ ItemId: 'i', IsHidden: false, Categories: null, Timestamp: '2022-02-24T10:00:00.5Z' },
    ...{ Labels: null, Comment: '', Catalog: 'c', ExpiresAt: '2032-02-24T10:00:00Z' },
    Attributes: { colour: 'red', size: 1.5 },
  };
  await put(shop, 'users', lines([user]));
  await put(shop, 'items', lines([item]));
  expect(await rowsOf(shop, 'users')).toContainEqual(user);
  expect(await rowsOf(shop, 'items')).toContainEqual(item);
  expect((await shop.call('GET', '/api/item/i')).json.Labels).toEqual(item.Attributes);
  const bad = [
    { UserId: 'a', Attributes: [] },
    { UserId: 'b', Attributes: { a: null } },
  ];
  expect((await put(shop, 'users', lines(bad))).json).toMatchObject({ Rejected: 2 });
  await put(shop, 'users', '{"UserId":"h","Comment":"\\ud800"}');
  expect(await rowsOf(shop, 'users')).toContainEqual({
    UserId: 'h',
    Labels: null,
    Comment: '\ufffd',
  });
});
