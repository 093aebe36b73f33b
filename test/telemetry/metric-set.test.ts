import fc from 'fast-check';
import { Counter } from 'prom-client';
import { expect, test } from 'vitest';
import { BucketCounts } from '../../src/signals/gathering/bucket-counts.ts';
import { expose } from '../../src/telemetry/exposition.ts';
import { createMetricSet, type MetricSet } from '../../src/telemetry/metric-set.ts';
import { metricTable } from '../../src/telemetry/metrics.ts';

const text = async (set: MetricSet) => (await expose(set.registry)).body;
const samples = async (set: MetricSet, name: string) =>
  (await text(set)).split('\n').filter((line) => line.startsWith(name));

const stage = (work: string) =>
  ({ work, stage: 'score', component: 'blend', outcome: 'ok' }) as const;

test('a histogram counts a value in its bucket and all higher ones', async () => {
  const set = createMetricSet();
  const histogram = set.histogram('feature_age_seconds', { store: 'redis' });
  for (const value of [0.5, 1, 1.5, 1e9]) histogram.observe(value);
  const lines = await samples(set, 'sightline_feature_age_seconds');
  expect(lines[0]).toBe('sightline_feature_age_seconds_bucket{store="redis",le="1.0"} 2');
  expect(lines[1]).toBe('sightline_feature_age_seconds_bucket{store="redis",le="10.0"} 3');
  expect(lines.slice(-3)).toEqual([
    'sightline_feature_age_seconds_bucket{store="redis",le="+Inf"} 4',
    'sightline_feature_age_seconds_sum{store="redis"} 1000000003',
    'sightline_feature_age_seconds_count{store="redis"} 4',
  ]);
});

test('histograms agree with counting by hand', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.float({ min: 0, max: 20, noNaN: true })), async (values) => {
      const set = createMetricSet();
      const histogram = set.histogram('slate_novelty_bits', { strategy: 'blend' });
      for (const value of values) histogram.observe(value);
      for (const line of await samples(set, 'sightline_slate_novelty_bits_bucket')) {
        const [, bound, count] = /le="(.+)"} (\d+)/.exec(line)!;
        const limit = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
        expect(Number(count)).toBe(values.filter((value) => value <= limit).length);
      }
    }),
    { numRuns: 30 },
  );
});

test('values counted elsewhere add up to the same histogram as values observed here', async () => {
  const values = fc.array(fc.float({ min: 0, max: 30, noNaN: true }));
  await fc.assert(
    fc.asyncProperty(values, values, async (here, elsewhere) => {
      const [merged, plain] = [createMetricSet(), createMetricSet()];
      const buckets = new BucketCounts('slate_novelty_bits');
      for (const value of elsewhere) buckets.add(value);
      const { counts, sum } = buckets.take();
      const bound = merged.histogram('slate_novelty_bits', { strategy: 'blend' });
      for (const value of here) bound.observe(value);
      bound.merge(counts, sum);
      const other = plain.histogram('slate_novelty_bits', { strategy: 'blend' });
      for (const value of [...here, ...elsewhere]) other.observe(value);
      const bucketsOf = (set: MetricSet) => samples(set, 'sightline_slate_novelty_bits_bucket');
      expect(await bucketsOf(merged)).toEqual(await bucketsOf(plain));
    }),
    { numRuns: 20 },
  );
});

test('counts that do not fit the buckets are left out and counted', async () => {
  const set = createMetricSet();
  const histogram = set.histogram('slate_novelty_bits', { strategy: 'blend' });
  histogram.merge([1, 2], 3);
  histogram.merge(new Array(14).fill(1), Number.NaN);
  expect(await samples(set, 'sightline_slate_novelty_bits_count')).toEqual([
    'sightline_slate_novelty_bits_count{strategy="blend"} 0',
  ]);
  expect(await samples(set, 'sightline_observations_rejected_total')).toEqual([
    'sightline_observations_rejected_total{metric="slate_novelty_bits"} 2',
  ]);
});

test('the same labels give the same series', async () => {
  const set = createMetricSet();
  expect(set.histogram('stage_duration_seconds', stage('home'))).toBe(
    set.histogram('stage_duration_seconds', stage('home')),
  );
  const { component, outcome, stage: name, work } = stage('home');
  expect(set.histogram('stage_duration_seconds', { outcome, component, work, stage: name })).toBe(
    set.histogram('stage_duration_seconds', stage('home')),
  );
});

