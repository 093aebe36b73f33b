import { describe, expect, test } from 'vitest';
import { exportFrame } from '../../../src/telemetry/otlp.ts';
import { maxRequestBytes, SpanWriter } from '../../../src/telemetry/otlp-span.ts';
import { outcomes, stageOutcomes } from '../../../src/telemetry/request-record.ts';
import { decodeSpans } from '../../telemetry/decode-spans.ts';
import { finishedRecord } from '../../telemetry/finished-record.ts';
import { exampleDefinition } from '../example-definition.ts';
import { mistakesIn } from './check-collector.ts';
import { type CollectorConfig, type Component, collectorConfig } from './collector-config.ts';

test('the generated configuration breaks no rule', () => {
  expect(mistakesIn(collectorConfig())).toEqual([]);
  expect(mistakesIn(collectorConfig({ environment: 'staging', scrapeSeconds: 1 }))).toEqual([]);
});

describe('a configuration is found out', () => {
  const broken: readonly [string, (config: CollectorConfig) => unknown, string][] = [
    ['of an old name', (c) => rename(c.exporters, 'otlp_http/loki', 'otlphttp/loki'), 'otlphttp'],
    ['with something unused', (c) => Object.assign(c.receivers, { prometheus: {} }), 'unused'],
    ['with a missing processor', (c) => delete c.processors['redaction/people'], 'is undefined'],
    ['with a connector that ends', (c) => delete c.service.pipelines['metrics/spans'], 'unused'],
    ['of no signal', (c) => rename(c.service.pipelines, 'logs', 'lines'), 'lines is no signal'],
    ['without a memory limit', (c) => inPipeline(c).shift(), 'does not begin with memory_limiter'],
    ['that lets everything in', (c) => inPipeline(c).pop(), 'without redaction'],
    ['that batches early', (c) => inPipeline(c).push('batch'), 'batches before the queue'],
    [
      'that samples too early',
      (c) => inPipeline(c).push('tail_sampling'),
      'samples before the series are made',
    ],
    [
      'that works on after sampling',
      (c) => c.service.pipelines['traces/sampled'].processors?.push('redaction/people'),
      'goes on after tail_sampling',
    ],
    [
      'that counts milliseconds',
      (c) => delete c.connectors.span_metrics.histogram.unit,
      'does not count in seconds',
    ],
    ['without exemplars', (c) => delete c.connectors.span_metrics.exemplars, 'no exemplars'],
    [
      'with series for ever',
      (c) => delete c.connectors.span_metrics.metrics_expiration,
      'no metrics_expiration',
    ],
    [
      'with a queue in memory',
      (c) => delete c.exporters['otlp_grpc/tempo'].sending_queue.storage,
      'no queue on disk',
    ],
    ['with no storage for queues', (c) => c.service.extensions.pop(), 'no queue on disk'],
    [
      'that sends spans one by one',
      (c) => delete c.exporters['otlp_grpc/tempo'].sending_queue.batch,
      'does not batch',
    ],
    [
      'that gives up',
      (c) => Object.assign(c.exporters['otlp_http/loki'], { retry_on_failure: {} }),
      'gives up',
    ],
    [
      'that listens to everybody',
      (c) => Object.assign(c.receivers.fluent_forward, { endpoint: '0.0.0.0:24224' }),
      'no variable replaces',
    ],
    [
      'whose default listens to everybody',
      (c) => Object.assign(c.extensions.health_check, { endpoint: `\${env:HOST:-0.0.0.0}:13133` }),
      '0.0.0.0 is not this machine',
    ],
    [
      'that sends elsewhere by default',
      (c) => Object.assign(c.exporters['otlp_http/loki'], { endpoint: 'https://logs.example' }),
      'no variable replaces',
    ],
    [
      'with a token in it',
      (c) =>
        Object.assign(c.exporters['otlp_http/loki'], { headers: { authorization: 'Bearer x' } }),
      'holds a secret',
    ],
  ];
  test.each(broken)('%s', (_, damage, found) => {
    const config = collectorConfig();
    damage(config);
    expect(mistakesIn(config).join('\n')).toContain(found);
  });
});

test('a token from the environment is no secret in the file', () => {
  const config = collectorConfig();
  config.exporters['otlp_http/loki'].headers = { authorization: `\${env:LOKI_TOKEN}` };
  expect(mistakesIn(config)).toEqual([]);
});

