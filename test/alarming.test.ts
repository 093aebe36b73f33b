import { expect, onTestFinished, test } from 'vitest';
import { openAlarming } from '../src/alarming.ts';
import { anomalySchema } from '../src/anomaly/anomaly-schema.ts';
import type { Anomaly } from '../src/domain/anomaly.ts';
import { createRng } from '../src/math/rng.ts';
import { createMemoryStore } from '../src/stores/memory.ts';
import { openTelemetry, type TelemetryOptions } from '../src/telemetry/open-telemetry.ts';
import { openWebhooks } from '../src/webhooks/open-webhooks.ts';
import { webhooksSchema } from '../src/webhooks/webhooks-schema.ts';
import { slowPoland } from './anomaly/anomaly-example.ts';
import { type Habits, LeafTraffic, type Place } from './anomaly/engine/leaf-traffic.ts';
import { openTestGateway, testClock, testNowMs } from './http/open-test-gateway.ts';
import { fillRecord, layout } from './telemetry/finished-record.ts';
import { openSpanSink } from './telemetry/span-sink.ts';
import { openReceiver, type Receiver } from './webhooks/receiver.ts';

const endpoint = ({ url }: Receiver) => ({
  ops: { url, allowPrivate: true, groupWaitSeconds: 0, groupIntervalSeconds: 0 },
});
const links = { runbook: 'https://docs.test/runbook' };

/** A gateway that has watched two quiet hours, and whoever it tells. */
async function openQuietShop() {
  const receiver = await openReceiver();
  const house = await openTestGateway({
    events: true,
    anomaly: { links },
    webhooks: endpoint(receiver),
  });
  onTestFinished(() => house.close());
  const { alarming, telemetry } = house.gateway;
  const traffic = new LeafTraffic(createRng(1), telemetry.events!.codes);
  const play = async (ticks: number, change?: (habits: Habits, place: Place) => void) => {
    for (let t = 0; t < ticks; t++) {
      alarming.tick(traffic.tick(change));
      await alarming.settled();
    }
  };
  await play(240);
  return { house, receiver, play };
}

test('a fault reaches the endpoint with its cause within three ticks, and its end follows', async () => {
  const { house, receiver, play } = await openQuietShop();
  expect(receiver.received).toEqual([]);
  await play(3, (habits, { segment }) => {
    if (segment === 'poland') habits.slowRate = 0.6;
  });
  await receiver.count(1);
  const [{ body, headers }] = receiver.received;
  expect(headers['webhook-id']).toBeTruthy();
  expect(body).toMatchObject({ version: '4', status: 'firing' });
  const [alert] = body.alerts;
  expect(alert.labels).toMatchObject({
    alertname: 'SightlineAnomaly',
    measure: 'slow',
    direction: 'up',
    segment: 'poland',
  });
  expect(alert.annotations).toMatchObject({
    cause: expect.stringContaining('segment=poland'),
    runbook_url: 'https://docs.test/runbook#slow',
  });
  const [anomaly] = house.gateway.alarming.book
    .anomalies()
    .filter(({ firedAtMs }) => firedAtMs !== undefined);
  expect(alert.generatorURL).toMatch(new RegExp(`/control/anomalies/${anomaly.id}$`));
  expect(await house.gateway.store.mget('anomalies', [anomaly.id])).toMatchObject([
    { state: 'present', row: { measure: 'slow', state: 'firing' } },
  ]);
  await play(40);
  await receiver.count(2);
  expect(receiver.received.at(-1)?.body).toMatchObject({ status: 'resolved' });
  expect(house.facts('anomaly.changed').map(({ state }) => state)).toEqual(['firing', 'resolved']);
});

test('series of the user are watched beside the others, and mark no request', async () => {
  const { house, play } = await openQuietShop();
  const { alarming, telemetry } = house.gateway;
  const rng = createRng(2);
  let level = 10;
  alarming.registered.register({
    name: 'stock_level',
    kind: 'level',
    direction: 'down',
    read: () => level + rng.unit(),
  });
  await play(130);
  level = -50;
  await play(10);
  const fired = alarming.book.anomalies().filter(({ firedAtMs }) => firedAtMs !== undefined);
  expect(fired).toMatchObject([{ measure: 'stock_level', direction: 'down' }]);
  const record = fillRecord(telemetry.begin(layout));
  telemetry.finish(record);
  await telemetry.flush();
  expect(record.anomaly).toBe('');
});

