import { describe, expect, test } from 'vitest';
import { annotationsOf } from '../../../src/provisioning/dashboards/annotations.ts';
import { dashboardsOf } from '../../../src/provisioning/dashboards/index.ts';
import { tableMetrics } from '../../../src/provisioning/source/metric-definition.ts';
import { knownSeries } from '../known-series.ts';
import { readPromQL } from '../promql-labels.ts';
import { namesIn } from '../promql-names.ts';
import {
  definitions,
  inspectionDashboards,
  placeholdersOf,
  questionsOf,
} from './every-dashboard.ts';

describe.each(Object.entries(definitions))('of a definition %s', (_, definition) => {
  const known = knownSeries(definition);
  const dashboards = dashboardsOf(definition);
  const questions = questionsOf(dashboards);

  test('every panel asks for series and labels that there are', () => {
    const mistakes = questions.flatMap(({ where, query }) =>
      readPromQL(query.expr, known).mistakes.map((mistake) => `${where}: ${mistake}`),
    );
    expect(mistakes).toEqual([]);
  });

  test('every variable takes its values from a label that there is', () => {
    const mistakes = dashboards.flatMap(({ key, variables }) =>
      variables.flatMap(({ name, values: { selector, label } }) => {
        const { labels, mistakes: wrong } = readPromQL(selector, known);
        return labels.has(label) ? wrong : [...wrong, `${key}/${name}: no label ${label}`];
      }),
    );
    expect(mistakes).toEqual([]);
  });

  test('every annotation asks for what there is and says labels that it has', () => {
    const mistakes = annotationsOf(definition).flatMap(({ key, expr, title, text }) => {
      const { labels, mistakes: wrong } = readPromQL(expr, known);
      const said = placeholdersOf(title + text).filter((label) => !labels.has(label));
      return [...wrong, ...said.map((label) => `${key}: no label ${label}`)];
    });
    expect(mistakes).toEqual([]);
  });

  test('legends and columns name labels that the answer has', () => {
    const mistakes = questions.flatMap(({ where, panel, query }) => {
      const { labels } = readPromQL(query.expr, known);
      // Heatmaps name their buckets, and values of tables have names of their own.
      const columns = Object.keys(panel.columns ?? {}).filter((key) => /^[a-z_]+$/.test(key));
      const said = [...placeholdersOf(query.legend ?? ''), ...columns];
      return said.filter((label) => !labels.has(label)).map((label) => `${where}: ${label}`);
    });
    expect(mistakes).toEqual([]);
  });

  test('lines of a panel can be told apart', () => {
    const mistakes = questions.flatMap(({ where, panel, query }) => {
      const { labels } = readPromQL(query.expr, known);
      if (panel.shape === 'table' || panel.shape === 'alerts') return [];
      const said = new Set(placeholdersOf(query.legend ?? ''));
      // Who asks for one service in one place needs no name of either.
      const different = labels.difference(new Set([...said, 'job', 'environment']));
      return [...different].map((label) => `${where}: ${label} is in no legend`);
    });
    expect(mistakes).toEqual([]);
  });

  test('a dashboard shows what its variables choose and nothing else', () => {
    const own = inspectionDashboards(definition);
    const mistakes = questionsOf(own).flatMap(({ where, dashboard, query }) => {
      const chosen = ['job', 'instance', ...dashboard.variables.map(({ name }) => name)];
      const { labels } = namesIn(query.expr);
      return [...labels].flatMap(([metric, matched]) => {
        // Spans are told apart by their service: the collector is their target.
        if (metric.startsWith('traces_')) return [];
        const series = known.get(metric)!;
        return chosen
          .filter((name) => series.has(name) && !matched.has(name))
          .map((name) => `${where}: ${metric} without ${name}`);
      });
    });
    expect(mistakes).toEqual([]);
  });

  test('a window of a fixed length has its reason in the description', () => {
    const words: Readonly<Record<string, string>> = { h: 'hour', d: 'day' };
    const mistakes = questionsOf(inspectionDashboards(definition)).flatMap(
      ({ where, panel, query }) =>
        [...query.expr.matchAll(/\[(\d+)([a-z]+)/g)]
          .filter(([, , unit]) => !panel.description.includes(words[unit] ?? unit))
          .map(([window]) => `${where}: ${window}]`),
    );
    expect(mistakes).toEqual([]);
  });

  test('latencies show the requests behind them, where a request leaves its trace', () => {
    const traced = /(?:request_duration|stage_duration)_seconds_bucket/;
    const blind = questionsOf(inspectionDashboards(definition)).filter(
      // Scrapes have no trace.
      ({ query: { expr, hasExemplars } }) =>
        traced.test(expr) && !expr.includes('http_route="/metrics"') && !hasExemplars,
    );
    expect(blind.map(({ where }) => where)).toEqual([]);
  });

  test('every series of a plugin has a panel', () => {
    const shown = questions.flatMap(({ query }) => [...namesIn(query.expr).metrics]);
    for (const { name } of definition.ownMetrics) {
      expect(shown.some((metric) => metric.startsWith(name))).toBe(true);
    }
  });
});

test('every series of the table is on some dashboard', () => {
  const questions = questionsOf(dashboardsOf(definitions['as shipped']));
  const shown = new Set(questions.flatMap(({ query }) => [...namesIn(query.expr).metrics]));
  const unseen = tableMetrics()
    .map(({ name }) => name)
    .filter((name) => !['', '_bucket', '_sum', '_count'].some((part) => shown.has(name + part)));
  expect(unseen).toEqual([]);
});
