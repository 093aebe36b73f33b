import { expect, test } from 'vitest';
import { createQueries } from '../../src/provisioning/queries/create-queries.ts';

const q = createQueries({ matchers: ['job="sightline"'], window: '5m', keep: ['job'] });

test('a rate keeps the labels of the scope and those asked for', () => {
  expect(q.rate('fallback_total', { where: { work: 'home' }, by: ['reason'] })).toBe(
    'sum by (job, reason) (rate(sightline_fallback_total{job="sightline", work="home"}[5m]))',
  );
});

test('a matcher may bring its operator and is escaped', () => {
  expect(q.select('fallback_total', { work: '=~$work', stage: '!=score', reason: 'a "b"' })).toBe(
    'sightline_fallback_total{job="sightline", work=~"$work", stage!="score", reason="a \\"b\\""}',
  );
});

test('a quantile groups by bucket', () => {
  expect(q.quantile(0.95, 'stage_duration_seconds', { by: ['stage'], window: '1h' })).toBe(
    'histogram_quantile(0.95, sum by (job, le, stage) (rate(sightline_stage_duration_seconds_bucket{job="sightline"}[1h])))',
  );
});

test('the share within a bound of a bucket takes that bucket', () => {
  expect(q.within(1, 'request_duration_seconds')).toContain('le="1.0"}[5m])) / sum by (job)');
});

test('the share within a bound between two buckets is interpolated', () => {
  const expr = q.within(0.06, 'request_duration_seconds');
  expect(expr).toContain('le="0.05"}[5m])) * 0.6 + ');
  expect(expr).toContain('le="0.075"}[5m])) * 0.4) / ');
});

test('the share within a bound under the first bucket is a part of it', () => {
  expect(q.within(0.0005, 'request_duration_seconds')).toContain('le="0.001"}[5m])) * 0.5 / ');
});

test('the share within a bound over the last bucket is that of the last', () => {
  expect(q.within(60, 'request_duration_seconds')).toContain('le="5.0"}[5m])) / ');
});

test('a gauge is put together as asked', () => {
  expect(q.level('model_age_seconds', { of: 'max', by: ['model'] })).toBe(
    'max by (job, model) (sightline_model_age_seconds{job="sightline"})',
  );
});
