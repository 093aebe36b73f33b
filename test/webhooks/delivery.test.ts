import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createRng } from '../../src/math/rng.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { parseRetryAfter, retryWaitMs } from '../../src/webhooks/retry.ts';
import { alert, openTestWebhooks, over, startMs } from './open-test-webhooks.ts';
import { openReceiver, status } from './receiver.ts';

/** Every change is told at once, each alert in a group of its own. */
const prompt = { groupBy: ['work'], groupWaitSeconds: 0, groupIntervalSeconds: 0 };

test('a message that fails is tried again on the schedule with the same id, then given up', async () => {
  const receiver = await openReceiver();
  receiver.answer = status(500);
  const { webhooks, time, facts, storage } = await openTestWebhooks({
    pager: { url: receiver.url, ...prompt, repeatIntervalSeconds: 30 * 86_400 },
  });
  await webhooks.send([alert({ work: 'home' })]);
  await time.advance(0);
  const waits: number[] = [];
  for (let attempt = 1; attempt < 10; attempt++) {
    await facts.ended(attempt);
    const before = time.clock.now();
    const [row] = (await storage.scan('deliveries', { limit: 9 })).rows;
    expect(row).toMatchObject({
      attempts: attempt,
      id: receiver.received[0].headers['webhook-id'],
    });
    waits.push((row.dueAtMs - before) / 1000);
    await time.advanceTo(row.dueAtMs - 1);
    expect(receiver.received).toHaveLength(attempt);
    // The breaker may hold it for a minute more.
    await time.advance(0.001);
  }
  await facts.ended(11);
  expect(facts.outcomes()).toEqual([...Array(10).fill('failed'), 'dropped']);
  const least = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
  waits.forEach((wait, w) => {
    expect(wait).toBeGreaterThanOrEqual(least[w]);
    expect(wait).toBeLessThanOrEqual(least[w] * 1.2);
  });
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(await storage.scan('deliveries', { limit: 9 })).toEqual({ rows: [] });
});

test('a receiver that comes back gets what waits, each group in its order', async () => {
  const receiver = await openReceiver();
  receiver.answer = status(503);
  const { webhooks, time, facts } = await openTestWebhooks({
    pager: { url: receiver.url, ...prompt },
  });
  const [home, cart] = [alert({ work: 'home' }), alert({ work: 'cart' })];
  await webhooks.send([home]);
  await time.advance(0);
  await facts.ended(1);
  await webhooks.send([over(home), cart]);
  await time.advance(0);
  await facts.ended(3);
  receiver.answer = status(200);
  await time.advance(6);
  await facts.ended(6);
  const told = receiver.received
    .slice(3)
    .map(({ body }) => [body.alerts[0].labels.work, body.status]);
  expect(told.filter(([work]) => work === 'home')).toEqual([
    ['home', 'firing'],
    ['home', 'resolved'],
  ]);
  expect(told).toContainEqual(['cart', 'firing']);
  expect(webhooks.status()[0]).toMatchObject({ queued: 0, lastOutcome: 'delivered' });
});

test('news of a group tries its first message out of turn, and takes no attempt from it', async () => {
  const receiver = await openReceiver();
  receiver.answer = status(500);
  const { webhooks, time, facts, storage } = await openTestWebhooks({
    pager: { url: receiver.url, ...prompt },
  });
  const home = alert({ work: 'home' });
  await webhooks.send([home]);
  await time.advance(6);
  await facts.ended(2);
  const first = async () => (await storage.scan('deliveries', { limit: 9 })).rows[0];
  const before = await first();
  expect(before.attempts).toBe(2);
  for (let change = 1; change <= 12; change++) {
    await webhooks.send([change % 2 === 1 ? over(home) : home]);
    await time.advance(0);
  }
  // The third to the fifth failure: then the endpoint rests.
  expect(receiver.received).toHaveLength(5);
  expect(await first()).toEqual(before);
  receiver.answer = status(200);
  await time.advance(60);
  await facts.ended(18);
  const told = receiver.received.slice(5).map(({ body }) => body.status);
  expect(told).toHaveLength(13);
  expect(told.every((state, t) => state === (t % 2 === 0 ? 'firing' : 'resolved'))).toBe(true);
});

test('after five failures in a row the endpoint rests, then one probe decides', async () => {
  const receiver = await openReceiver();
  receiver.answer = status(500);
  const { webhooks, time, facts } = await openTestWebhooks({
    pager: { url: receiver.url, ...prompt },
  });
  await webhooks.send(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((work) => alert({ work })));
  await time.advance(0);
  await facts.ended(5);
  expect(webhooks.status()[0]).toMatchObject({ breaker: 'open', queued: 7 });
  await time.advance(59);
  expect(receiver.received).toHaveLength(5);
  await time.advance(1);
  await facts.ended(6);
  expect(webhooks.status()[0].breaker).toBe('open');
  receiver.answer = status(200);
  await time.advance(60);
  await facts.ended(13);
  expect(facts.outcomes().slice(6)).toEqual(Array(7).fill('delivered'));
  expect(webhooks.status()[0]).toMatchObject({ breaker: 'closed', queued: 0 });
});

