import { expect, test } from 'vitest';
import { alert, openTestWebhooks, over, startMs } from './open-test-webhooks.ts';
import { openReceiver, type Received } from './receiver.ts';

const quick = { groupWaitSeconds: 30, groupIntervalSeconds: 300, repeatIntervalSeconds: 3600 };

const summary = ({ body }: Received) => [
  body.groupKey,
  body.alerts.map((one: { labels: { work?: string }; status: string }) => [
    one.labels.work,
    one.status,
  ]),
];

test('alerts of a group that come within the wait make one message, others their own', async () => {
  const receiver = await openReceiver();
  const { webhooks, time } = await openTestWebhooks({ pager: { url: receiver.url, ...quick } });
  await webhooks.send([alert({ work: 'home', segment: 'DE' })]);
  await time.advance(20);
  await webhooks.send([
    alert({ work: 'cart', segment: 'DE' }),
    alert({ work: 'x', segment: 'FR' }),
  ]);
  await time.advance(9);
  expect(receiver.received).toEqual([]);
  await time.advance(1);
  await receiver.count(1);
  expect(summary(receiver.received[0])[0]).toBe('{}:{alertname="Slow", segment="DE"}');
  expect(receiver.received[0].body.alerts).toHaveLength(2);
  await time.advance(20);
  await receiver.count(2);
  expect(summary(receiver.received[1])).toEqual([
    '{}:{alertname="Slow", segment="FR"}',
    [['x', 'firing']],
  ]);
});

test('an alert that began longer ago than the wait is told at once', async () => {
  const receiver = await openReceiver();
  const { webhooks, time } = await openTestWebhooks({ pager: { url: receiver.url, ...quick } });
  await webhooks.send([alert({ work: 'home' }, { startsAtMs: startMs - 31_000 })]);
  await time.advance(0);
  await receiver.count(1);
  expect(receiver.received[0].body.status).toBe('firing');
});

test('a change waits for the interval, what stays the same for the repeat', async () => {
  const receiver = await openReceiver();
  const { webhooks, time, facts } = await openTestWebhooks({
    pager: { url: receiver.url, ...quick },
  });
  const home = alert({ work: 'home' });
  const cart = alert({ work: 'cart' }, { startsAtMs: startMs + 31_000 });
  await webhooks.send([home]);
  await time.advance(30);
  await facts.ended(1);
  await webhooks.send([cart, home]);
  await time.advance(299);
  expect(receiver.received).toHaveLength(1);
  await time.advance(1);
  await facts.ended(2);
  expect(summary(receiver.received[1])[1]).toEqual([
    ['home', 'firing'],
    ['cart', 'firing'],
  ]);
  // Equal alerts and new annotations are no news.
  await webhooks.send([home, { ...cart, annotations: { summary: 'other' } }]);
  await time.advance(3599);
  expect(receiver.received).toHaveLength(2);
  await time.advance(1);
  await facts.ended(3);
  expect(receiver.received[2].body.alerts).toHaveLength(2);
  expect(receiver.received[2].headers['webhook-id']).not.toBe(
    receiver.received[1].headers['webhook-id'],
  );
});

test('the end is told once, then the group is forgotten', async () => {
  const receiver = await openReceiver();
  const { webhooks, time, facts, storage } = await openTestWebhooks({
    pager: { url: receiver.url, ...quick },
  });
  const [home, cart] = [alert({ work: 'home' }), alert({ work: 'cart' })];
  await webhooks.send([home, cart]);
  await time.advance(30);
  await facts.ended(1);
  await webhooks.send([over(home)]);
  await time.advance(300);
  await facts.ended(2);
  expect(receiver.received[1].body).toMatchObject({
    status: 'firing',
    alerts: [
      { labels: { work: 'cart' }, status: 'firing', endsAt: '0001-01-01T00:00:00Z' },
      { labels: { work: 'home' }, status: 'resolved', endsAt: '2026-11-21T08:01:00Z' },
    ],
  });
  await webhooks.send([over(home), over(cart, 400.25)]);
  await time.advance(300);
  await facts.ended(3);
  expect(receiver.received[2].body).toMatchObject({
    status: 'resolved',
    alerts: [{ labels: { work: 'cart' }, endsAt: '2026-11-21T08:06:40.25Z' }],
  });
  expect(receiver.received[2].body.alerts).toHaveLength(1);
  await webhooks.send([over(cart), over(home)]);
  await time.advance(10 * 3600);
  expect(receiver.received).toHaveLength(3);
  for (const table of ['deliveries', 'notifications'] as const)
    expect(await storage.scan(table as 'deliveries', { limit: 9 })).toEqual({ rows: [] });
});

