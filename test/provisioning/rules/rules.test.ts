import { describe, expect, test } from 'vitest';
import { alertsBySeries } from '../../../src/provisioning/rules/alerts-by-series.ts';
import { type RecordedName, recordedSeries } from '../../../src/provisioning/rules/recorded.ts';
import type { RuleGroup } from '../../../src/provisioning/rules/rule.ts';
import { alertsOf, isAlert, ruleGroupsOf } from '../../../src/provisioning/rules/rule-groups.ts';
import type { MetricRow } from '../../../src/telemetry/metric-row.ts';
import { exposedName, type MetricName, metricTable } from '../../../src/telemetry/metrics.ts';
import { knownSeries } from '../known-series.ts';
import { readPromQL } from '../promql-labels.ts';
import { namesIn } from '../promql-names.ts';
import { definitions, promisedDefinition } from './promised-definition.ts';

const rulesOf = (groups: readonly RuleGroup[]) => groups.flatMap(({ rules }) => rules);
const labelsSaid = (text: string) =>
  [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);

describe.each(Object.entries(definitions))('rules of a definition %s', (_, definition) => {
  const groups = ruleGroupsOf(definition);
  const all = [...groups.recording, ...groups.objectives, ...groups.symptoms];
  const alerts = alertsOf(groups);
  const known = knownSeries(definition);
  const place = ['job', ...(definition.environment === undefined ? [] : ['environment'])];

  test('every expression asks for series and labels that there are', () => {
    const mistakes = rulesOf(all).flatMap((rule) => readPromQL(rule.expr, known).mistakes);
    expect(mistakes).toEqual([]);
  });

  test('every selector is of the service', () => {
    for (const { expr } of rulesOf(all)) {
      for (const labels of namesIn(expr).labels.values())
        expect([...labels]).toEqual(expect.arrayContaining(place));
    }
  });

  test('what is recorded has the labels that the table says, and those of the service', () => {
    for (const rule of rulesOf(all)) {
      if (isAlert(rule)) continue;
      const { labels } = readPromQL(rule.expr, known);
      const made = new Set([...labels, ...Object.keys(rule.labels ?? {})]);
      const allowed = new Set([...recordedSeries[rule.record as RecordedName].labels, ...place]);
      expect([rule.record, ...made.difference(allowed)]).toEqual([rule.record]);
      expect([...made]).toEqual(expect.arrayContaining(place));
    }
  });

  test('every alert says of which service it is', () => {
    for (const { alert, expr } of alerts) {
      const { labels } = readPromQL(expr, known);
      expect([alert, ...place.filter((label) => !labels.has(label))]).toEqual([alert]);
    }
  });

  test('descriptions name labels that their alert has', () => {
    for (const { alert, expr, description } of alerts) {
      const { labels } = readPromQL(expr, known);
      const missing = labelsSaid(description).filter((label) => !labels.has(label));
      expect([alert, ...missing]).toEqual([alert]);
    }
  });

  test('no label of an alert changes with its value', () => {
    for (const { labels = {} } of alerts) expect(Object.values(labels).join()).not.toContain('{{');
  });

  test('names of alerts and severities tell rules apart, names of groups tell groups apart', () => {
    const keys = alerts.map(({ alert, severity }) => `${alert} ${severity}`);
    expect(keys).toEqual([...new Set(keys)]);
    const names = all.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    for (const name of names)
      expect(name).toContain(
        [definition.service, definition.environment].filter(Boolean).join('-'),
      );
  });

  test('alerts are written as operators expect them', () => {
    for (const { alert, severity, summary, description } of alerts) {
      expect(alert).toMatch(/^Sightline(?:[A-Z][a-z]+)+$/);
      expect(severity).toMatch(/^(?:critical|warning|info|none)$/);
      expect(summary).toMatch(/^[A-Z][^{}]*\.$/);
      expect(description).toMatch(/^[^{}]*\{\{[\s\S]*\.$|^\{\{[\s\S]*\.$/);
    }
  });

  test('intervals are whole seconds and leave no gap in what is recorded', () => {
    for (const { intervalSeconds } of all) {
      expect(Number.isInteger(intervalSeconds)).toBe(true);
      expect(intervalSeconds).toBeGreaterThan(0);
      // Prometheus takes a sample for gone after five minutes.
      expect(intervalSeconds).toBeLessThan(300);
    }
  });
});

describe('of what promises everything', () => {
  const groups = ruleGroupsOf(promisedDefinition());
  const all = [...groups.recording, ...groups.objectives, ...groups.symptoms];

  test('every recorded series has a rule, and every rule a recorded series', () => {
    const recorded = rulesOf(all).flatMap((rule) => (isAlert(rule) ? [] : rule.record));
    expect(new Set(recorded)).toEqual(new Set(Object.keys(recordedSeries)));
  });

  test('every key metric and every series that is worth an alert has one', () => {
    const alerted = alertsBySeries(all);
    const wanted = (Object.entries(metricTable) as [MetricName, MetricRow][]).filter(
      ([, { key, alert }]) => key !== undefined || alert !== undefined,
    );
    const without = wanted.map(([name]) => exposedName(name)).filter((name) => !alerted.has(name));
    expect(without).toEqual([]);
  });

  test('an alert on a recorded series is one on what it is made of', () => {
    const alerted = alertsBySeries(all);
    expect(alerted.get('sightline_feature_age_seconds')).toEqual([
      'SightlineFreshnessBudgetBurn',
      'SightlineFeaturesStale',
    ]);
    expect(alerted.get('sightline_build_info')).toEqual(['SightlineVersionsDiffer']);
    expect(alerted.has('sightline_store_rows')).toBe(false);
  });

  test('somebody is woken only for what people feel now', () => {
    const critical = alertsOf(groups).filter(({ severity }) => severity === 'critical');
    expect(critical.map(({ alert }) => alert)).toEqual([
      'SightlineAvailabilityBudgetBurn',
      'SightlineLatencyBudgetBurn',
      'SightlineNonEmptyBudgetBurn',
      'SightlineAnswersFailing',
      'SightlineNoTraffic',
      'SightlineDown',
    ]);
  });

  test('the watchdog alone has no traffic in which it is silent', () => {
    const always = alertsOf(groups).filter(({ proof }) => proof.silent === undefined);
    expect(always.map(({ alert, severity }) => [alert, severity])).toEqual([
      ['SightlineWatchdog', 'none'],
    ]);
  });
});
