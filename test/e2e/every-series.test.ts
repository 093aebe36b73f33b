import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openServer, type Server } from '../../src/cli/open-server.ts';
import { readConfig } from '../../src/config.ts';
import { exposedName, type MetricName, metricTable } from '../../src/telemetry/metrics.ts';
import { createTinyShop, type TinyShop } from '../cli/tiny-shop.ts';

/** Series that wait for a signal which nothing computes yet. */
const pending: readonly MetricName[] = [
  'ctr_prediction_error',
  'ctr_calibration_ratio',
  'slate_diversity_ratio',
  'slate_novelty_bits',
  'item_similarity_decay_rate',
  'cold_items',
  'session_freshness_entropy_bits',
  'session_freshness_ratio',
  'domain_drift_coefficient',
  'domain_distance',
  'experiment_allocation_ratio',
];

/** Series that stay empty as long as nothing is lost. */
const onlyWhenLost: readonly MetricName[] = ['events_dropped_total', 'observations_rejected_total'];

let shop: TinyShop;
let server: Server;

const post = (path: string, body: object) =>
  fetch(`${server.query.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

beforeAll(async () => {
  shop = createTinyShop();
  mkdirSync(join(shop.folder, 'models', 'popular'), { recursive: true });
  writeFileSync(join(shop.folder, 'models', 'popular', '0123456789ab.slm'), 'no model');
  writeFileSync(join(shop.folder, 'models', 'popular', 'current'), '0123456789ab');
  const config = readConfig(shop.config, {
    SIGHTLINE_REQUEST_LOG: 'none',
    SIGHTLINE_LOG_LEVEL: 'error',
  });
  const telemetry = { ...config.telemetry, maxLabelValues: 5 };
  server = await openServer({
    config: { ...config, telemetry },
    environment: {},
    onProgress: () => {},
  });
});

afterAll(async () => {
  await server.close();
  shop.remove();
});

test('every series is fed by live traffic, but those that wait for a signal, by name', async () => {
  await post('/v1/users', [{ id: 'u1', attributes: {} }]);
  for (const user of ['u1', 'nobody']) await post('/v1/recommend/session', { user, n: 3 });
  await post('/v1/recommend/session', { session: 'walk-1', n: 3, timeout_ms: 0 });
  const types = Array.from({ length: 8 }, (_, i) => ({
    type: `type-${i}`,
    item: 'item-1',
    session: 's',
  }));
  expect((await post('/v1/feedback', types)).status).toBe(202);
  await fetch(`${server.query.url}/v1/recommend/session`, { headers: { traceparent: 'nonsense' } });
  const unfed = async () => {
    const text = await (await fetch(`${server.control.url}/metrics`)).text();
    const names = Object.keys(metricTable) as MetricName[];
    return names.filter(
      (name) => !text.split('\n').some((line) => isSampleOf(exposedName(name), line)),
    );
  };
  await vi.waitFor(
    async () => expect(await unfed()).toEqual(expect.not.arrayContaining(['ring_lag_seconds'])),
    {
      timeout: 10_000,
      interval: 200,
    },
  );
  expect((await unfed()).filter((name) => !onlyWhenLost.includes(name))).toEqual(pending);
});

test('the table marks as pending exactly those that nothing feeds', () => {
  const marked = Object.entries(metricTable).filter(([, row]) => 'pending' in row && row.pending);
  expect(marked.map(([name]) => name)).toEqual(pending);
});

function isSampleOf(name: string, line: string): boolean {
  return ['{', ' ', '_count{', '_count '].some((next) => line.startsWith(name + next));
}