test('a receiver that never answers is left after the time limit and blocks no other', async () => {
  const hanging = await openReceiver();
  hanging.answer = () => {};
  const quick = await openReceiver();
  const { webhooks, time, facts } = await openTestWebhooks({
    pager: { url: hanging.url, ...prompt, timeoutSeconds: 15 },
    chat: { url: quick.url, ...prompt },
  });
  await webhooks.send([alert({ work: 'home' })]);
  await time.advance(0);
  await facts.ended(1, 'chat');
  await hanging.count(1);
  await webhooks.send([alert({ work: 'cart' })]);
  await time.advance(14);
  await facts.ended(2, 'chat');
  expect(facts.outcomes()).toEqual([]);
  expect(hanging.received).toHaveLength(1);
  await time.advance(1);
  await facts.ended(1);
  expect(facts.attempts.at(-1)).toEqual({ endpoint: 'pager', outcome: 'failed', seconds: 15 });
  expect(webhooks.status()[0].lastReason).toBe('ETIMEDOUT');
});

test('an answer that drips counts by its status, and ends at the time limit', async () => {
  const receiver = await openReceiver();
  const dripped = Promise.withResolvers<void>();
  receiver.answer = (response) => {
    response.writeHead(200);
    response.write('d', () => dripped.resolve());
  };
  const { webhooks, time, facts } = await openTestWebhooks({
    pager: { url: receiver.url, ...prompt },
  });
  await webhooks.send([alert({ work: 'home' })]);
  await time.advance(0);
  await dripped.promise;
  // What was written is read within a few turns of the loop that both sides share.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(facts.outcomes()).toEqual([]);
  await time.advance(15);
  await facts.ended(1);
  expect(facts.outcomes()).toEqual(['delivered']);
});

test('an answer of any size is read no further than it must be', async () => {
  const receiver = await openReceiver();
  let written = 0;
  receiver.answer = (response) => {
    response.writeHead(200);
    const more = () => {
      while (written < 64_000_000) {
        written += 65_536;
        if (!response.write(Buffer.alloc(65_536))) return response.once('drain', more);
      }
    };
    more();
  };
  const { webhooks, time, facts } = await openTestWebhooks({
    pager: { url: receiver.url, ...prompt },
  });
  await webhooks.send([alert({ work: 'home' })]);
  await time.advance(0);
  await facts.ended(1);
  expect(facts.outcomes()).toEqual(['delivered']);
  expect(written).toBeLessThan(32_000_000);
});

test.each([
  ['no HTTP at all', 'garbage\r\n\r\n', 'HPE_INVALID_CONSTANT'],
  ['nothing', '', 'ECONNRESET'],
  ['headers without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`, 'HPE_HEADER_OVERFLOW'],
  [
    'another protocol',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    'ECONNRESET',
  ],
])('a receiver that says %s has failed', async (_, text, reason) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const { webhooks, time, facts } = await openTestWebhooks({
    pager: { url: `http://127.0.0.1:${port}/`, ...prompt },
  });
  await webhooks.send([alert({ work: 'home' })]);
  await time.advance(0);
  await facts.ended(1);
  expect(webhooks.status()[0]).toMatchObject({
    lastOutcome: 'failed',
    lastReason: reason,
    queued: 1,
  });
});

test.each([301, 302, 303, 307, 308])(
  'a redirect %i is a failure and not followed',
  async (code) => {
    const target = await openReceiver();
    const receiver = await openReceiver();
    receiver.answer = status(code, { location: target.url });
    const { webhooks, time, facts } = await openTestWebhooks({
      pager: { url: receiver.url, ...prompt },
    });
    await webhooks.send([alert({ work: 'home' })]);
    await time.advance(0);
    await facts.ended(1);
    await time.advance(6);
    await facts.ended(2);
    expect(facts.outcomes()).toEqual(['failed', 'failed']);
    expect(target.received).toEqual([]);
  },
);

test.each([400, 401, 404, 422])('an answer %i refuses the message for good', async (code) => {
  const receiver = await openReceiver();
  receiver.answer = status(code);
  const { webhooks, time, facts } = await openTestWebhooks({
    pager: { url: receiver.url, ...prompt },
  });
  await webhooks.send([alert({ work: 'home' })]);
  await time.advance(0);
  await facts.ended(1);
  await time.advance(3600);
  expect(facts.outcomes()).toEqual(['refused']);
  expect(webhooks.status()[0]).toMatchObject({ queued: 0, breaker: 'closed' });
});

