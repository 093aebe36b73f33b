import { expect } from 'vitest';
import { catalog } from '../../../src/provisioning/dashboards/catalog.ts';
import type { Dashboard } from '../../../src/provisioning/dashboards/dashboard.ts';
import { overview } from '../../../src/provisioning/dashboards/overview.ts';
import { pipelineStage } from '../../../src/provisioning/dashboards/pipeline-stage.ts';
import { segment } from '../../../src/provisioning/dashboards/segment.ts';
import { testWith } from '../../installed.ts';
import { exampleDefinition } from '../example-definition.ts';
import { wrongAnswers } from '../promql-answers.ts';

const example = exampleDefinition();
const [home] = example.works;
const definition = {
  ...example,
  works: [
    {
      ...home,
      name: 'home',
      budgetMs: 100,
      slo: { availability: 0.99 },
      stages: [
        { name: 'retrieve', budgetMs: 10, slo: { latencyP99Ms: 5 } },
        { name: 'score', budgetMs: undefined, slo: {} },
      ],
    },
  ],
};

/** The expressions of a panel with their variables chosen. */
function exprsOf(dashboard: Dashboard, key: string, chosen: Record<string, string> = {}): string[] {
  const panel = dashboard.rows.flatMap(({ panels }) => panels).find((each) => each.key === key)!;
  return panel.queries.map(({ expr }) =>
    expr
      .replaceAll(/\$__(?:rate_interval|range)/g, '10m')
      .replaceAll(/\$(\w+)/g, (_, name) => chosen[name] ?? '.+'),
  );
}

const place = 'job="sightline", instance="a"';

function stageSeries(stage: string, within: Record<string, string>): Record<string, string> {
  const labels = `${place}, work="home", stage="${stage}", component="c", outcome="ok"`;
  const name = 'sightline_stage_duration_seconds';
  const buckets = Object.entries(within).map(([le, values]) => [
    `${name}_bucket{${labels}, le="${le}"}`,
    values,
  ]);
  return { ...Object.fromEntries(buckets), [`${name}_count{${labels}}`]: within['+Inf'] };
}

testWith('promtool')('runs over the budget of a stage are counted by its own or its work’s', () => {
  const series = {
    ...stageSeries('retrieve', { '0.01': '0+3x10', '0.1': '0+4x10', '+Inf': '0+4x10' }),
    ...stageSeries('score', { '0.01': '0+1x10', '0.1': '0+5x10', '+Inf': '0+10x10' }),
  };
  const [own, ofWork] = exprsOf(pipelineStage(definition), 'overruns');
  const [unchosen] = exprsOf(pipelineStage(definition), 'overruns', { stage: 'score' });
  expect(
    wrongAnswers({
      series,
      atMinutes: 10,
      expected: [
        { expr: own, answers: { '{stage="retrieve", work="home"}': 0.25 } },
        { expr: ofWork, answers: { '{stage="score", work="home"}': 0.5 } },
        { expr: unchosen, answers: {} },
      ],
    }),
  ).toBe('');
});

testWith('promtool')('budgets and promises of the chosen stages are drawn as lines', () => {
  const latency = (stage: string) =>
    exprsOf(pipelineStage(definition), 'latency', { stage }).slice(2);
  const [budget, promised] = latency('retrieve');
  expect(
    wrongAnswers({
      series: {
        ...stageSeries('retrieve', { '+Inf': '0+4x10' }),
        ...stageSeries('score', { '+Inf': '0+4x10' }),
      },
      atMinutes: 10,
      expected: [
        { expr: budget, answers: { '{stage="retrieve", work="home"}': 0.01 } },
        { expr: promised, answers: { '{stage="retrieve", work="home"}': 0.005 } },
        ...latency('score').map((expr) => ({ expr, answers: {} })),
      ],
    }),
  ).toBe('');
});

function requestSeries(labels: Record<string, string>): string {
  const all = { work: 'home', strategy: 's', segment: 'x', catalog: 'c', outcome: 'ok', ...labels };
  const pairs = Object.entries(all).map(([name, value]) => `${name}="${value}"`);
  return `sightline_request_duration_seconds_count{${[place, ...pairs].join(', ')}}`;
}

testWith('promtool')('a segment with few requests has no part in the fairness gap', () => {
  const [gap, greatest, least] = exprsOf(segment(definition), 'degraded-gap');
  expect(
    wrongAnswers({
      series: {
        [requestSeries({ segment: 'north' })]: '0+90x30',
        [requestSeries({ segment: 'north', outcome: 'fallback' })]: '0+10x30',
        [requestSeries({ segment: 'south' })]: '0+100x30',
        [requestSeries({ segment: 'few', outcome: 'empty' })]: '0+1x30',
      },
      atMinutes: 30,
      expected: [
        { expr: gap, answers: { '{}': 0.1 } },
        { expr: greatest, answers: { '{}': 0.1 } },
        { expr: least, answers: { '{}': 0 } },
      ],
    }),
  ).toBe('');
});

testWith('promtool')('availability is 1 without errors, and not said without requests', () => {
  const [availability] = exprsOf(overview(definition), 'home-availability');
  const at = (series: Record<string, string>, answers: Record<string, number>) =>
    wrongAnswers({ series, atMinutes: 10, expected: [{ expr: availability, answers }] });
  expect(at({ [requestSeries({})]: '0+60x10' }, { '{}': 1 })).toBe('');
  expect(
    at(
      {
        [requestSeries({})]: '0+60x10',
        [requestSeries({ strategy: '', segment: '', catalog: '', outcome: 'error' })]: '0+20x10',
      },
      { '{}': 0.75 },
    ),
  ).toBe('');
  expect(at({ [requestSeries({})]: '7x10' }, {})).toBe('');
});

testWith('promtool')('the drift of a catalogue shows all domains that it is a part of', () => {
  const [drift] = exprsOf(catalog(definition), 'drift', { catalog: 'hats|shoes' });
  const series = (source: string, target: string) =>
    `sightline_domain_drift_coefficient{${place}, source="${source}", target="${target}"}`;
  expect(
    wrongAnswers({
      series: {
        [series('hats', 'coats')]: '1',
        [series('coats', 'coats+shoes')]: '2',
        [series('coats', 'shoes+sale')]: '3',
        [series('coats', 'overshoes')]: '4',
        [series('coats', 'coats')]: '5',
      },
      atMinutes: 0,
      expected: [
        {
          expr: drift,
          answers: {
            '{source="hats", target="coats"}': 1,
            '{source="coats", target="coats+shoes"}': 2,
            '{source="coats", target="shoes+sale"}': 3,
          },
        },
      ],
    }),
  ).toBe('');
});