test('an alert that ended before it was told is not told', async () => {
  const receiver = await openReceiver();
  const { webhooks, time, facts } = await openTestWebhooks({
    pager: { url: receiver.url, ...quick },
  });
  const brief = alert({ work: 'brief' });
  await webhooks.send([brief]);
  await time.advance(10);
  await webhooks.send([over(brief)]);
  await time.advance(4000);
  await webhooks.send([alert({ work: 'late' })]);
  await time.advance(0);
  await facts.ended(1);
  expect(summary(receiver.received[0])[1]).toEqual([['late', 'firing']]);
});

test('ends are not told where the endpoint does not want them', async () => {
  const receiver = await openReceiver();
  const { webhooks, time, facts } = await openTestWebhooks({
    pager: { url: receiver.url, ...quick, sendResolved: false },
  });
  const home = alert({ work: 'home' });
  await webhooks.send([home]);
  await time.advance(30);
  await facts.ended(1);
  await webhooks.send([over(home)]);
  await time.advance(9000);
  await webhooks.send([home]);
  await time.advance(0);
  await facts.ended(2);
  expect(receiver.received.map(({ body }) => body.status)).toEqual(['firing', 'firing']);
  expect(webhooks.firing()).toEqual([home]);
});

test('a message names as many alerts as it may, and counts the rest', async () => {
  const receiver = await openReceiver();
  const { webhooks, time } = await openTestWebhooks({
    pager: { url: receiver.url, ...quick, groupBy: [], maxAlerts: 2 },
  });
  await webhooks.send(
    [1, 2, 3, 4, 5].map((n) => alert({ work: `w${n}` }, { startsAtMs: startMs + n })),
  );
  await time.advance(30);
  await receiver.count(1);
  const { body } = receiver.received[0];
  expect(body).toMatchObject({ groupKey: '{}:{}', groupLabels: {}, truncatedAlerts: 3 });
  expect(summary(receiver.received[0])[1]).toEqual([
    ['w1', 'firing'],
    ['w2', 'firing'],
  ]);
});

test('a wall clock that goes back delays nothing', async () => {
  const receiver = await openReceiver();
  const { webhooks, time, facts } = await openTestWebhooks({
    pager: { url: receiver.url, ...quick },
  });
  await webhooks.send([alert({ work: 'home' })]);
  time.jump(-86_400_000);
  await time.advance(30);
  await facts.ended(1);
  await webhooks.send([over(alert({ work: 'home' }))]);
  await time.advance(300);
  await facts.ended(2);
  const [first, second] = receiver.received.map(({ headers }) => headers['webhook-id'] as string);
  expect(first < second).toBe(true);
});

test('times that are none and text that is broken do not stop an alert', async () => {
  const receiver = await openReceiver();
  const { webhooks, time } = await openTestWebhooks({ pager: { url: receiver.url, ...quick } });
  const labels = { segment: 'half \ud83d', strategy: '', quote: '"\\\n' };
  await webhooks.send([alert(labels, { startsAtMs: Number.NaN })]);
  await time.advance(30);
  await receiver.count(1);
  expect(receiver.received[0].body).toMatchObject({
    groupKey: '{}:{alertname="Slow", segment="half �"}',
    alerts: [
      {
        startsAt: '2026-11-21T08:00:00Z',
        labels: { alertname: 'Slow', segment: 'half �', quote: '"\\\n' },
      },
    ],
  });
});

test('more alerts than can be followed are counted as dropped', async () => {
  const receiver = await openReceiver();
  const { webhooks, facts } = await openTestWebhooks({ pager: { url: receiver.url } });
  await webhooks.send(Array.from({ length: 10_002 }, (_, n) => alert({ work: `w${n}` })));
  expect(facts.outcomes()).toEqual(['dropped', 'dropped']);
  expect(webhooks.firing()).toHaveLength(10_000);
});
