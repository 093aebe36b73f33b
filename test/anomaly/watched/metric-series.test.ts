import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createMetricSeries,
  type MetricSeriesOptions,
} from '../../../src/anomaly/watched/metric-series.ts';
import { createMetricSet } from '../../../src/telemetry/metric-set.ts';
import { following } from './read-series.ts';

function watched(options?: MetricSeriesOptions) {
  const set = createMetricSet();
  const source = createMetricSeries(set, options);
  return { set, source, read: following(source) };
}

const dropped = 'events_dropped_total rate{ring_full}';
const rate = 'store_fetch_duration_seconds rate{redis,ok}';
const p50 = 'store_fetch_duration_seconds p50{redis,ok}';
const p95 = 'store_fetch_duration_seconds p95{redis,ok}';
const fetches = { store: 'redis', outcome: 'ok' };

test('a counter reads as what it grew by since the last tick, from its second tick on', () => {
  const { set, read } = watched();
  const counter = set.counter('events_dropped_total', { reason: 'ring_full' });
  counter.add(100);
  expect(read().values[dropped]).toBeNaN();
  counter.add(3);
  counter.add(4);
  expect(read().values[dropped]).toBe(7);
  expect(read().values[dropped]).toBe(0);
});

test('a gauge reads as its level, and as nothing where it has none that is finite', () => {
  const { set, read } = watched();
  const gauge = set.gauge('feature_missing_ratio', { store: 'redis', feature: 'age' });
  const name = 'feature_missing_ratio level{redis,age}';
  expect(read().values[name]).toBeNaN();
  gauge.set(0.25);
  expect(read().values[name]).toBe(0.25);
  let followed = 0.5;
  gauge.follow(() => followed);
  expect(read().values[name]).toBe(0.5);
  followed = Number.POSITIVE_INFINITY;
  expect(read().values[name]).toBeNaN();
  gauge.follow(() => {
    throw new Error('gone');
  });
  expect(read().values[name]).toBeNaN();
});

test('a histogram reads as its count, median and 95th percentile of the tick alone', () => {
  const { set, read } = watched();
  const histogram = set.histogram('store_fetch_duration_seconds', fetches);
  for (let n = 0; n < 1000; n++) histogram.observe(2);
  read();
  for (let n = 0; n < 30; n++) histogram.observe(0.02);
  for (let n = 0; n < 10; n++) histogram.observe(0.2);
  const { values } = read();
  expect(values[rate]).toBe(40);
  // 20 of 40: two thirds of the way from 0.01 to 0.025. 38 of 40: 8 of the ten between 0.1 and 0.25.
  expect(values[p50]).toBeCloseTo(0.02, 12);
  expect(values[p95]).toBeCloseTo(0.22, 12);
});

test('quantiles want twenty values in the tick, the count does not', () => {
  const { set, read } = watched();
  const histogram = set.histogram('store_fetch_duration_seconds', fetches);
  read();
  for (let n = 0; n < 19; n++) histogram.observe(0.02);
  expect(read().values).toMatchObject({ [rate]: 19, [p50]: Number.NaN, [p95]: Number.NaN });
  for (let n = 0; n < 20; n++) histogram.observe(0.02);
  expect(read().values[p50]).toBeCloseTo(0.0175, 12);
  expect(read().values).toMatchObject({ [rate]: 0, [p50]: Number.NaN });
});

test('a bucket that fell makes the whole tick no evidence, and the next one counts again', () => {
  const { set, read } = watched();
  const histogram = set.histogram('store_fetch_duration_seconds', fetches);
  const merged = new Array(16).fill(0);
  for (let n = 0; n < 50; n++) histogram.observe(0.02);
  read();
  histogram.merge(merged.with(0, 40).with(8, -10), 0);
  expect(read().values).toMatchObject({ [rate]: Number.NaN, [p50]: Number.NaN, [p95]: Number.NaN });
  for (let n = 0; n < 20; n++) histogram.observe(0.02);
  expect(read().values[rate]).toBe(20);
});

test('metrics that began anew take their old places and count from their second tick on', () => {
  const { set, read } = watched();
  set.counter('events_dropped_total', { reason: 'ring_full' }).add(5);
  read();
  set.registry.resetMetrics();
  expect(read().values[dropped]).toBeNaN();
  const again = set.counter('events_dropped_total', { reason: 'ring_full' });
  // More than before the reset: only that it is another series tells of it.
  again.add(9);
  const { values, added } = read();
  expect(values[dropped]).toBeNaN();
  expect(added).toEqual([]);
  again.add(2);
  expect(read().values[dropped]).toBe(2);
});

test('a gauge that was removed reads as nothing until it is back in its place', () => {
  const { set, read } = watched();
  const labels = { strategy: 'blend', catalog: 'shoes' };
  const name = 'catalog_coverage_ratio level{blend,shoes}';
  set.gauge('catalog_coverage_ratio', labels).set(0.4);
  expect(read().values[name]).toBe(0.4);
  set.remove('catalog_coverage_ratio', labels);
  expect(read().values[name]).toBeNaN();
  set.gauge('catalog_coverage_ratio', labels).set(0.3);
  const { values, added } = read();
  expect(values[name]).toBe(0.3);
  expect(added).toEqual([]);
});

