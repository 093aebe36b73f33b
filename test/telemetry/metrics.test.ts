import { expect, test } from 'vitest';
import type { MetricRow } from '../../src/telemetry/metric-row.ts';
import { exposedName, type MetricName, metricTable } from '../../src/telemetry/metrics.ts';

const rows = Object.entries(metricTable) as [MetricName, MetricRow][];
const namesWhere = (wrong: (row: MetricRow, name: string) => boolean) =>
  rows.filter(([name, row]) => wrong(row, name)).map(([name]) => name);

test('the seventeen key metrics are there with their type and labels', () => {
  const keys = rows
    .filter(([, { key }]) => key !== undefined)
    .sort(([, a], [, b]) => a.key! - b.key!)
    .map(([name, { key, type, labels }]) => `${key} ${name} ${type} ${labels.join(' ')}`);
  expect(keys).toEqual([
    '1 request_duration_seconds histogram work strategy segment catalog outcome',
    '2 stage_duration_seconds histogram work stage component outcome',
    '3 stage_candidates histogram work stage direction',
    '4 fallback_total counter work stage reason',
    '5 store_fetch_duration_seconds histogram store outcome',
    '6 feature_missing_ratio gauge store feature',
    '7 feature_age_seconds histogram store',
    '8 events_dropped_total counter reason',
    '9 model_age_seconds gauge model',
    '10 ctr_prediction_error histogram strategy catalog',
    '11 catalog_coverage_ratio gauge strategy catalog',
    '12 slate_diversity_ratio histogram strategy',
    '13 slate_novelty_bits histogram strategy',
    '14 item_similarity_decay_rate histogram catalog',
    '15 session_freshness_entropy_bits histogram segment',
    '16 domain_drift_coefficient gauge source target',
    '17 experiment_allocation_ratio gauge experiment variant',
  ]);
});

test('what the signals measure beside the key metrics stands with the metric it explains', () => {
  const explained = new Set(rows.flatMap(([, { companion }]) => companion ?? []));
  expect([...explained]).toEqual([10, 11, 12, 14, 15, 16, 17]);
  const keys = rows.flatMap(([, { key }]) => key ?? []);
  expect([...explained].filter((companion) => !keys.includes(companion))).toEqual([]);
});

test('counters, and only counters, end in _total', () => {
  expect(namesWhere(({ type }, name) => (type === 'counter') !== name.endsWith('_total'))).toEqual(
    [],
  );
});

test('a unit is the last word of the name', () => {
  expect(namesWhere(({ unit }, name) => unit !== '' && !name.endsWith(`_${unit}`))).toEqual([]);
});

test('buckets belong to histograms and ascend', () => {
  expect(
    namesWhere(({ type, buckets }) => (type === 'histogram') !== (buckets !== undefined)),
  ).toEqual([]);
  expect(
    namesWhere(({ buckets = [] }) => buckets.some((bound, b) => b > 0 && bound <= buckets[b - 1])),
  ).toEqual([]);
});

test('names, labels and helps are well formed', () => {
  expect(namesWhere((_, name) => !/^[a-z][a-z_]*[a-z]$/.test(name))).toEqual([]);
  expect(namesWhere(({ labels }) => labels.some((label) => !/^[a-z][a-z_]*$/.test(label)))).toEqual(
    [],
  );
  expect(namesWhere(({ labels }) => new Set(labels).size !== labels.length)).toEqual([]);
  expect(namesWhere(({ help }) => !/^[A-Z].*[^.\s]$/.test(help))).toEqual([]);
  expect(namesWhere(({ panel }) => panel === '')).toEqual([]);
});

test('no label can hold an id of a user, an item, a session or a request', () => {
  expect(
    namesWhere(({ labels }) => labels.some((label) => /user|item|session|request_id/.test(label))),
  ).toEqual([]);
});

test('no two series share a family name once counters lose _total', () => {
  const families = rows.map(([name]) => exposedName(name).replace(/_total$/, ''));
  expect(new Set(families).size).toBe(families.length);
});

test('only the series of the HTTP conventions stand without the prefix', () => {
  expect(namesWhere(({ unprefixed }) => unprefixed === true)).toEqual([
    'http_server_request_duration_seconds',
  ]);
  expect(exposedName('fallback_total')).toBe('sightline_fallback_total');
});
