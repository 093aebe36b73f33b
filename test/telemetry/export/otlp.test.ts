import { expect, test } from 'vitest';
import { expose } from '../../../src/telemetry/exposition.ts';
import { createMetricSet } from '../../../src/telemetry/metric-set.ts';
import { canonicalNumber } from '../../../src/telemetry/series/sample-text.ts';
import { type DecodedMetric, decodeMetrics } from './decode-metrics.ts';
import { fedSet } from './fed-set.ts';
import { openTestExport } from './open-test-export.ts';
import { type ExposedSample, parseExposition } from './parse-exposition.ts';
import { openReceiver, type Receiver } from './receiver.ts';

const otlp = ({ url }: Receiver, rest: object = {}) => ({
  backend: { kind: 'otlp', url: `${url}/v1/metrics`, ...rest },
});

/** Words that the compatibility specification appends for a unit. */
const unitWords: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };

/** The samples that Prometheus makes of OTLP, after the compatibility specification. */
function translated({ name, unit, type, isMonotonic, points }: DecodedMetric): ExposedSample[] {
  const word = unit === '1' && type === 'gauge' ? 'ratio' : unitWords[unit];
  const words = name.split('_').filter((one) => one !== 'total' || !isMonotonic);
  const full = [
    ...words,
    ...(word === undefined || words.includes(word) ? [] : [word]),
    ...(isMonotonic ? ['total'] : []),
  ].join('_');
  return points.flatMap(({ attributes: labels, ...point }) => {
    if (type !== 'histogram') return [{ name: full, labels, value: point.value }];
    let count = 0;
    const buckets = point.counts.map((inside, b) => {
      count += inside;
      const le = canonicalNumber(point.bounds[b] ?? Number.POSITIVE_INFINITY);
      return { name: `${full}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { name: `${full}_sum`, labels, value: point.sum },
      { name: `${full}_count`, labels, value: point.count },
    ];
  });
}

const byKey = (samples: readonly ExposedSample[]) =>
  new Map(
    samples.map(({ name, labels, value }) => [
      `${name}${JSON.stringify(Object.entries(labels).toSorted())}`,
      value,
    ]),
  );

test('the names, labels and values of a scrape come back from what is pushed', async () => {
  const receiver = await openReceiver();
  const { set, pushed } = openTestExport({ push: otlp(receiver), set: fedSet(createMetricSet()) });
  const { body } = await expose(set.registry);
  await pushed.flush();
  const metrics = decodeMetrics(receiver.received[0].body);
  const scraped = byKey(parseExposition(body));
  expect(scraped.size).toBeGreaterThan(500);
  expect(byKey(metrics.flatMap(translated))).toEqual(scraped);
});

test('names lose what a translation puts back, and units are those of UCUM', async () => {
  const receiver = await openReceiver();
  const { pushed } = openTestExport({ push: otlp(receiver), set: fedSet(createMetricSet()) });
  await pushed.flush();
  const metrics = decodeMetrics(receiver.received[0].body);
  const found = metrics.map(({ name, unit, type }) => `${name} ${unit} ${type}`);
  expect(found).toEqual(
    expect.arrayContaining([
      'sightline_request_duration s histogram',
      'http_server_request_duration s histogram',
      'sightline_fallback  sum',
      'sightline_feature_missing 1 gauge',
      // No suffix is put back for the ratio of a histogram, nor for bits.
      'sightline_slate_diversity_ratio 1 histogram',
      'sightline_slate_novelty_bits {bit} histogram',
      'sightline_model_size By gauge',
      'sightline_generation_published_timestamp s gauge',
    ]),
  );
  expect(metrics.filter(({ name }) => name.endsWith('_total'))).toEqual([]);
  expect(new Set(metrics.map(({ unit }) => unit))).toEqual(new Set(['', 's', 'By', '1', '{bit}']));
});

test('counters and histograms count from the start, under the resource and scope of the service', async () => {
  const receiver = await openReceiver();
  const { set, pushed, advance } = openTestExport({ push: otlp(receiver, { gzip: true }) });
  const counter = set.counter('fallback_total', {
    ...{ work: 'home', stage: 'score', reason: 'plugin.error' },
  });
  const seen = [];
  for (const amount of [2, 3]) {
    counter.add(amount);
    await advance(5);
    await pushed.flush();
    const metrics = decodeMetrics(receiver.received.at(-1)!.body);
    seen.push(metrics.find(({ name }) => name === 'sightline_fallback')!);
  }
  const [first, second] = seen;
  expect(second).toMatchObject({
    type: 'sum',
    temporality: 2,
    isMonotonic: true,
    description: 'Degradations that changed what was served, by stage and reason',
    scope: { name: 'sightline', version: '1.2.3' },
    resource: { 'service.name': 'shop', 'telemetry.sdk.language': 'nodejs' },
  });
  expect([first, second].map(({ points }) => points[0].value)).toEqual([2, 5]);
  const [a, b] = [first.points[0], second.points[0]];
  expect([a.atMs - a.startMs, b.atMs - b.startMs]).toEqual([5000, 10_000]);
  expect(receiver.received[0].headers).toMatchObject({
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
  });
});

test('only the headers of the destination are sent, not those of OTEL_EXPORTER_OTLP_HEADERS', async () => {
  const receiver = await openReceiver();
  const environment = {
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=of-the-traces,Authorization=Basic%20other',
    PUSH_TOKEN: 'mine',
  };
  const before = process.env.OTEL_EXPORTER_OTLP_HEADERS;
  // The exporter of OpenTelemetry reads the process, whatever it is handed.
  process.env.OTEL_EXPORTER_OTLP_HEADERS = environment.OTEL_EXPORTER_OTLP_HEADERS;
  try {
    const { pushed } = openTestExport({
      push: otlp(receiver, { tokenEnv: 'PUSH_TOKEN' }),
      environment,
    });
    await pushed.flush();
  } finally {
    if (before === undefined) delete process.env.OTEL_EXPORTER_OTLP_HEADERS;
    else process.env.OTEL_EXPORTER_OTLP_HEADERS = before;
  }
  const { headers } = receiver.received[0];
  expect(headers.authorization).toBe('Bearer mine');
  expect(JSON.stringify(headers)).not.toMatch(/of-the-traces|other/);
});

test('a refused push has failed, and the next one that works says so', async () => {
  const receiver = await openReceiver();
  const { pushed, facts } = openTestExport({ push: otlp(receiver) });
  receiver.answers.push([401], [401]);
  for (let k = 0; k < 3; k++) await pushed.flush();
  const outcomes = facts.flatMap(([name, fact]) =>
    name === 'metrics.pushed' ? [fact.outcome] : [],
  );
  expect(outcomes).toEqual(['failed', 'failed', 'delivered']);
  expect(facts.filter(([name]) => name.startsWith('destination.'))).toEqual([
    ['destination.failed', { destination: 'backend', reason: 'status 401' }],
    ['destination.recovered', { destination: 'backend' }],
  ]);
});

test('while a push lasts the next ones are skipped and counted, and then it goes on', async () => {
  const receiver = await openReceiver();
  const { facts, told, advance } = openTestExport({ push: otlp(receiver, { everySeconds: 2 }) });
  let answer = () => {};
  const asked = new Promise<void>((resolve) => {
    receiver.answers.push((response) => {
      answer = () => response.end();
      resolve();
    });
  });
  await advance(2);
  await asked;
  await advance(4);
  answer();
  expect(await told('metrics.pushed')).toMatchObject({ outcome: 'skipped' });
  expect(await told('metrics.pushed')).toMatchObject({ outcome: 'skipped' });
  expect(await told('metrics.pushed')).toMatchObject({ outcome: 'delivered', seconds: 4 });
  await advance(2);
  expect(await told('metrics.pushed')).toMatchObject({ outcome: 'delivered', seconds: 0 });
  expect(receiver.atOnce()).toBe(1);
  expect(facts.filter(([name]) => name === 'metrics.pushed')).toHaveLength(4);
});