test('after a gap counts and quantiles are no evidence, levels are, and the next tick counts anew', () => {
  const { set, read } = watched({ tickSeconds: 10 });
  const counter = set.counter('events_dropped_total', { reason: 'ring_full' });
  const histogram = set.histogram('store_fetch_duration_seconds', fetches);
  const lag = set.gauge('ring_lag_seconds');
  lag.set(1);
  read(10);
  const happen = () => {
    counter.add(60);
    for (let n = 0; n < 60; n++) histogram.observe(0.02);
  };
  happen();
  expect(read(31).values).toMatchObject({
    [dropped]: Number.NaN,
    [rate]: Number.NaN,
    [p50]: Number.NaN,
    'ring_lag_seconds level': 1,
  });
  happen();
  expect(read(10).values).toMatchObject({ [dropped]: 60, [rate]: 60 });
  happen();
  const uneven = read(20).values;
  expect(uneven).toMatchObject({ [dropped]: 30, [rate]: 30 });
  expect(uneven[p50]).toBeCloseTo(0.0175, 12);
});

test('a series is told of once, with its labels, kind and the way that is worth an alarm', () => {
  const { set, read } = watched();
  set.counter('events_dropped_total', { reason: 'ring_full' }).add(1);
  set.gauge('session_freshness_ratio', { segment: 'poland' }).set(1);
  set.histogram('store_fetch_duration_seconds', fetches).observe(1);
  const told = read().added.filter(({ labels }) => Object.keys(labels).length > 0);
  const shape = { measure: undefined, labels: { store: 'redis', outcome: 'ok' } };
  expect(told).toEqual([
    { ...shape, name: 'store_fetch_duration_seconds rate', kind: 'count', direction: 'both' },
    { ...shape, name: 'store_fetch_duration_seconds p50', kind: 'level', direction: 'up' },
    { ...shape, name: 'store_fetch_duration_seconds p95', kind: 'level', direction: 'up' },
    {
      name: 'events_dropped_total rate',
      labels: { reason: 'ring_full' },
      kind: 'count',
      direction: 'up',
      measure: undefined,
    },
    {
      name: 'session_freshness_ratio level',
      labels: { segment: 'poland' },
      kind: 'level',
      direction: 'down',
      measure: undefined,
    },
  ]);
  expect(read().added).toEqual([]);
});

test('metrics that are not to be watched are not', () => {
  const { set, read } = watched();
  set.gauge('model_age_seconds', { model: 'popular' }).set(5);
  set.gauge('build_info', { version: '1', node: '24' }).set(1);
  expect(Object.keys(read().values).filter((name) => /^(model_age|build_info)/.test(name))).toEqual(
    [],
  );
});

test('series beyond the room are left out and counted, and the ones before them stay', () => {
  const { set, source, read } = watched({ maxSeries: 20 });
  const fixed = Object.keys(read().values).length;
  for (let n = 0; n < 30; n++) set.counter('model_failures_total', { model: `m${n}`, code: 'x' });
  const first = read();
  expect(Object.keys(first.values).length).toBe(20);
  expect(source.leftOut).toBe(30 - (20 - fixed));
  expect(read().added).toEqual([]);
  expect(source.leftOut).toBe(30 - (20 - fixed));
  set.counter('model_failures_total', { model: 'm0', code: 'x' }).add(4);
  expect(read().values['model_failures_total rate{m0,x}']).toBe(4);
});

test('a histogram finds room for all its statistics or none', () => {
  const { set, source, read } = watched();
  const fixed = Object.keys(read().values).length;
  const narrow = createMetricSeries(set, { maxSeries: fixed + 2 });
  set.histogram('store_fetch_duration_seconds', fetches);
  expect(narrow.read(30).values.length).toBe(fixed);
  expect(narrow.leftOut).toBe(3);
  source.read(30);
  expect(source.leftOut).toBe(0);
});

test('whatever labels appear and whatever is counted, each series tells its own counts', () => {
  const step = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.nat({ max: 1e6 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const { set, read } = watched();
      const seen = new Set<string>();
      for (const amounts of steps) {
        const known = new Set(seen);
        for (const [reason, amount] of Object.entries(amounts)) {
          set.counter('events_dropped_total', { reason }).add(amount);
          seen.add(reason);
        }
        const { values } = read();
        for (const reason of seen) {
          const amount = Object.hasOwn(amounts, reason) ? amounts[reason] : 0;
          const expected = known.has(reason) ? amount : Number.NaN;
          expect(values[`events_dropped_total rate{${reason}}`]).toBe(expected);
        }
      }
    }),
    { numRuns: 50 },
  );
});
