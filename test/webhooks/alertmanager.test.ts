import { expect, test } from 'vitest';
import { alert, createTestTime, openTestWebhooks, over, startMs } from './open-test-webhooks.ts';
import { openReceiver, status } from './receiver.ts';

const server = (url: string) => ({ kind: 'alertmanager' as const, url: new URL('/am/', url).href });

test('Alertmanager is told at once, in the form of its API v2', async () => {
  const receiver = await openReceiver();
  const { webhooks, time, facts } = await openTestWebhooks({ pager: server(receiver.url) });
  await webhooks.send([alert({ work: 'home' }), alert({ work: 'cart', segment: 'DE' })]);
  await time.advance(0);
  await facts.ended(1);
  expect(receiver.received[0].path).toBe('/am/api/v2/alerts');
  expect(receiver.received[0].body).toHaveLength(2);
  expect(receiver.received[0].body).toContainEqual({
    labels: { alertname: 'Slow', work: 'home' },
    annotations: { summary: 'slow answers' },
    startsAt: '2026-11-21T08:00:00Z',
    endsAt: '2026-11-21T08:04:00Z',
    generatorURL: 'https://rec.example/a/1',
  });
});

test('it hears of alerts that last every minute, and of an end once', async () => {
  const receiver = await openReceiver();
  const { webhooks, time, facts } = await openTestWebhooks({ pager: server(receiver.url) });
  const home = alert({ work: 'home' });
  await webhooks.send([home]);
  await time.advance(0);
  for (let minute = 1; minute <= 3; minute++) {
    await facts.ended(minute);
    await time.advance(60);
  }
  await facts.ended(4);
  expect(receiver.received.map(({ body }) => body[0].endsAt)).toEqual([
    '2026-11-21T08:04:00Z',
    '2026-11-21T08:05:00Z',
    '2026-11-21T08:06:00Z',
    '2026-11-21T08:07:00Z',
  ]);
  await webhooks.send([over(home, 180)]);
  await time.advance(0);
  await facts.ended(5);
  expect(receiver.received[4].body).toMatchObject([{ endsAt: '2026-11-21T08:03:00Z' }]);
  await time.advance(3600);
  expect(receiver.received).toHaveLength(5);
});

test('what waited for it ends in the future all the same, and nothing piles up', async () => {
  const receiver = await openReceiver();
  receiver.answer = status(500);
  const time = createTestTime();
  const { webhooks, facts, storage } = await openTestWebhooks(
    { pager: server(receiver.url) },
    { time },
  );
  await webhooks.send([alert({ work: 'home' })]);
  await time.advance(0);
  await facts.ended(1);
  await time.advance(6);
  await facts.ended(2);
  const [row] = (await storage.scan('deliveries', { limit: 9 })).rows;
  await time.advanceTo(row.dueAtMs - 1);
  expect(webhooks.status()[0].queued).toBe(1);
  await webhooks.close();
  receiver.answer = status(200);
  await time.advance(7200);
  const again = await openTestWebhooks({ pager: server(receiver.url) }, { time, storage });
  await again.facts.ended(1);
  const { body } = receiver.received.at(-1)!;
  expect(Date.parse(body[0].endsAt)).toBe(Math.floor(time.clock.now()) + 240_000);
  expect(body[0].startsAt).toBe(new Date(startMs).toISOString().replace('.000', ''));
});