test('values a series cannot take are left out and counted', async () => {
  const set = createMetricSet();
  const histogram = set.histogram('feature_age_seconds', { store: 'redis' });
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3]) {
    histogram.observe(value);
  }
  const counter = set.counter('events_dropped_total', { reason: 'ring_full' });
  for (const amount of [-1, Number.NaN, Number.POSITIVE_INFINITY, 2]) counter.add(amount);
  expect(await samples(set, 'sightline_feature_age_seconds_sum')).toEqual([
    'sightline_feature_age_seconds_sum{store="redis"} 3',
  ]);
  expect(await samples(set, 'sightline_events_dropped_total')).toEqual([
    'sightline_events_dropped_total{reason="ring_full"} 2',
  ]);
  expect(await samples(set, 'sightline_observations_rejected_total')).toEqual([
    'sightline_observations_rejected_total{metric="feature_age_seconds"} 3',
    'sightline_observations_rejected_total{metric="events_dropped_total"} 3',
  ]);
});

test('a gauge is not exposed before it has a value, and may be read at each scrape', async () => {
  const set = createMetricSet();
  const gauge = set.gauge('model_age_seconds', { model: 'popular' });
  expect(await samples(set, 'sightline_model_age_seconds')).toEqual([]);
  let age = 5;
  gauge.follow(() => age);
  age = 6;
  expect(await samples(set, 'sightline_model_age_seconds')).toEqual([
    'sightline_model_age_seconds{model="popular"} 6',
  ]);
  gauge.set(1);
  expect(await samples(set, 'sightline_model_age_seconds')).toEqual([
    'sightline_model_age_seconds{model="popular"} 1',
  ]);
});

test('a gauge that cannot be read is left out', async () => {
  const set = createMetricSet();
  set.gauge('model_age_seconds', { model: 'popular' }).follow(() => {
    throw new Error('gone');
  });
  set.gauge('model_age_seconds', { model: 'latest' }).set(3);
  expect(await samples(set, 'sightline_model_age_seconds')).toEqual([
    'sightline_model_age_seconds{model="latest"} 3',
  ]);
});

test('a removed gauge is gone and its label value has room for another', async () => {
  const set = createMetricSet({ maxLabelValues: 1 });
  for (const generation of ['g1', 'g2', 'g3']) {
    set.gauge('generation_info', { generation }).set(1);
    expect(await samples(set, 'sightline_generation_info')).toEqual([
      `sightline_generation_info{generation="${generation}"} 1`,
    ]);
    set.remove('generation_info', { generation });
  }
  expect(await samples(set, 'sightline_generation_info')).toEqual([]);
  expect(await samples(set, 'sightline_label_overflow_total')).toEqual([]);
});

test('label values beyond the cap become __other__ and are counted', async () => {
  const set = createMetricSet({ maxLabelValues: 2 });
  for (const reason of ['a', 'b', 'c', 'd', 'a']) {
    set.counter('events_dropped_total', { reason } as { reason: string }).add(1);
  }
  expect(await samples(set, 'sightline_events_dropped_total')).toEqual([
    'sightline_events_dropped_total{reason="a"} 2',
    'sightline_events_dropped_total{reason="b"} 1',
    'sightline_events_dropped_total{reason="__other__"} 2',
  ]);
  expect(await samples(set, 'sightline_label_overflow_total')).toEqual([
    'sightline_label_overflow_total{metric="events_dropped_total"} 2',
  ]);
});

test('whatever the labels are, a metric stays within its caps and loses no event', async () => {
  const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
  const label = fc.oneof(fc.string({ unit }), fc.constantFrom('a', 'b', '__proto__', ''));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(label, label)), async (pairs) => {
      const set = createMetricSet({ maxLabelValues: 3, maxSeries: 6 });
      for (const [model, code] of pairs)
        set.counter('model_failures_total', { model, code }).add(1);
      const lines = await samples(set, 'sightline_model_failures_total');
      expect(lines.length).toBeLessThanOrEqual(7);
      const total = lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
      expect(total).toBe(pairs.length);
      const models = new Set(lines.map((line) => /model="((?:[^"\\]|\\.)*)"/.exec(line)![1]));
      expect(models.size).toBeLessThanOrEqual(4);
    }),
    { numRuns: 25 },
  );
});

test('label sets beyond the cap share one series', async () => {
  const set = createMetricSet({ maxSeries: 2 });
  for (const model of ['a', 'b', 'c', 'd']) {
    set.counter('model_failures_total', { model, code: 'x' }).add(1);
  }
  expect(await samples(set, 'sightline_model_failures_total')).toEqual([
    'sightline_model_failures_total{model="a",code="x"} 1',
    'sightline_model_failures_total{model="b",code="x"} 1',
    'sightline_model_failures_total{model="__other__",code="__other__"} 2',
  ]);
});

