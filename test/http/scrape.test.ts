import { get, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { Metric } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createControlApp } from '../../src/http/control/app.ts';
import { type Listener, openListener } from '../../src/http/listen.ts';
import { openTestGateway, type TestGateway } from './open-test-gateway.ts';

let house: TestGateway;
let listener: Listener;

beforeAll(async () => {
  house = await openTestGateway();
  const app = createControlApp(house.gateway, { token: undefined });
  listener = await openListener(app, {
    host: '127.0.0.1',
    port: 0,
    name: 'control',
    emit: house.gateway.telemetry.emit,
  });
});
afterAll(async () => {
  await listener.close({ drainMs: 0 });
  await house.close();
});

/** Fills several parts of the exposition. */
function countMuch(): void {
  for (let s = 0; s < 49; s++) {
    for (let o = 0; o < 30; o++) {
      house.gateway.telemetry.metrics
        .histogram('store_fetch_duration_seconds', { store: `仓库-${s}`, outcome: `${o}` })
        .observe(0.01);
    }
  }
}

/** Asks without the decoding that `fetch` does by itself. */
async function ask(headers: Record<string, string>, method = 'GET') {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${listener.url}/metrics`, { headers, method, agent: false }, resolve).on('error', reject);
  });
  return { headers: response.headers, body: await buffer(response) };
}

/** What does not change from one scrape to the next. */
const steady = (body: Buffer) =>
  body
    .toString()
    .split('\n')
    .filter((line) => line.includes('store_fetch'));

test('a scraper that takes gzip gets the same text, many times smaller', async () => {
  countMuch();
  const plain = await ask({});
  const small = await ask({ 'accept-encoding': 'gzip' });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.headers['content-length']).toBe(String(plain.body.length));
  expect(small.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-length': String(small.body.length),
    vary: 'Accept, Accept-Encoding',
  });
  expect(steady(gunzipSync(small.body))).toEqual(steady(plain.body));
  expect(plain.body.length).toBeGreaterThan(1_000_000);
  expect(plain.body.length / small.body.length).toBeGreaterThan(10);
});

test.for([
  ['gzip', true],
  ['deflate, GZIP;q=0.5, br', true],
  ['x-gzip', true],
  ['*', true],
  ['identity', false],
  ['gzip;q=0', false],
  ['gzip; q=0.000', false],
  ['gzip;q=0, *', false],
  ['*;q=0', false],
  ['gzipped', false],
] as const)('Accept-Encoding %j is answered with gzip: %j', async ([accepted, expected]) => {
  const { headers } = await ask({ 'accept-encoding': accepted });
  expect(headers['content-encoding'] === 'gzip').toBe(expected);
});

test('HEAD has the headers of GET and no body', async () => {
  const { headers, body } = await ask({}, 'HEAD');
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(body).toHaveLength(0);
});

test('a scraper that hangs up is counted as such, and the next one is answered', async () => {
  const { metrics } = house.gateway.telemetry;
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<object>();
  metrics.registry.registerMetric({
    name: 'plugin_depth',
    get: () => {
      asked.resolve();
      return answered.promise;
    },
  } as unknown as Metric);
  const request = get(`${listener.url}/metrics`, { agent: false });
  const gone = new Promise((resolve) => request.on('close', resolve).on('error', () => {}));
  await asked.promise;
  request.destroy();
  await gone;
  while (listener.inFlight() > 0) await new Promise(setImmediate);
  answered.resolve({ name: 'plugin_depth', help: 'Depth', type: 'gauge', values: [{ value: 3 }] });
  const { body } = await ask({});
  expect(body.toString()).toContain('plugin_depth 3\n');
  expect(body.toString()).toMatch(
    /http_server_request_duration_seconds_count\{.*http_route="\/metrics",http_response_status_code="499".*\} 1\n/,
  );
});