/** The parts of watching that send their spans to a sink. */
async function openTraced() {
  const sink = await openSpanSink();
  const house = await reopen([], {
    ...{ events: true, traces: true },
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
  });
  const { telemetry } = house;
  const alarming = await house.open();
  onTestFinished(async () => {
    await alarming.close();
    await telemetry.close();
    await sink.close();
  });
  const traffic = new LeafTraffic(createRng(1), telemetry.events!.codes);
  return {
    alarming,
    async play(ticks: number, change?: (habits: Habits) => void) {
      for (let t = 0; t < ticks; t++) {
        alarming.tick(
          traffic.tick((habits, { segment }) => segment === 'poland' && change?.(habits)),
        );
        await alarming.settled();
      }
    },
    /** Serves a request to each of two segments; answers what their spans are marked with. */
    async marks() {
      for (const segment of ['poland', 'other-eu']) {
        const record = fillRecord(telemetry.begin(layout));
        telemetry.finish(Object.assign(record, { segment }));
      }
      await telemetry.flush();
      const servers = sink.spans().filter(({ kind }) => kind === 2);
      return servers.slice(-2).map(({ attributes }) => attributes['sightline.anomaly']);
    },
  };
}

test('requests that show an anomaly are marked while it fires, and not before or after', async () => {
  const { alarming, play, marks } = await openTraced();
  await play(240);
  expect(await marks()).toEqual([undefined, undefined]);
  await play(3, (habits) => {
    habits.slowRate = 0.6;
  });
  const firing = alarming.book.anomalies().filter(({ state }) => state === 'firing');
  expect(firing.map(({ measure }) => measure)).toEqual(['slow']);
  expect(await marks()).toEqual([firing[0].id, undefined]);
  await play(40);
  expect(alarming.book.anomaly(firing[0].id)).toMatchObject({ state: 'resolved' });
  expect(await marks()).toEqual([undefined, undefined]);
});

/** What a gateway that stopped left behind, and one that opens on it. */
async function reopen(left: readonly Anomaly[], watching: Partial<TelemetryOptions> = {}) {
  const receiver = await openReceiver();
  const store = createMemoryStore();
  await store.mset('anomalies', left);
  const telemetry = openTelemetry({
    ...{ serviceName: 'test', serviceVersion: 'test', metrics: true, traces: false, events: false },
    ...{ requestLog: 'none', level: 'error', maxLabelValues: 50, environment: {} },
    ...watching,
  });
  const endpoints = webhooksSchema.parse(endpoint(receiver));
  const { emit } = telemetry;
  const controlUrl = 'http://control.test';
  const webhooks = await openWebhooks({
    ...{ endpoints, storage: store, clock: testClock, emit, externalUrl: controlUrl },
  });
  const options = anomalySchema.parse({});
  const parts = { options, telemetry, store, webhooks, clock: testClock, controlUrl };
  onTestFinished(() => telemetry.close());
  return { receiver, webhooks, store, telemetry, open: () => openAlarming(parts) };
}

test('what was open when the gateway stopped is closed by the next start', async () => {
  const { open, store } = await reopen([slowPoland]);
  const alarming = await open();
  await alarming.settled();
  const closed = { id: 'a1', state: 'resolved', resolvedAtMs: testNowMs };
  expect(alarming.book.anomalies()).toMatchObject([closed]);
  expect(await store.mget('anomalies', ['a1'])).toMatchObject([{ row: closed }]);
  await alarming.close();
});

test('an alert that an endpoint believes in and nobody remembers is ended by the next start', async () => {
  const { open, webhooks, receiver } = await reopen([]);
  const labels = { alertname: 'SightlineAnomaly', measure: 'slow' };
  const generatorUrl = 'http://control.test/control/anomalies/lost';
  const alert = { labels, annotations: {}, startsAtMs: testNowMs, endsAtMs: undefined };
  await webhooks.send([{ ...alert, generatorUrl }]);
  await receiver.count(1);
  const alarming = await open();
  await receiver.count(2);
  expect(receiver.received.map(({ body }) => body.status)).toEqual(['firing', 'resolved']);
  await alarming.close();
});

test('without events nothing is watched, and the book still takes the alerts of others', async () => {
  const { open } = await reopen([]);
  const alarming = await open();
  expect(alarming.isWatching).toBe(false);
  await alarming.close();
});