describe('of traces', () => {
  test('those over the objective of their own work are kept, or over its budget', () => {
    const [home, session] = exampleDefinition().works;
    const works = [
      { ...home, slo: { latencyP95Ms: 0.25 } },
      { ...session, slo: {}, budgetMs: 2000 },
    ];
    expect(policy(collectorConfig({ works }), 'slow').ottl_condition.span).toEqual([
      'span.attributes["sightline.work"] == "home" and span.end_time - span.start_time > Duration("250us")',
      'span.attributes["sightline.work"] == "session" and span.end_time - span.start_time > Duration("2s")',
    ]);
  });

  test('those of every outcome but ok are kept', () => {
    const { key, values } = policy(collectorConfig(), 'degraded').string_attribute;
    expect(key).toBe('sightline.outcome');
    const all = new Set<string>([...outcomes, ...stageOutcomes]);
    expect(new Set(values)).toEqual(all.difference(new Set(['ok'])));
  });

  test('those of dry runs are kept', () => {
    expect(policy(collectorConfig(), 'dry-runs').ottl_condition.span).toEqual([
      'span.attributes["sightline.dry_run"] != nil',
    ]);
  });

  test('of the rest one in twenty is kept', () => {
    expect(policy(collectorConfig(), 'share').probabilistic.sampling_percentage).toBe(5);
  });
});

test('redaction lets through what the gateway writes, but not the path that was asked for', () => {
  const { allowed_keys: allowed } = collectorConfig().processors['redaction/people'];
  const written = new Set([...attributesOf('ok'), ...attributesOf('failed')]);
  expect([...written].filter((key) => !allowed.includes(key))).toEqual(['url.path']);
});

test.each([
  'user.id',
  'enduser.id',
  'url.query',
  'url.full',
  'http.target',
  'http.request.header.authorization',
  'client.address',
  'db.query.text',
  'exception.message',
  'feature_flag.context.id',
])('redaction keeps %s from leaving', (key) => {
  const { allow_all_keys, allowed_keys } = collectorConfig().processors['redaction/people'];
  expect(allow_all_keys).toBe(false);
  expect(allowed_keys).not.toContain(key);
});

test.each(['alice@shop.example', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'])(
  'redaction blanks %s wherever it stands',
  (value) => {
    const { blocked_values: blocked } = collectorConfig().processors['redaction/people'];
    expect(blocked.some((pattern: string) => new RegExp(pattern).test(value))).toBe(true);
  },
);

test('probes and scrapes are left out, routes that begin alike are not', () => {
  const [condition] = collectorConfig().processors['filter/probes'].trace_conditions;
  const [, pattern] = /, "(.*)"\)$/.exec(condition)!;
  const probes = ['/healthz', '/readyz', '/metrics', '/livez'];
  const others = ['/metrics/1', '/v1/recommend/{work}', '/healthzz', '/control/metrics'];
  expect(probes.filter((route) => new RegExp(pattern).test(route))).toEqual(probes);
  expect(others.filter((route) => new RegExp(pattern).test(route))).toEqual([]);
});

test('series and logs say the environment where there is one', () => {
  const statements = (config: CollectorConfig) =>
    config.processors['transform/lines'].log_statements[0].statements;
  expect(statements(collectorConfig())).toEqual([
    'set(resource.attributes["service.name"], "sightline")',
  ]);
  expect(statements(collectorConfig({ service: 'shop', environment: 'staging' }))).toEqual([
    'set(resource.attributes["service.name"], "shop")',
    'set(resource.attributes["deployment.environment.name"], "staging")',
  ]);
});

test('span series are made as often as they are scraped', () => {
  const { connectors } = collectorConfig({ scrapeSeconds: 7 });
  expect(connectors.span_metrics.metrics_flush_interval).toBe('7s');
  expect(connectors.service_graph.metrics_flush_interval).toBe('7s');
});

const inPipeline = (config: CollectorConfig) => config.service.pipelines['traces/in'].processors!;

function rename(map: Record<string, unknown>, from: string, to: string): void {
  map[to] = map[from];
  delete map[from];
}

function policy(config: CollectorConfig, name: string): Component {
  return config.processors.tail_sampling.policies.find((entry: Component) => entry.name === name);
}

/** The names of all attributes on the spans of a request, with everything that may be on them. */
function attributesOf(ending: (typeof stageOutcomes)[number]): string[] {
  const record = finishedRecord();
  Object.assign(record, { anomaly: 'a-1', isDryRun: true, status: 500, errorType: 'SL_INTERNAL' });
  record.stageOutcome.fill(stageOutcomes.indexOf(ending));
  const writer = new SpanWriter();
  writer.setOrigin(0);
  const target = Buffer.alloc(maxRequestBytes);
  const end = writer.write(record, target, 0);
  const frame = exportFrame({ 'service.name': 'shop' }, { name: 'sightline', version: '1' });
  const spans = decodeSpans(Buffer.concat([frame.opening(end), target.subarray(0, end)]));
  return spans.flatMap(({ attributes }) => Object.keys(attributes));
}
