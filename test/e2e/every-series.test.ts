import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openServer, type Server } from '../../src/cli/open-server.ts';
import { readConfig } from '../../src/config.ts';
import { experimentsSchema } from '../../src/experiments/experiment.ts';
import { createRng } from '../../src/math/rng.ts';
import { signalsSchema } from '../../src/signals/signals-schema.ts';
import { pushSchema } from '../../src/telemetry/export/push-schema.ts';
import { exposedName, type MetricName, metricTable } from '../../src/telemetry/metrics.ts';
import { webhooksSchema } from '../../src/webhooks/webhooks-schema.ts';
import { LeafTraffic } from '../anomaly/engine/leaf-traffic.ts';
import { createTinyShop, type TinyShop } from '../cli/tiny-shop.ts';

/** Series that stay empty as long as nothing is lost. */
const onlyWhenLost: readonly MetricName[] = [
  'events_dropped_total',
  'metrics_unread_total',
  'observations_rejected_total',
];

let shop: TinyShop;
let server: Server;
let receiver: HttpServer;
const token = 'a-long-control-token';

const post = (path: string, body: object) =>
  fetch(`${server.query.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

beforeAll(async () => {
  shop = createTinyShop({ sessions: 400 });
  mkdirSync(join(shop.folder, 'models', 'popular'), { recursive: true });
  writeFileSync(join(shop.folder, 'models', 'popular', '0123456789ab.slm'), 'no model');
  writeFileSync(join(shop.folder, 'models', 'popular', 'current'), '0123456789ab');
  const config = readConfig(shop.config, {
    SIGHTLINE_REQUEST_LOG: 'none',
    SIGHTLINE_LOG_LEVEL: 'error',
  });
  receiver = createServer((_, response) => response.writeHead(204).end());
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  server = await openServer({
    config: {
      ...config,
      models: { ...config.models, item2vec: { kind: 'item2vec', options: { epochs: 2 } } },
      experiments: experimentsSchema.parse({ trial }),
      signals: signalsSchema.parse(hasty),
      telemetry: {
        ...config.telemetry,
        maxLabelValues: 5,
        push: pushSchema.parse({ local: { kind: 'remote-write', url, everySeconds: 1 } }),
      },
      webhooks: webhooksSchema.parse({ ops: { url, allowPrivate: true, groupWaitSeconds: 0 } }),
    },
    environment: { SIGHTLINE_CONTROL_TOKEN: token },
    onProgress: () => {},
  });
});

/** An experiment that compares a work with itself. */
const trial = {
  work: 'session',
  share: 0.5,
  treatment: { work: 'session' },
  calibration: { minSamples: 1 },
};

/** Signals that need no patience. */
const hasty = {
  requests: { joinSeconds: 1 },
  similarity: { coldEvents: 2, coldSessions: 1, everySeconds: 1 },
  drift: { fixedScale: 0.9 },
};

afterAll(async () => {
  await server.close();
  receiver.close();
  shop.remove();
});

test('every series is fed by live traffic', { timeout: 60_000 }, async () => {
  await post('/v1/users', [{ id: 'u1', attributes: {} }]);
  await post('/v1/items', [{ id: 'item-new', catalog: 'even' }]);
  for (const user of ['u1', 'nobody']) await post('/v1/recommend/session', { user, n: 3 });
  await post('/v1/recommend/session', { session: 'walk-1', n: 3, timeout_ms: 0 });
  const types = Array.from({ length: 8 }, (_, i) => ({
    type: `type-${i}`,
    item: 'item-1',
    session: 's',
  }));
  expect((await post('/v1/feedback', types)).status).toBe(202);
  await fetch(`${server.query.url}/v1/recommend/session`, { headers: { traceparent: 'nonsense' } });
  await fetch(`${server.control.url}/control/alerts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ version: '4', alerts: [{ status: 'firing' }] }),
  });
  await watchAFault();
  const profile = fetch(`${server.control.url}/control/profile?type=heap&seconds=1`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  let visits = 0;
  await vi.waitFor(
    async () => {
      for (let k = 0; k < 10; k++) await visit(`visit-${visits++}`);
      expect((await unfed()).filter((name) => !onlyWhenLost.includes(name))).toEqual([]);
    },
    { timeout: 50_000, interval: 200 },
  );
  expect((await profile).status).toBe(200);
});

/** Hours of traffic that the anomaly engine sees in no time, the last minutes of them without requests. */
async function watchAFault(): Promise<void> {
  const { alarming, telemetry } = server.gateway;
  const traffic = new LeafTraffic(createRng(1), telemetry.events!.codes);
  for (let t = 0; t < 246; t++) {
    alarming.tick(
      traffic.tick((habits) => {
        if (t >= 240) habits.requests *= 0.1;
      }),
    );
    await alarming.settled();
  }
}

/** A session that looks at five items, the new one among them, and clicks on what it is recommended. */
async function visit(session: string): Promise<void> {
  const walk = ['item-1', 'item-2', 'item-new', 'item-3', 'item-4'];
  await post(
    '/v1/feedback',
    walk.map((item) => ({ type: 'click', session, item })),
  );
  for (let k = 0; k < 2; k++) {
    const answer = await post('/v1/recommend/session', { session, n: 3 });
    const { request_id, items } = (await answer.json()) as Recommended;
    const clicked = { type: 'click', session, item: items[0].id, request_id };
    await post('/v1/feedback', [clicked, { ...clicked, type: 'cart' }]);
  }
}

interface Recommended {
  readonly request_id: string;
  readonly items: readonly { readonly id: string }[];
}

async function unfed(): Promise<MetricName[]> {
  const text = await (await fetch(`${server.control.url}/metrics`)).text();
  const lines = text.split('\n');
  return (Object.keys(metricTable) as MetricName[]).filter(
    (name) => !lines.some((line) => isSampleOf(exposedName(name), line)),
  );
}

function isSampleOf(name: string, line: string): boolean {
  return ['{', ' ', '_count{', '_count '].some((next) => line.startsWith(name + next));
}
