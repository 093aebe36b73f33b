import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createQueryApp } from '../../../src/http/query/app.ts';
import { asAdmin, type GorseShop, openGorseGateway } from './open-gorse-gateway.ts';

const open = () => openGorseGateway({ gorse: { admin: true } });

async function dump(shop: GorseShop): Promise<Buffer> {
  const answer = await createQueryApp(shop.gateway).request('/api/dump', { headers: asAdmin });
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

async function restore(
  shop: GorseShop,
  body: Uint8Array,
): Promise<{ status: number; text: string }> {
  const answer = await createQueryApp(shop.gateway).request('/api/restore', {
    method: 'POST',
    headers: asAdmin,
    body,
  });
  return { status: answer.status, text: await answer.text() };
}

const purge = (
  shop: GorseShop,
  body = 'check_list=delete_users,delete_items,delete_feedback,delete_cache',
) =>
  shop.call('POST', '/api/purge', {
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

async function exported(shop: GorseShop): Promise<string[]> {
  const tables = ['users', 'items', 'feedback'];
  const answers = await Promise.all(tables.map((table) => shop.call('GET', `/api/bulk/${table}`)));
  return answers.map(({ text }) => text);
}

const frame = (bytes: Uint8Array | number) => {
  const size = Buffer.alloc(8);
  size.writeBigInt64LE(BigInt(typeof bytes === 'number' ? bytes : bytes.length));
  return typeof bytes === 'number' ? size : Buffer.concat([size, bytes]);
};

// { UserId: '1', Labels: {"a":1}, Comment: 'c' } by the rules of protocol buffers: field << 3 | 2, length, bytes.
const gorseUser = Buffer.concat([
  Buffer.from([0x0a, 1]),
  Buffer.from('1'),
  Buffer.from([0x12, 7]),
  Buffer.from('{"a":1}'),
  Buffer.from([0x1a, 1]),
  Buffer.from('c'),
]);
// A feedback of type t, user 1, item 2, value 2.5, at 1.5 s, with labels that are not given.
const gorseFeedback = Buffer.from([
  ...[0x12, 1, 0x74, 0x1a, 1, 0x31, 0x22, 1, 0x32, 0x29, 0, 0, 0, 0, 0, 0, 4, 0x40],
  ...[0x32, 7, 8, 1, 0x10, 0x80, 0xca, 0xb5, 0xee, 1],
]);

test('a dump of Gorse is restored, and what follows its end is not looked at', async () => {
  await using shop = await open();
  const parts = [
    frame(-1),
    frame(gorseUser),
    frame(-2),
    frame(-3),
    frame(gorseFeedback),
    frame(0),
    Buffer.from('{"Users":1}'),
  ];
  const { status, text } = await restore(shop, Buffer.concat(parts));
  expect([status, JSON.parse(text)]).toEqual([
    200,
    { Users: 1, Items: 0, Feedback: 1, Rejected: 0, Duration: expect.any(Number) },
  ]);
  const [users, items, feedback] = await exported(shop);
  expect(users).toContain('{"UserId":"1","Labels":{"a":1},"Comment":"c"}\n');
  expect(items).toContain(
    '{"ItemId":"2","IsHidden":false,"Categories":null,"Timestamp":"0001-01-01T00:00:00Z"',
  );
  expect(JSON.parse(feedback)).toMatchObject({
    FeedbackType: 't',
    Value: 2.5,
    Timestamp: '1970-01-01T00:00:01.5Z',
  });
});

test('what is exported or dumped comes back the same after a purge', async () => {
  await using shop = await open();
  const text = fc
    .string({ minLength: 1, maxLength: 6, unit: 'grapheme' })
    .filter((id) => !/[/\p{Cc}]|^\.{1,2}$/u.test(id) && id.isWellFormed());
  const labels = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constant(null),
      text,
      fc.integer(),
      fc.array(text),
      fc.dictionary(text, tie('any')),
    ),
  })).any;
  const time = fc
    .date({ min: new Date('1960-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((at) => at.toISOString());
  const rows = fc.array(
    fc.record({
      FeedbackType: fc.constantFrom('a', 'b'),
      UserId: text,
      ItemId: text,
      Value: fc.double({ noNaN: true, noDefaultInfinity: true }),
      Timestamp: time,
      Labels: labels,
      Comment: fc.string(),
      IsHidden: fc.boolean(),
      Categories: fc.uniqueArray(text),
    }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      await purge(shop);
      const body = given.map((row) => `${JSON.stringify(row)}\n`).join('');
      const headers = { 'content-type': 'application/jsonl' };
      for (const table of ['users', 'items', 'feedback'])
        expect(
          (await shop.call('POST', `/api/bulk/${table}`, { body, headers })).json.Rejected,
        ).toBe(0);
      const before = await exported(shop);
      const bytes = await dump(shop);
      await purge(shop);
      expect(await exported(shop)).toEqual(['', '', '']);
      expect((await restore(shop, bytes)).status).toBe(200);
      expect(await exported(shop)).toEqual(before);
      await purge(shop);
      for (const [t, table] of ['users', 'items', 'feedback'].entries())
        await shop.call('POST', `/api/bulk/${table}`, { body: before[t], headers });
      expect(await exported(shop)).toEqual(before);
    }),
    { numRuns: 12 },
  );
});

test('a dump that breaks off, or is none, is refused with the position', async () => {
  await using shop = await open();
  const whole = Buffer.concat([
    frame(-1),
    frame(gorseUser),
    frame(-3),
    frame(gorseFeedback),
    frame(0),
  ]);
  for (let length = 0; length < whole.length; length++)
    expect([length, await restore(shop, whole.subarray(0, length))]).toMatchObject([
      length,
      { status: 400, text: expect.stringMatching(/at byte \d+$/) },
    ]);
  const hostile = [
    frame(-4),
    frame(gorseUser),
    Buffer.concat([frame(-1), frame(2 ** 40)]),
    Buffer.alloc(64, 255),
    Buffer.concat([frame(-1), frame(Buffer.from([0x0a, 200, 1, 65]))]),
    Buffer.concat([frame(-1), frame(Buffer.alloc(20, 0xff))]),
    Buffer.concat([frame(-1), frame(Buffer.from([0x12, 1, 0x7b]))]),
    Buffer.concat([frame(-1), frame(Buffer.from([0x0a, 0]))]),
    Buffer.concat([
      frame(-2),
      frame(Buffer.from([0x12, 1, 0x61, 0x2a, 11, 8, ...Array(9).fill(0xfe), 1])),
    ]),
  ];
  for (const body of hostile)
    expect(await restore(shop, body)).toMatchObject({
      status: 400,
      text: expect.stringContaining('at byte'),
    });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 60 }), async (noise) => {
      const { status } = await restore(shop, Buffer.concat([frame(-1), frame(noise)]));
      expect(status).toBe(400);
    }),
    { numRuns: 60 },
  );
});

