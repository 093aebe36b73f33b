import { expect } from 'vitest';
import type { Alert } from '../../src/domain/alert.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { openWebhooks, type Webhooks } from '../../src/webhooks/open-webhooks.ts';
import { webhooksSchema } from '../../src/webhooks/webhooks-schema.ts';
import { testWith } from '../installed.ts';
import { openReceiver, type Received } from '../webhooks/receiver.ts';
import { startAlertmanager } from './running-server.ts';

const program = 'prometheus-alertmanager';
const groupBy = ['alertname', 'strategy', 'segment'];

/** An Alertmanager that tells a receiver called `pager` as soon as it can. */
function startPager(receiverUrl: string) {
  return startAlertmanager(
    {
      route: {
        receiver: 'pager',
        group_by: groupBy,
        group_wait: '0s',
        group_interval: '1s',
        repeat_interval: '1h',
      },
      receivers: [{ name: 'pager', webhook_configs: [{ url: receiverUrl, send_resolved: true }] }],
    },
    { flags: ['--web.external-url=https://rec.example/alerts', '--web.route-prefix=/'] },
  );
}

function open(
  port: number,
  receiverUrl: string,
  told: (outcome: string) => void,
): Promise<Webhooks> {
  return openWebhooks({
    endpoints: webhooksSchema.parse({
      alertmanager: {
        kind: 'alertmanager',
        url: `http://127.0.0.1:${port}/`,
        allowPrivate: true,
      },
      pager: {
        url: receiverUrl,
        allowPrivate: true,
        groupWaitSeconds: 0,
        groupIntervalSeconds: 0,
        groupBy,
      },
    }),
    storage: createMemoryStore(),
    clock: systemClock,
    emit: (name, fact) => {
      if (name === 'webhook.attempted') told((fact as { outcome: string }).outcome);
    },
    externalUrl: 'https://rec.example/alerts',
  });
}

testWith(program)(
  'a real Alertmanager takes the alerts and tells receivers exactly what Sightline tells them',
  async () => {
    const theirs = await openReceiver();
    const ours = await openReceiver();
    const outcomes: string[] = [];
    const ended = Promise.withResolvers<void>();
    const { port } = await startPager(theirs.url);
    let webhooks: Webhooks | undefined;
    try {
      webhooks = await open(port, ours.url, (outcome) => {
        if (outcomes.push(outcome) === 4) ended.resolve();
      });
      const startsAtMs = Date.now() - 90_500;
      const alert = (labels: Record<string, string>, endsAtMs?: number): Alert => ({
        labels: { alertname: 'FallbacksUp', severity: 'page', segment: 'größe "XL"\n', ...labels },
        annotations: { summary: '83 % <explained> 👟', runbook: 'https://rec.example/r?a=1&b=2' },
        startsAtMs,
        endsAtMs,
        generatorUrl: 'https://rec.example/anomalies/1',
      });
      await webhooks.send([alert({ work: 'home' }), alert({ work: 'cart' })]);
      await Promise.all([theirs.count(1), ours.count(1)]);
      compare(theirs.received[0], ours.received[0], 'firing');

      const endsAtMs = Date.now();
      await webhooks.send([alert({ work: 'home' }, endsAtMs), alert({ work: 'cart' }, endsAtMs)]);
      await Promise.all([theirs.count(2), ours.count(2)]);
      compare(theirs.received[1], ours.received[1], 'resolved');
      await ended.promise;
      expect(outcomes).toEqual(['delivered', 'delivered', 'delivered', 'delivered']);
    } finally {
      await webhooks?.close();
    }
  },
  30_000,
);

function compare(theirs: Received, ours: Received, status: string): void {
  const inOrder = (received: Received) => ({
    ...received.body,
    alerts: received.body.alerts.toSorted(
      (a: { fingerprint: string }, b: { fingerprint: string }) =>
        a.fingerprint < b.fingerprint ? -1 : 1,
    ),
  });
  expect(inOrder(ours)).toEqual(inOrder(theirs));
  expect(ours.body).toMatchObject({ status, version: '4' });
  expect(ours.body.alerts).toHaveLength(2);
  expect(Object.keys(ours.body)).toEqual(Object.keys(theirs.body));
  expect(Object.keys(ours.body.alerts[0])).toEqual(Object.keys(theirs.body.alerts[0]));
}
