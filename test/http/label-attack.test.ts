import { afterAll, beforeAll, expect, test } from 'vitest';
import { createControlApp } from '../../src/http/control/app.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import type { App } from '../../src/http/routes.ts';
import { mostSamples } from '../telemetry/most-samples.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway } from './open-test-gateway.ts';

/** What the configuration and the metric set say when nobody says more. */
const caps = { maxLabelValues: 50, maxSeries: 2000 };
const visitors = 500;
const batch = 100;

let house: TestGateway;
let query: App;
let control: App;

beforeAll(async () => {
  house = await openTestGateway({ events: true, anomaly: { labels: ['page'] } });
  query = createQueryApp(house.gateway);
  control = createControlApp(house.gateway, { token: undefined });
});
afterAll(() => house.close());

/** Every input that a stranger may choose, different in each request; answers how many were sent and served. */
async function attack(wave: string) {
  const sent = { all: 0, served: 0 };
  const send = async (request: string, options?: Parameters<typeof call>[2]) => {
    const { status } = await call(query, request, options);
    sent.all += 1;
    if (request.includes('/v1/recommend/') && status === 200) sent.served += 1;
    return status;
  };
  for (let from = 0; from < visitors; from += batch) {
    const names = Array.from({ length: batch }, (_, i) => `${wave}${from + i}`);
    const items = names.map((name) => ({
      id: `item-${name}`,
      catalog: `catalog-${name}`,
      categories: [`category-${name}`],
      attributes: { [`attribute-${name}`]: `value-${name}` },
    }));
    expect(await send('POST /v1/items', { body: items })).toBeLessThan(300);
    const users = names.map((name) => ({
      id: `user-${name}`,
      segment: `segment-${name}`,
      attributes: { [`attribute-${name}`]: `value-${name}` },
    }));
    expect(await send('POST /v1/users', { body: users })).toBeLessThan(300);
    const events = names.map((name) => ({
      type: `type-${name}`,
      item: 'A1',
      user: `user-${name}`,
    }));
    expect(await send('POST /v1/feedback', { body: events })).toBeLessThan(300);
    for (const name of names) await visit(name, send);
  }
  await house.gateway.telemetry.flush();
  await house.gateway.watch?.refresh();
  return sent;
}

async function visit(
  name: string,
  send: (request: string, options?: Parameters<typeof call>[2]) => Promise<number>,
): Promise<void> {
  const body = {
    user: `user-${name}`,
    session: `session-${name}`,
    segment: `segment-${name}`,
    catalog: `catalog-${name}`,
    query: `query-${name}`,
    labels: { page: `page-${name}`, other: `other-${name}` },
  };
  const headers = {
    'x-request-id': `bad id ${name}`,
    traceparent: `bad-${name}`,
    baggage: `key-${name}=\u00e9`,
    'user-agent': `agent-${name}`,
  };
  await send('POST /v1/recommend/home', { body, headers });
  await send(`GET /v1/recommend/similar?item=item-${name}`);
  await send(`GET /v1/recommend/work-${name}`);
  await send(`BREW${name} /v1/items`);
  await send(`GET /nowhere/${name}`);
}

type Sample = readonly [name: string, labels: Readonly<Record<string, string>>, value: number];

async function scrape(): Promise<Sample[]> {
  const { body } = await call<string>(control, 'GET /metrics');
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name, inside = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line)!;
    const pairs = [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [
      key,
      text,
    ]);
    return [name, Object.fromEntries(pairs), Number(value)] as const;
  });
}

const sumOf = (samples: readonly Sample[], name: string) =>
  samples.filter(([one]) => one === name).reduce((sum, [, , value]) => sum + value, 0);

const valuesOf = (samples: readonly Sample[], name: string, label: string) =>
  new Set(samples.filter(([one]) => one === name).map(([, labels]) => labels[label]));

test('whatever strangers send, the series stay few, and every request is counted', {
  timeout: 60_000,
}, async () => {
  const before = await scrape();
  const sent = await attack('a');
  const samples = await scrape();
  const grown = (name: string) => sumOf(samples, name) - sumOf(before, name);

  expect(sent.served).toBe(2 * visitors);
  expect(grown('sightline_request_duration_seconds_count')).toBe(sent.served);
  // One of them is the first scrape.
  expect(grown('http_server_request_duration_seconds_count')).toBe(sent.all + 1);

  expect(mostLabelValues()).toBe(caps.maxLabelValues + 1);
  const request = 'sightline_request_duration_seconds_count';
  expect([...valuesOf(samples, request, 'segment')]).toEqual(['default']);
  expect(valuesOf(samples, request, 'catalog').size).toBe(caps.maxLabelValues + 1);
  expect(valuesOf(samples, request, 'catalog')).toContain('__other__');
  expect(sumOf(samples, 'sightline_label_overflow_total')).toBeGreaterThan(visitors);
  expect(sumOf(samples, 'sightline_series')).toBeLessThan(mostSamples(caps));
  expect(sumOf(samples, 'sightline_series')).toBeLessThan(5000);
});

test('a second attack with other values adds no series', { timeout: 60_000 }, async () => {
  const before = requestSeries();
  await attack('b');
  expect(requestSeries()).toBe(before);
  expect(house.gateway.telemetry.metrics.size()).toBeLessThan(5000);
});

/** The most values that a label of a metric has. */
function mostLabelValues(): number {
  let most = 0;
  for (const family of house.gateway.telemetry.metrics.families) {
    // Its label is the name of a metric.
    if (family.row.owner === 'metric-set') continue;
    const used = family.row.labels.map(() => new Set<string>());
    family.each((values) => values.forEach((value, l) => void used[l].add(value)));
    most = Math.max(most, ...used.map(({ size }) => size));
  }
  return most;
}

/** Label sets of the metrics that requests feed; those of the signals come when they come. */
function requestSeries(): number {
  let count = 0;
  for (const family of house.gateway.telemetry.metrics.families) {
    const { owner } = family.row;
    if (owner !== 'request.finished' && owner !== 'http.finished') continue;
    family.each(() => {
      count += 1;
    });
  }
  return count;
}
