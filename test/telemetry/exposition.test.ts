import { spawnSync } from 'node:child_process';
import { Counter, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { expose } from '../../src/telemetry/exposition.ts';
import { prefersOpenMetrics } from '../../src/telemetry/exposition-format.ts';
import { createMetricSet } from '../../src/telemetry/metric-set.ts';
import { type MetricName, metricTable } from '../../src/telemetry/metrics.ts';
import { collectProcessMetrics } from '../../src/telemetry/process-metrics.ts';
import { canonicalNumber } from '../../src/telemetry/series/sample-text.ts';
import { testWith } from '../installed.ts';

const openMetrics = 'application/openmetrics-text; version=1.0.0';
const promtool = 'promtool';
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const clock = { now: () => 1_700_000_000_250, monotonic: () => 0 };

/** A set with one series in every metric of the table. */
function fullSet() {
  const set = createMetricSet({ clock });
  for (const [name, { type, labels }] of Object.entries(metricTable)) {
    const values = Object.fromEntries(labels.map((label) => [label, `a ${label}`]));
    if (type === 'counter') set.counter(name as 'fallback_total', values as never).add(2, traceId);
    if (type === 'gauge') set.gauge(name as 'cold_items', values as never).set(0.5);
    if (type === 'histogram') {
      set.histogram(name as 'stage_candidates', values as never).observe(0.3, traceId);
    }
  }
  return set;
}

const block = (body: string, family: string) =>
  body
    .split('\n')
    .filter((line) => line.includes(family))
    .join('\n');

test('OpenMetrics carries units, exemplars and an end', async () => {
  const set = createMetricSet({ clock });
  set.counter('events_dropped_total', { reason: 'ring_full' }).add(3, traceId);
  const histogram = set.histogram('slate_diversity_ratio', { strategy: 'blend' });
  histogram.observe(0.25, traceId);
  histogram.observe(0.95);
  const { contentType, body } = await expose(set.registry, openMetrics);
  expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(block(body, 'sightline_events_dropped')).toBe(
    `# HELP sightline_events_dropped Telemetry events, spans and log lines that were lost, by reason
# TYPE sightline_events_dropped counter
sightline_events_dropped_total{reason="ring_full"} 3 # {trace_id="${traceId}"} 3 1700000000.25`,
  );
  expect(block(body, 'sightline_slate_diversity_ratio')).toBe(
    `# HELP sightline_slate_diversity_ratio Mean of (1 - cosine) / 2 over the pairs of items of a slate, 0 to 1
# TYPE sightline_slate_diversity_ratio histogram
# UNIT sightline_slate_diversity_ratio ratio
sightline_slate_diversity_ratio_bucket{strategy="blend",le="0.1"} 0
sightline_slate_diversity_ratio_bucket{strategy="blend",le="0.2"} 0
sightline_slate_diversity_ratio_bucket{strategy="blend",le="0.3"} 1 # {trace_id="${traceId}"} 0.25 1700000000.25
sightline_slate_diversity_ratio_bucket{strategy="blend",le="0.4"} 1
sightline_slate_diversity_ratio_bucket{strategy="blend",le="0.5"} 1
sightline_slate_diversity_ratio_bucket{strategy="blend",le="0.6"} 1
sightline_slate_diversity_ratio_bucket{strategy="blend",le="0.7"} 1
sightline_slate_diversity_ratio_bucket{strategy="blend",le="0.8"} 1
sightline_slate_diversity_ratio_bucket{strategy="blend",le="0.9"} 1
sightline_slate_diversity_ratio_bucket{strategy="blend",le="1.0"} 2
sightline_slate_diversity_ratio_bucket{strategy="blend",le="+Inf"} 2
sightline_slate_diversity_ratio_sum{strategy="blend"} 1.2
sightline_slate_diversity_ratio_count{strategy="blend"} 2`,
  );
  expect(body.endsWith('\n# EOF\n')).toBe(true);
});

test('text 0.0.4 is the default and carries neither exemplars nor units', async () => {
  const { contentType, body } = await expose(fullSet().registry);
  expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(body).toContain('# TYPE sightline_events_dropped_total counter\n');
  expect(body).toContain('sightline_events_dropped_total{reason="a reason"} 2\n');
  expect(body).not.toMatch(/trace_id|# UNIT|# EOF/);
});

test('a bucket keeps the exemplar of its last traced value', async () => {
  const set = createMetricSet({ clock });
  const histogram = set.histogram('slate_diversity_ratio', { strategy: 'blend' });
  histogram.observe(0.11, 'a'.repeat(32));
  histogram.observe(0.12, 'b'.repeat(32));
  histogram.observe(0.13, '');
  const { body } = await expose(set.registry, openMetrics);
  expect(body.match(/# \{trace_id.*/g)).toEqual([
    `# {trace_id="${'b'.repeat(32)}"} 0.12 1700000000.25`,
  ]);
});

test('the order of scrapes changes nothing, for our metrics and for those of prom-client', async () => {
  const make = () => {
    const { registry } = fullSet();
    new Counter({ name: 'plugin_calls_total', help: 'Calls', registers: [registry] }).inc(4);
    new Counter({ name: 'plugin_errors', help: 'Errors', registers: [registry] }).inc(1);
    return registry;
  };
  const first = make();
  const text = (await expose(first)).body;
  const open = (await expose(first, openMetrics)).body;
  const second = make();
  expect((await expose(second, openMetrics)).body).toBe(open);
  expect((await expose(second)).body).toBe(text);
  expect((await expose(second)).body).toBe(text);
  expect(text).toContain('# TYPE plugin_calls_total counter\nplugin_calls_total 4\n');
  expect(text).toContain('# TYPE plugin_errors_total counter\nplugin_errors_total 1\n');
  expect(open).toContain('# TYPE plugin_calls counter\nplugin_calls_total 4\n');
});

test('a render by prom-client in between changes nothing', async () => {
  const { registry } = fullSet();
  new Counter({ name: 'plugin_calls_total', help: 'Calls', registers: [registry] }).inc(4);
  const before = (await expose(registry)).body;
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  await registry.metrics();
  expect((await expose(registry)).body).toBe(before);
});

test('a histogram of prom-client keeps its exemplars and its bounds become floats', async () => {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const histogram = new Histogram<string>({
    name: 'plugin_seconds',
    help: 'A "quoted"\nhelp',
    buckets: [1, 2.5],
    labelNames: ['to'],
    enableExemplars: true,
    registers: [registry],
  });
  histogram.observe({ labels: { to: 'x' }, value: 2, exemplarLabels: { trace_id: traceId } });
  const { body } = await expose(registry, openMetrics);
  expect(body).toContain('# HELP plugin_seconds A \\"quoted\\"\\nhelp\n');
  expect(body).toContain('plugin_seconds_bucket{le="1.0",to="x"} 0\n');
  expect(body).toMatch(
    new RegExp(`plugin_seconds_bucket\\{le="2.5",to="x"\\} 1 # \\{trace_id="${traceId}"\\} 2 \\d+`),
  );
  expect((await expose(registry)).body).not.toContain('trace_id');
});

test('a metric that cannot be read is left out and the others are served', async () => {
  const { registry } = fullSet();
  new Counter({
    name: 'plugin_total',
    help: 'Broken',
    registers: [registry],
    collect: () => {
      throw new Error('broken');
    },
  });
  const { body } = await expose(registry);
  expect(body).not.toContain('plugin_total');
  expect(body).toContain('sightline_events_dropped_total');
});

test.for([
  [undefined, false],
  ['', false],
  ['*/*', false],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', false],
  ['text/plain', false],
  ['application/openmetrics-text', true],
  ['application/openmetrics-text; version=1.0.0; charset=utf-8', true],
  ['APPLICATION/OpenMetrics-Text;VERSION="1.0.0"', true],
  ['application/openmetrics-text;version=0.0.1', false],
  ['application/openmetrics-text;version=1.0.0;q=0', false],
  ['application/openmetrics-text;version=1.0.0;q=nonsense', false],
  ['application/openmetrics-text;q=0.4,text/plain;version=0.0.4;q=0.5', false],
  ['text/plain;version=0.0.4;q=0.5, application/openmetrics-text;q=0.5', true],
  ['application/openmetrics-text;q=0.5,*/*', false],
  // Prometheus 2.42 with native histograms.
  [
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    true,
  ],
  // Prometheus 3.
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    true,
  ],
] as const)('Accept %j prefers OpenMetrics: %j', ([accept, expected]) => {
  expect(prefersOpenMetrics(accept)).toBe(expected);
});

test('gauges that are named like counters are not taken over from prom-client', async () => {
  const registry = new Registry();
  collectProcessMetrics(registry);
  const { body } = await expose(registry);
  expect(body).not.toMatch(/nodejs_active_\w+_total/);
  expect(body).toContain('nodejs_eventloop_lag_seconds');
  expect(body).toContain('process_cpu_seconds_total');
});

test('bounds are written as the OpenMetrics specification lists them', () => {
  // OpenMetrics 1.0.0, "Considerations: Canonical Numbers".
  const canonical = [
    '0.0',
    '1.0',
    '1e-10',
    '1e-05',
    '0.0001',
    '0.01',
    '2.5',
    '100000.0',
    '1e+06',
    '1e+10',
  ];
  expect(canonical.map((text) => canonicalNumber(Number(text)))).toEqual(canonical);
  expect(canonicalNumber(1.5e7)).toBe('1.5e+07');
  expect(canonicalNumber(-3)).toBe('-3.0');
  expect(canonicalNumber(Number.POSITIVE_INFINITY)).toBe('+Inf');
});

testWith(promtool)('promtool accepts the exposition of every series', async () => {
  const set = fullSet();
  collectProcessMetrics(set.registry);
  const { body } = await expose(set.registry);
  const { stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
    input: body,
    encoding: 'utf8',
  });
  // Promtool takes every bit for a size of data; these two are information, whose base unit it is.
  const information: readonly MetricName[] = [
    'slate_novelty_bits',
    'session_freshness_entropy_bits',
  ];
  const complaints = (stdout + stderr).split('\n').filter((line) => line !== '');
  expect(complaints.sort()).toEqual(
    information.map((name) => `sightline_${name} use base unit "bytes" instead of "bits"`).sort(),
  );
});