test('a receiver that is gone is left alone, and what waits for it dropped', async () => {
  const receiver = await openReceiver();
  receiver.answer = status(410);
  const { webhooks, time, facts, storage } = await openTestWebhooks({
    pager: { url: receiver.url, ...prompt },
  });
  await webhooks.send(['a', 'b', 'c'].map((work) => alert({ work })));
  await time.advance(0);
  await facts.ended(3);
  expect(facts.outcomes()).toEqual(['disabled', 'dropped', 'dropped']);
  await webhooks.send([alert({ work: 'd' })]);
  await time.advance(100_000);
  expect(receiver.received).toHaveLength(1);
  expect(facts.attempts).toHaveLength(3);
  expect(webhooks.status()[0]).toMatchObject({ queued: 0, disabledReason: 'answered 410' });
  expect(await storage.scan('deliveries', { limit: 9 })).toEqual({ rows: [] });
});

test.each([
  [429, '120'],
  [503, new Date(startMs + 120_000).toUTCString()],
])('an answer %i says how long the endpoint wants to rest', async (code, retryAfter) => {
  const receiver = await openReceiver();
  receiver.answer = status(code, { 'retry-after': retryAfter });
  const { webhooks, time, facts } = await openTestWebhooks({
    pager: { url: receiver.url, ...prompt },
  });
  await webhooks.send([alert({ work: 'home' })]);
  await time.advance(0);
  await facts.ended(1);
  await webhooks.send([alert({ work: 'cart' }), over(alert({ work: 'home' }))]);
  receiver.answer = status(200);
  await time.advance(119);
  expect(receiver.received).toHaveLength(1);
  await time.advance(1);
  await facts.ended(4);
  expect(facts.outcomes()).toEqual(['failed', 'delivered', 'delivered', 'delivered']);
});

test('a full queue drops the oldest firing message of the group, and counts it', async () => {
  const receiver = await openReceiver();
  receiver.answer = () => {};
  const { webhooks, time, facts, storage } = await openTestWebhooks({
    pager: { url: receiver.url, ...prompt, maxQueued: 3 },
  });
  const busy = alert({ work: 'busy' });
  const home = alert({ work: 'home' });
  await webhooks.send([busy]);
  await time.advance(0);
  await receiver.count(1);
  for (const one of [home, over(home), home, over(home)]) {
    await webhooks.send([one]);
    await time.advance(0);
  }
  expect(facts.outcomes()).toEqual(['dropped', 'dropped']);
  const { rows } = await storage.scan('deliveries', { limit: 9 });
  expect(rows.map(({ group, status }) => [group, status])).toEqual([
    ['{}:{work="busy"}', 'firing'],
    ['{}:{work="home"}', 'resolved'],
    ['{}:{work="home"}', 'resolved'],
  ]);
});

test('an alert is told although it cannot be kept', async () => {
  const receiver = await openReceiver();
  const full = Object.assign(new Error('disk is full'), { code: 'SL_STORE_FULL' });
  const { webhooks, time, facts } = await openTestWebhooks(
    { pager: { url: receiver.url, ...prompt } },
    { storage: { ...createMemoryStore(), mset: () => Promise.reject(full) } },
  );
  await webhooks.send([alert({ work: 'home' })]);
  await time.advance(0);
  await facts.ended(1);
  expect(facts.outcomes()).toEqual(['delivered']);
  expect(facts.failures[0]).toMatchObject({ cause: full });
});

test('nothing leaves before it is kept', async () => {
  const receiver = await openReceiver();
  const memory = createMemoryStore();
  const held = Promise.withResolvers<void>();
  const { webhooks, time, facts } = await openTestWebhooks(
    { pager: { url: receiver.url, ...prompt } },
    {
      storage: {
        ...memory,
        async mset(table: 'deliveries', rows: Parameters<typeof memory.mset<'deliveries'>>[1]) {
          if (table === 'deliveries') await held.promise;
          await memory.mset(table, rows);
        },
      } as typeof memory,
    },
  );
  await webhooks.send([alert({ work: 'home' })]);
  await time.advance(100);
  expect(receiver.received).toEqual([]);
  expect(webhooks.status()[0].queued).toBe(1);
  held.resolve();
  await facts.ended(1);
  expect(facts.outcomes()).toEqual(['delivered']);
});

test('waits between attempts grow to a day and end after ten', () => {
  const { unit } = createRng(3);
  expect(retryWaitMs(1, 0)).toBe(5000);
  expect(retryWaitMs(9, 0)).toBe(86_400_000);
  expect(retryWaitMs(10, 0)).toBeUndefined();
  for (let n = 0; n < 100; n++) expect(retryWaitMs(2, unit())).toBeLessThan(360_000);
});

test.each([
  ['0', 0],
  ['60', 60_000],
  ['99999999999999999999', 3_600_000],
  [new Date(startMs + 5000).toUTCString(), 5000],
  [new Date(startMs - 5000).toUTCString(), 0],
  ['-5', 0],
  ['soon', 0],
  ['', 0],
  [undefined, 0],
])('Retry-After %j asks for %i ms', (text, waitMs) => {
  expect(parseRetryAfter(text, startMs)).toBe(waitMs);
});
