import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createExposer } from '../../src/telemetry/exposition.ts';
import type { MetricRow } from '../../src/telemetry/metric-row.ts';
import { createMetricSet, type MetricSet } from '../../src/telemetry/metric-set.ts';
import { type MetricName, metricTable } from '../../src/telemetry/metrics.ts';
import { collectGarbage } from './collect-garbage.ts';
import { mostSamples } from './most-samples.ts';

const attackers = 100_000;
const maxLabelValues = 50;
const maxSeries = 2000;

function heapMb(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

async function samplesOf(set: MetricSet): Promise<[series: string, value: number][]> {
  const { body } = await createExposer(set.registry)();
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const at = line.lastIndexOf(' ');
    return [line.slice(0, at), Number(line.slice(at + 1))];
  });
}

const requestOf = (catalog: string) =>
  ({ work: 'home', strategy: 'blend', segment: 'default', catalog, outcome: 'ok' }) as const;

test('a hundred thousand values of a label take the room of fifty, and no request is lost', async () => {
  const set = createMetricSet({ maxLabelValues, maxSeries });
  const before = heapMb();
  for (let a = 0; a < attackers; a++) {
    set.histogram('request_duration_seconds', requestOf(`catalog-${a}`)).observe(0.003);
  }
  expect(heapMb() - before).toBeLessThan(2);

  const samples = await samplesOf(set);
  const counts = samples.filter(([series]) =>
    series.startsWith('sightline_request_duration_seconds_count'),
  );
  expect(counts).toHaveLength(maxLabelValues + 1);
  expect(counts.reduce((sum, [, value]) => sum + value, 0)).toBe(attackers);
  const [, other] = counts.find(([series]) => series.includes('catalog="__other__"'))!;
  expect(other).toBe(attackers - maxLabelValues);
  expect(Object.fromEntries(samples)).toMatchObject({
    'sightline_label_overflow_total{metric="request_duration_seconds"}': attackers - maxLabelValues,
    sightline_series: set.size(),
  });
});

test('values in all labels at once stop at the cap of label sets', async () => {
  const set = createMetricSet({ maxLabelValues, maxSeries });
  const requests = 20_000;
  for (let a = 0; a < requests; a++) {
    const [work, stage, component, outcome] = [a % 60, a % 61, a % 67, a % 71].map(String);
    set.histogram('stage_duration_seconds', { work, stage, component, outcome }).observe(0.001);
  }
  const counts = (await samplesOf(set)).filter(([series]) =>
    series.startsWith('sightline_stage_duration_seconds_count'),
  );
  expect(counts.length).toBeGreaterThanOrEqual(maxSeries);
  expect(counts.length).toBeLessThanOrEqual(maxSeries + 1);
  expect(counts.reduce((sum, [, value]) => sum + value, 0)).toBe(requests);
});

test('an attack on every metric stays within what the caps imply', () => {
  const set = createMetricSet({ maxLabelValues, maxSeries });
  const rows = Object.entries(metricTable) as [MetricName, MetricRow][];
  for (const [name, { type, labels }] of rows) {
    for (let a = 0; a < 3000; a++) {
      const values = Object.fromEntries(
        labels.map((label, l) => [label, `${(a * (l + 7)) % 997}`]),
      );
      if (type === 'counter') set.counter(name as 'fallback_total', values as never).add(1);
      if (type === 'gauge') set.gauge(name as 'store_rows', values as never).set(1);
      if (type === 'histogram')
        set.histogram(name as 'stage_candidates', values as never).observe(1);
    }
  }
  expect(set.size()).toBeLessThanOrEqual(mostSamples({ maxLabelValues, maxSeries }));
});

test('known label values keep their own series during an attack', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 400 }), { minLength: 100 }), async (visits) => {
      const set = createMetricSet({ maxLabelValues: 5, maxSeries });
      for (const known of ['shoes', 'coats']) {
        set.histogram('request_duration_seconds', requestOf(known)).observe(1);
      }
      for (const visit of visits) {
        set.histogram('request_duration_seconds', requestOf(`junk-${visit}`)).observe(1);
        set.histogram('request_duration_seconds', requestOf('shoes')).observe(1);
      }
      const samples = await samplesOf(set);
      const [, shoes] = samples.find(([series]) => /_count.*"shoes"/.test(series))!;
      expect(shoes).toBe(visits.length + 1);
    }),
    { numRuns: 10 },
  );
});
