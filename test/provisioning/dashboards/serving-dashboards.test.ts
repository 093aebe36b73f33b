import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, test } from 'vitest';
import { catalog } from '../../../src/provisioning/dashboards/catalog.ts';
import type { Dashboard, Panel, Query } from '../../../src/provisioning/dashboards/dashboard.ts';
import { overview } from '../../../src/provisioning/dashboards/overview.ts';
import { pipelineStage } from '../../../src/provisioning/dashboards/pipeline-stage.ts';
import { segment } from '../../../src/provisioning/dashboards/segment.ts';
import { strategy } from '../../../src/provisioning/dashboards/strategy.ts';
import { strategyComparison } from '../../../src/provisioning/dashboards/strategy-comparison.ts';
import { recordedSeries } from '../../../src/provisioning/rules/recorded.ts';
import type { Definition } from '../../../src/provisioning/source/definition.ts';
import { tableMetrics } from '../../../src/provisioning/source/metric-definition.ts';
import { exampleDefinition } from '../example-definition.ts';

const makers = [overview, pipelineStage, strategy, strategyComparison, segment, catalog];
const known = [
  ...['overview', 'pipeline-stage', 'strategy', 'strategy-comparison', 'segment', 'catalog'],
  ...['freshness', 'drift', 'experiments', 'anomalies', 'runtime', 'telemetry-health'],
];

const example = exampleDefinition();
const bare: Definition = {
  ...example,
  works: example.works.map((work) => ({
    ...work,
    slo: {},
    models: [],
    stages: work.stages.map((stage) => ({ ...stage, budgetMs: undefined, slo: {} })),
  })),
  experiments: [],
  segments: [],
  models: [],
};
const definitions: readonly (readonly [string, Definition])[] = [
  ['the shipped configuration', example],
  ['an environment', { ...example, environment: 'staging' }],
  ['no objectives, experiments, segments or models', bare],
];

const panelsOf = (dashboard: Dashboard) => dashboard.rows.flatMap(({ panels }) => panels);
const promqlOf = ({ queries }: Panel) => queries.filter(({ source }) => source === undefined);

/** Variables of Grafana replaced by what they may be, as Grafana does before it asks. */
const asked = (expr: string) =>
  expr.replaceAll(/\$__(?:rate_interval|range)/g, '5m').replaceAll(/\$\w+/g, 'value');

function syntaxErrors(expr: string): number {
  let errors = 0;
  parser.parse(asked(expr)).iterate({
    enter: ({ type }) => {
      if (type.isError) errors += 1;
    },
  });
  return errors;
}

/** The series of an expression: metric, its labels and its matchers. */
function seriesIn(expr: string) {
  return [...expr.matchAll(/([a-z_]+(?::[a-z0-9_:]+)?)\{([^}]*)\}/g)].map(([, name, matchers]) => ({
    labels: labelsOf.get(name) ?? labelsOf.get(name.replace(/_(?:bucket|sum|count)$/, '')),
    matchers,
  }));
}

const labelsOf = new Map<string, readonly string[]>([
  ...tableMetrics().map(({ name, labels }) => [name, labels] as const),
  ...Object.entries(recordedSeries).map(([name, { labels }]) => [name, labels] as const),
]);

describe.each(definitions)('with %s', (_, definition) => {
  const dashboards = makers.map((make) => make(definition));

  test.each(dashboards)('$key has panels with keys of their own', (dashboard) => {
    const keys = panelsOf(dashboard).map(({ key }) => key);
    expect(keys.length).toBeGreaterThan(5);
    expect(keys).toEqual([...new Set(keys)]);
  });

  test.each(dashboards)('every panel of $key says what it shows', (dashboard) => {
    for (const panel of panelsOf(dashboard)) {
      const { key, title, description, unit, shape, queries, text } = panel;
      expect([key, title === '', description.length < 20]).toEqual([key, false, false]);
      expect([key, unit === undefined]).toEqual([key, false]);
      expect([key, shape === 'text' ? text !== undefined : queries.length > 0]).toEqual([
        key,
        true,
      ]);
    }
  });

  test.each(dashboards)('the lines of $key fill the 24 columns', (dashboard) => {
    for (const { title, panels } of dashboard.rows) {
      let column = 0;
      for (const { width } of panels) {
        column += width;
        expect([title, column <= 24]).toEqual([title, true]);
        if (column === 24) column = 0;
      }
      expect([title, column]).toEqual([title, 0]);
    }
  });

  test.each(dashboards)('every expression of $key is PromQL and whole', (dashboard) => {
    for (const panel of panelsOf(dashboard)) {
      for (const { expr } of promqlOf(panel)) {
        expect([panel.key, syntaxErrors(expr)]).toEqual([panel.key, 0]);
        expect(expr).not.toMatch(/NaN|undefined|Infinity|[^!]=~?""/);
      }
    }
  });

  test.each(dashboards)('the links of $key lead to dashboards there are', (dashboard) => {
    for (const { key, links = [] } of panelsOf(dashboard)) {
      for (const { to } of links) {
        if (typeof to === 'object')
          expect([key, known.includes(to.dashboard)]).toEqual([key, true]);
      }
    }
  });

  test.each(dashboards)('what a link of $key takes from a point is a label there', (dashboard) => {
    for (const panel of panelsOf(dashboard)) {
      const taken = (panel.links ?? []).flatMap(({ set = {} }) =>
        Object.values(set).flatMap((value) => /labels\.(\w+)/.exec(value)?.[1] ?? []),
      );
      for (const label of taken) {
        const without = promqlOf(panel).filter((query) => !hasLabel(query, label));
        expect([panel.key, without]).toEqual([panel.key, []]);
      }
    }
  });

  test.each(dashboards)('$key asks only for what its variables choose', (dashboard) => {
    for (const { title, panels } of dashboard.rows) {
      for (const panel of panels) {
        // One work each, and all stages in their order, whatever is chosen.
        if (title.startsWith('Objectives of ') || panel.key === 'funnel') continue;
        for (const { expr } of promqlOf(panel)) {
          expect([panel.key, unchosen(dashboard, expr)]).toEqual([panel.key, []]);
        }
      }
    }
  });

  test.each(dashboards)('exemplars of $key are asked of series that have them', (dashboard) => {
    const carriers = /(?:request_duration|stage_duration)_seconds_bucket|fallback_total/;
    for (const panel of panelsOf(dashboard)) {
      const wrong = panel.queries.filter(
        ({ expr, hasExemplars }) => hasExemplars && !carriers.test(expr),
      );
      expect([panel.key, wrong]).toEqual([panel.key, []]);
    }
  });
});

/** Whether the answers of a query have a label: they are grouped by it, recorded with it, or made with it. */
function hasLabel({ expr }: Query, label: string): boolean {
  const groups = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names]) => names.split(', '));
  if (groups.includes(label) || expr.includes(`, "${label}", "`)) return true;
  return /^(?:sort\()?sightline:/.test(expr) && seriesIn(expr)[0].labels!.includes(label);
}

/** Variables that an expression leaves out although its series have their label; sides of a comparison are one. */
function unchosen({ variables }: Dashboard, expr: string): string[] {
  const series = seriesIn(expr);
  return variables
    .filter(({ name, values: { label } }) => {
      const having = series.filter(({ labels }) => labels?.includes(label));
      const chosen = name === label ? [`$${name}`] : ['$baseline', '$candidate'];
      const isAsked = having.some(({ matchers }) =>
        chosen.some((variable) => matchers.includes(variable)),
      );
      return having.length > 0 && !isAsked;
    })
    .map(({ name }) => name);
}
