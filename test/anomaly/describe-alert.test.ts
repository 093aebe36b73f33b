import { expect, test } from 'vitest';
import { alertOf, summaryOf } from '../../src/anomaly/describe-alert.ts';
import { polandCause, slowPoland } from './anomaly-example.ts';

const links = {
  dashboard: 'https://grafana.test/d/sightline-anomalies',
  runbook: 'https://docs.test/runbook',
  trace: 'https://tempo.test/trace/',
};
const frame = { links, url: 'http://127.0.0.1:8081/control/anomalies/a1' };

test('an alert says what moved, where, how much that explains, and where to look', () => {
  const { labels, annotations, startsAtMs, endsAtMs, generatorUrl } = alertOf(slowPoland, frame);
  expect(labels).toEqual({
    alertname: 'SightlineAnomaly',
    measure: 'slow',
    direction: 'up',
    severity: 'warning',
    segment: 'poland',
  });
  expect(annotations).toEqual({
    summary: 'slow is up: segment=poland (83 % explained, 12.1 times as usual)',
    description:
      'slow of segment=poland is 0.4, expected about 0.0312; segment=poland: 120 where 9.9 was expected, 83 % of the change',
    cause: 'segment=poland',
    explained_share: '0.83',
    lattice: 'everything > segment=poland (83 %)',
    trace_ids: '4bf92f3577b34da6a3ce929d0e0e4736',
    trace_urls: 'https://tempo.test/trace/4bf92f3577b34da6a3ce929d0e0e4736',
    runbook_url: 'https://docs.test/runbook#slow',
    dashboard_url:
      'https://grafana.test/d/sightline-anomalies?from=1769845500000&to=now&var-segment=poland',
  });
  expect([startsAtMs, endsAtMs, generatorUrl]).toEqual([
    slowPoland.startedAtMs,
    undefined,
    frame.url,
  ]);
});

test('an alert keeps its labels when the cause is told better later', () => {
  const better = { ...polandCause, labels: { segment: 'poland', work: 'home' } };
  const { labels } = alertOf({ ...slowPoland, causes: [better] }, frame);
  expect(labels).toEqual(alertOf(slowPoland, frame).labels);
});

test('without a cause the alert says so, and without links it has none', () => {
  const anomaly = { ...slowPoland, causes: [], causeLabels: {}, isUnexplained: true, traceIds: [] };
  const { annotations } = alertOf(anomaly, { links: {}, url: '' });
  expect(Object.keys(annotations)).toEqual(['summary', 'description', 'cause']);
  expect(annotations.summary).toBe('slow is up: unexplained');
  expect(annotations.description).toContain('less than half of the change is explained');
});

test('fewer requests and more errors are critical, more requests are not', () => {
  const severity = (measure: string, direction: 'up' | 'down') =>
    alertOf({ ...slowPoland, measure, direction }, frame).labels.severity;
  expect(severity('requests', 'down')).toBe('critical');
  expect(severity('requests', 'up')).toBe('warning');
  expect(severity('errors', 'up')).toBe('critical');
});

test('a resolved alert carries its end', () => {
  const resolvedAtMs = slowPoland.startedAtMs + 1;
  const { endsAtMs, annotations } = alertOf(
    { ...slowPoland, state: 'resolved', resolvedAtMs },
    frame,
  );
  expect(endsAtMs).toBe(resolvedAtMs);
  expect(annotations.dashboard_url).toContain(`to=${resolvedAtMs}`);
});

test('what hardly happened before has no multiple, and all traffic is everything', () => {
  const cause = { ...polandCause, labels: {}, expected: 0.001, ratio: 120_000 };
  expect(summaryOf({ ...slowPoland, causes: [cause, polandCause] })).toBe(
    'slow is up: everything (83 % explained, next to none before) and 1 more',
  );
});
