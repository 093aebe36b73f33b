import prom from 'prom-client';
import { expect, test } from 'vitest';
import { createCollector } from '../../../src/telemetry/export/collect.ts';
import type { Metric } from '../../../src/telemetry/export/snapshot.ts';
import { createMetricSet, type MetricSet } from '../../../src/telemetry/metric-set.ts';
import { metricTable } from '../../../src/telemetry/metrics.ts';

async function collected(set: MetricSet): Promise<Map<string, Metric>> {
  const { metrics } = await createCollector(set, { now: () => 1000 })();
  return new Map(metrics.map((metric) => [metric.name, metric]));
}

const rows = ({ series, numbers }: Metric) => ({ series, numbers: [...numbers] });

test('every metric of the table is there, with what the table says of it', async () => {
  const metrics = await collected(createMetricSet());
  expect(metrics.size).toBe(Object.keys(metricTable).length);
  expect(metrics.get('sightline_store_fetch_duration_seconds')).toMatchObject({
    type: 'histogram',
    unit: 'seconds',
    help: metricTable.store_fetch_duration_seconds.help,
    labels: ['store', 'outcome'],
    bounds: Float64Array.from(metricTable.store_fetch_duration_seconds.buckets),
  });
});

test('the series of a metric are columns of numbers, each bucket by itself and then the sum', async () => {
  const set = createMetricSet();
  for (const store of ['sqlite', 'redis', 'memory'])
    set.histogram('feature_age_seconds', { store }).observe(30);
  set.histogram('feature_age_seconds', { store: 'redis' }).observe(1e9);
  set.gauge('model_loaded', { model: 'cbow' }).set(1);
  const metrics = await collected(set);
  const ages = metrics.get('sightline_feature_age_seconds')!;
  expect(ages.series).toEqual([['sqlite'], ['redis'], ['memory']]);
  const width = ages.bounds.length + 2;
  expect([...ages.numbers.subarray(width, 2 * width)]).toEqual([
    ...[0, 0, 1, ...new Array<number>(ages.bounds.length - 3).fill(0)],
    ...[1, 1e9 + 30],
  ]);
  expect(rows(metrics.get('sightline_model_loaded')!)).toEqual({
    series: [['cbow']],
    numbers: [1],
  });
});

test('a gauge without a value, or whose value cannot be read, is not there', async () => {
  const set = createMetricSet();
  set.gauge('model_loaded', { model: 'asked for only' });
  set.gauge('model_loaded', { model: 'broken' }).follow(() => {
    throw new Error('no');
  });
  const metrics = await collected(set);
  expect(metrics.get('sightline_model_loaded')!.series).toEqual([]);
});

test('a later change does not reach a snapshot', async () => {
  const set = createMetricSet();
  const counter = set.counter('cube_overflow_total');
  counter.add(1);
  const metrics = await collected(set);
  counter.add(5);
  expect([...metrics.get('sightline_cube_overflow_total')!.numbers]).toEqual([1]);
});

test('metrics of prom-client are there as well, whatever labels their samples have', async () => {
  const set = createMetricSet();
  const registers = [set.registry];
  const labelNames = ['shard', 'zone'];
  const calls = new prom.Counter({ name: 'calls_total', help: 'Calls', labelNames, registers });
  calls.inc({ shard: 'a' }, 2);
  calls.inc({ zone: 'z' }, 3);
  const waits = new prom.Histogram({
    ...{ name: 'wait_seconds', help: 'Wait', labelNames, registers },
    buckets: [0.5, 2, 10],
  });
  for (const wait of [0.1, 1, 3, 3, 99]) waits.observe({ shard: 'a' }, wait);
  const metrics = await collected(set);
  expect(rows(metrics.get('calls_total')!)).toEqual({
    series: [
      ['a', ''],
      ['', 'z'],
    ],
    numbers: [2, 3],
  });
  const wait = metrics.get('wait_seconds')!;
  expect([...wait.bounds]).toEqual([0.5, 2, 10]);
  expect(rows(wait)).toEqual({ series: [['a']], numbers: [1, 1, 2, 1, 106.1] });
  expect(wait).toMatchObject({ unit: 'seconds', labels: ['shard'] });
});

test('a summary is gauges under the names of its samples', async () => {
  const set = createMetricSet();
  const sizes = new prom.Summary({
    ...{ name: 'size_bytes', help: 'Size', registers: [set.registry] },
    percentiles: [0.5, 1],
  });
  for (const size of [1, 2, 3]) sizes.observe(size);
  const metrics = await collected(set);
  expect(rows(metrics.get('size_bytes')!)).toEqual({ series: [['0.5'], ['1.0']], numbers: [2, 3] });
  expect([...metrics.get('size_bytes_sum')!.numbers]).toEqual([6]);
  expect([...metrics.get('size_bytes_count')!.numbers]).toEqual([3]);
});

test('a metric that fails costs no other', async () => {
  const set = createMetricSet();
  const registers = [set.registry];
  new prom.Gauge({
    ...{ name: 'broken', help: 'Broken', registers },
    collect: () => Promise.reject(new Error('no')),
  });
  new prom.Gauge({ name: 'sound', help: 'Sound', registers }).set(4);
  const metrics = await collected(set);
  expect(metrics.has('broken')).toBe(false);
  expect([...metrics.get('sound')!.numbers]).toEqual([4]);
});

test('a metric that never answers holds up nobody', async () => {
  const set = createMetricSet();
  const registers = [set.registry];
  const collect = () => new Promise<void>(() => {});
  new prom.Gauge({ name: 'hanging', help: 'Hanging', registers, collect });
  new prom.Gauge({ name: 'sound', help: 'Sound', registers }).set(4);
  const take = createCollector(set, { now: () => 1000 }, { readLimitMs: 1 });
  for (const { metrics } of [await take(), await take()]) {
    const names = metrics.map(({ name }) => name);
    expect(names).toContain('sound');
    expect(names).not.toContain('hanging');
  }
});