test('a purge that is not confirmed by every word deletes nothing', async () => {
  await using shop = await open();
  const before = await exported(shop);
  for (const body of [
    '',
    'check_list=',
    'check_list=delete_users,delete_items,delete_feedback',
    'check_list=delete_users,delete_items,delete_feedback,delete_cache,more',
  ])
    expect(await purge(shop, body)).toMatchObject({
      status: 401,
      text: 'please confirm by checking all',
    });
  expect((await purge(shop, 'x'.repeat(100_000))).status).toBe(413);
  expect(await exported(shop)).toEqual(before);
});

test('a purge deletes rows, sessions and what stood in memory', async () => {
  await using shop = await open();
  const { gateway } = shop;
  await gateway.recordFeedback(
    [{ key: 'k', type: 'click', session: 's', item: gateway.table.ids[0], atMs: 1 }],
    { anyTime: true },
  );
  expect(await purge(shop)).toMatchObject({ status: 200, text: '' });
  expect(await gateway.store.counts()).toEqual({ items: 0, users: 0, feedback: 0 });
  expect(gateway.table.live).toBe(0);
});

test('a tenant moves and purges its own rows alone', async () => {
  await using shop = await open();
  const { namespaceOf } = await import('../../../src/http/gorse/namespace.ts');
  const { createSinks } = await import('../../../src/http/gorse/bulk/create-sinks.ts');
  const { createQuota } = await import('../../../src/http/gorse/quota.ts');
  const { createTurns } = await import('../../../src/http/turns.ts');
  const { exportLines } = await import('../../../src/http/gorse/bulk/export-lines.ts');
  const acme = namespaceOf('acme');
  const parts = {
    gateway: shop.gateway,
    quota: createQuota(shop.gateway, () => 0),
    turns: { users: createTurns(), items: createTurns() },
  };
  const { users, feedback } = createSinks(parts, { namespace: acme, slashes: false });
  const before = await exported(shop);
  await users.put([users.read({ UserId: 'u' })]);
  await feedback.put([feedback.read({ UserId: 'u', ItemId: 'new', FeedbackType: 'like' })]);
  const lines: string[] = [];
  for (const table of ['users', 'items', 'feedback'] as const)
    for await (const piece of exportLines(shop.gateway.store, table, acme))
      lines.push(Buffer.from(piece).toString());
  expect(lines.join('').trim().split('\n')).toHaveLength(3);
  expect(lines.join('')).not.toContain('acme:');
  await shop.gateway.purge('acme:');
  expect(await exported(shop)).toEqual(before);
});