test('dangerous label values are written safely', async () => {
  const set = createMetricSet();
  const values = ['__proto__', 'constructor', 'say "hi"\\', ' two\nlines\u0000 ', 'x'.repeat(500)];
  for (const reason of values) set.counter('events_dropped_total', { reason }).add(1);
  set.counter('events_dropped_total', { reason: '\ud800' }).add(1);
  expect(await samples(set, 'sightline_events_dropped_total')).toEqual([
    'sightline_events_dropped_total{reason="__proto__"} 1',
    'sightline_events_dropped_total{reason="constructor"} 1',
    'sightline_events_dropped_total{reason="say \\"hi\\"\\\\"} 1',
    'sightline_events_dropped_total{reason="two lines"} 1',
    `sightline_events_dropped_total{reason="${'x'.repeat(120)}"} 1`,
    'sightline_events_dropped_total{reason="\ufffd"} 1',
  ]);
  expect(({} as Record<string, unknown>).add).toBeUndefined();
});

test('the number of series is a series', async () => {
  const set = createMetricSet();
  const before = set.size();
  set.histogram('feature_age_seconds', { store: 'redis' }).observe(1);
  // Ten bounds, infinity, sum and count.
  expect(set.size()).toBe(before + 13);
  expect(await samples(set, 'sightline_series')).toEqual([`sightline_series ${before + 13}`]);
});

test('prom-client renders and resets the set as one of its own', async () => {
  const set = createMetricSet();
  const other = new Counter({ name: 'plugin_total', help: 'A plugin', registers: [set.registry] });
  other.inc(2);
  set.counter('events_dropped_total', { reason: 'ring_full' }).add(1, 'a'.repeat(32));
  set.histogram('slate_novelty_bits', { strategy: 'blend' }).observe(2);
  const rendered = await set.registry.metrics();
  expect(rendered).toContain('sightline_events_dropped_total{reason="ring_full"} 1');
  expect(rendered).toContain('sightline_slate_novelty_bits_bucket{strategy="blend",le="2.0"} 1');
  expect(rendered).toContain('sightline_slate_novelty_bits_count{strategy="blend"} 1');
  expect(rendered).toContain('plugin_total 2');
  set.registry.resetMetrics();
  expect(await samples(set, 'sightline_slate_novelty_bits_count')).toEqual([]);
});

test('wrong names and labels do not compile', () => {
  const set = createMetricSet();
  // @ts-expect-error no such metric
  expect(() => set.counter('fallbacks_total', {})).toThrow();
  // @ts-expect-error a histogram is not a counter
  set.counter('feature_age_seconds', { store: 'redis' });
  // @ts-expect-error no such label
  set.counter('events_dropped_total', { cause: 'ring_full' });
  // @ts-expect-error a label is missing
  set.gauge('catalog_coverage_ratio', { strategy: 'blend' });
  // @ts-expect-error the metric has labels
  set.counter('events_dropped_total');
  // @ts-expect-error the metric has no labels
  set.gauge('ring_lag_seconds', { work: 'home' });
});

test('the numbers of every live series can be read without text', () => {
  const set = createMetricSet();
  set.counter('events_dropped_total', { reason: 'a' }).add(3);
  set.gauge('feature_missing_ratio', { store: 'redis', feature: 'age' }).follow(() => 0.5);
  set.gauge('feature_missing_ratio', { store: 'redis', feature: 'sex' });
  const histogram = set.histogram('feature_age_seconds', { store: 'redis' });
  for (const value of [0.5, 1, 1.5, 1e9]) histogram.observe(value);
  const into = new Float64Array(12);
  const read = (metric: string, numbers: number) => {
    const found: [string, number[]][] = [];
    const family = set.families.find((one) => one.metric === metric)!;
    family.each((values, series) => {
      series.numbers(into);
      found.push([values.join(), [...into.subarray(0, numbers)]]);
    });
    return found;
  };
  expect(read('events_dropped_total', 1)).toEqual([['a', [3]]]);
  expect(read('feature_missing_ratio', 1)).toEqual([
    ['redis,age', [0.5]],
    ['redis,sex', [Number.NaN]],
  ]);
  expect(read('feature_age_seconds', 12)).toEqual([
    ['redis', [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1_000_000_003]],
  ]);
  expect(set.families.map(({ metric }) => metric)).toEqual(Object.keys(metricTable));
});
