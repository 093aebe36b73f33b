import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { useDataFolders } from '../stores/data-folder.ts';
import { alert, createTestTime, openTestWebhooks, over, startMs } from './open-test-webhooks.ts';
import { openReceiver, status } from './receiver.ts';

const newFolder = useDataFolders();
const openStore = (folder: string) => openSqliteStore({ folder, journalBytes: 64 << 10 });
const home = alert({ work: 'home' });

test('what was not delivered is delivered after a restart, with the same id', async () => {
  const receiver = await openReceiver();
  receiver.answer = status(500);
  const folder = newFolder();
  const time = createTestTime();
  const pager = { url: receiver.url, groupBy: ['work'] };
  const before = await openStore(folder);
  const first = await openTestWebhooks({ pager }, { storage: before, time });
  await first.webhooks.send([home, alert({ work: 'cart' })]);
  await time.advance(30);
  await first.facts.ended(2);
  await first.webhooks.close();
  await before.close();
  const ids = receiver.received.map(({ headers }) => headers['webhook-id']);

  receiver.answer = status(200);
  await time.advance(3600);
  const after = await openStore(folder);
  const second = await openTestWebhooks({ pager }, { storage: after, time });
  await second.facts.ended(2);
  expect(receiver.received.slice(2).map(({ headers }) => headers['webhook-id'])).toEqual(ids);
  expect(receiver.received[2].text).toBe(receiver.received[0].text);
  // The gateway tells again of what lasts: that is no news.
  await second.webhooks.send([home]);
  await time.advance(600);
  expect(receiver.received).toHaveLength(4);
  expect(await after.scan('deliveries', { limit: 9 })).toEqual({ rows: [] });
  await second.webhooks.close();
  await after.close();
});

test('a process that dies in the middle of an attempt loses nothing', async () => {
  const receiver = await openReceiver();
  receiver.answer = () => {};
  const time = createTestTime();
  const folder = newFolder();
  const store = await openStore(folder);
  const pager = { url: receiver.url };
  const first = await openTestWebhooks({ pager }, { storage: store, time });
  await first.webhooks.send([home]);
  await time.advance(30);
  await receiver.count(1);
  await first.webhooks.close();
  receiver.answer = status(204);
  const second = await openTestWebhooks({ pager }, { storage: store, time });
  await second.facts.ended(1);
  const [died, again] = receiver.received.map(({ headers }) => headers['webhook-id']);
  expect(again).toBe(died);
  expect(first.facts.attempts).toEqual([]);
  await second.webhooks.close();
  await store.close();
});

test('a group that waited goes on waiting, and an end that was not told is told', async () => {
  const receiver = await openReceiver();
  const time = createTestTime();
  const pager = { url: receiver.url };
  const first = await openTestWebhooks({ pager }, { time });
  const { storage } = first;
  await first.webhooks.send([home]);
  await time.advance(20);
  await first.webhooks.close();
  const second = await openTestWebhooks({ pager }, { time, storage });
  await time.advance(9);
  expect(receiver.received).toEqual([]);
  await time.advance(1);
  await second.facts.ended(1);
  await second.webhooks.send([over(home)]);
  await second.webhooks.close();
  await time.advance(1000);
  const third = await openTestWebhooks({ pager }, { time, storage });
  expect(third.webhooks.firing()).toEqual([]);
  await time.advance(0);
  await third.facts.ended(1);
  expect(receiver.received.map(({ body }) => body.status)).toEqual(['firing', 'resolved']);
});

test('a wall clock that went back while the process was away delays nothing', async () => {
  const receiver = await openReceiver();
  receiver.answer = status(500);
  const time = createTestTime();
  const pager = { url: receiver.url, groupBy: ['work'] };
  const first = await openTestWebhooks({ pager }, { time });
  await first.webhooks.send([home]);
  await time.advance(30);
  await first.facts.ended(1);
  await first.webhooks.send([alert({ work: 'cart' }, { startsAtMs: startMs + 30_000 })]);
  await first.webhooks.close();
  time.jump(-30 * 86_400_000);
  receiver.answer = status(200);
  const { storage } = first;
  const second = await openTestWebhooks({ pager }, { time, storage });
  await time.advance(6);
  await second.facts.ended(1);
  await time.advance(24);
  await second.facts.ended(2);
  const told = receiver.received.slice(1).map(({ body }) => body.alerts[0].labels.work);
  expect(told.sort()).toEqual(['cart', 'home']);
});

test('alerts that last are known after a restart, so that they can be ended', async () => {
  const receiver = await openReceiver();
  const time = createTestTime();
  const endpoints = { pager: { url: receiver.url }, chat: { url: receiver.url } };
  const first = await openTestWebhooks(endpoints, { time });
  await first.webhooks.send([home]);
  await time.advance(30);
  await first.facts.ended(1);
  await first.webhooks.close();
  const second = await openTestWebhooks(endpoints, { time, storage: first.storage });
  expect(second.webhooks.firing()).toEqual([home]);
});

test('other group labels group anew what is known, and tell nothing twice', async () => {
  const receiver = await openReceiver();
  const time = createTestTime();
  const first = await openTestWebhooks({ pager: { url: receiver.url } }, { time });
  const cart = alert({ work: 'cart' });
  await first.webhooks.send([home, cart]);
  await time.advance(30);
  await first.facts.ended(1);
  await first.webhooks.close();
  const pager = { url: receiver.url, groupBy: ['work'] };
  const second = await openTestWebhooks({ pager }, { time, storage: first.storage });
  await second.webhooks.send([home, cart, over(cart)]);
  await time.advance(300);
  await second.facts.ended(1);
  expect(receiver.received[1].body).toMatchObject({
    groupKey: '{}:{work="cart"}',
    status: 'resolved',
  });
  expect((await first.storage.scan('notifications', { limit: 9 })).rows).toHaveLength(1);
});

test('messages of an endpoint that is no more are dropped and counted', async () => {
  const receiver = await openReceiver();
  receiver.answer = status(500);
  const time = createTestTime();
  const first = await openTestWebhooks({ old: { url: receiver.url } }, { time });
  await first.webhooks.send([home]);
  await time.advance(30);
  await first.facts.ended(1, 'old');
  await first.webhooks.close();
  const { storage } = first;
  const second = await openTestWebhooks({ pager: { url: receiver.url } }, { time, storage });
  expect(second.facts.attempts).toEqual([{ endpoint: 'old', outcome: 'dropped', seconds: 0 }]);
  for (const table of ['deliveries', 'notifications'] as const)
    expect(await storage.scan(table as 'deliveries', { limit: 9 })).toEqual({ rows: [] });
});
