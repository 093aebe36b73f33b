import { expect, test } from 'vitest';
import { classicDashboard } from '../../../src/provisioning/grafana/classic.ts';
import { exampleContext, exampleDashboard } from './example-dashboard.ts';
import { lintDashboard, lintRules } from './lint-dashboard.ts';
import {
  type LintedDashboard,
  type LintedPanel,
  panelsOf,
  variablesOf,
} from './linted-dashboard.ts';

const clean = JSON.stringify(
  classicDashboard(
    { ...exampleDashboard(), rows: exampleDashboard().rows.slice(0, 1) },
    exampleContext([exampleDashboard()]),
  ),
);

type Edit = (dashboard: LintedDashboard) => void;

const panel =
  (type: string, edit: (panel: LintedPanel) => void): Edit =>
  (dashboard) =>
    edit(panelsOf(dashboard).find((candidate) => candidate.type === type)!);
const expr = (type: string, text: string): Edit =>
  panel(type, ({ targets = [] }) => {
    targets[0].expr = text;
  });
const variable =
  (name: string, different: object): Edit =>
  (dashboard) => {
    Object.assign(variablesOf(dashboard).find((candidate) => candidate.name === name)!, different);
  };
const place = 'job=~"$job", instance=~"$instance"';

/** For each rule, how a dashboard without a finding comes to break it. */
const breaches: Readonly<Record<string, readonly Edit[]>> = {
  'template-datasource-rule': [
    (dashboard) => {
      dashboard.templating = {
        list: variablesOf(dashboard).filter(({ type }) => type === 'query'),
      };
    },
    variable('tempo_datasource', { name: 'traces' }),
    variable('loki_datasource', { label: 'Logs' }),
  ],
  'template-job-rule': [
    variable('job', { name: 'service' }),
    variable('job', { datasource: { uid: 'sightline-prometheus' } }),
    variable('job', { type: 'custom' }),
    variable('job', { label: 'Service' }),
  ],
  'template-instance-rule': [
    variable('instance', { multi: false }),
    variable('instance', { allValue: '.*' }),
  ],
  'template-label-promql-rule': [
    variable('work', { query: 'label_values(up{, work)' }),
    variable('work', { query: 'values(up, work)' }),
  ],
  'template-on-time-change-reload-rule': [variable('work', { refresh: 1 })],
  'uneditable-dashboard': [
    (dashboard) => {
      delete dashboard.editable;
    },
  ],
  'panel-datasource-rule': [
    panel('timeseries', (broken) => {
      broken.datasource = { type: 'prometheus', uid: 'sightline-prometheus' };
    }),
  ],
  'panel-title-description-rule': [
    panel('stat', (broken) => {
      broken.description = '';
    }),
    panel('gauge', (broken) => {
      delete broken.title;
    }),
  ],
  'panel-units-rule': [
    panel('timeseries', (broken) => {
      broken.fieldConfig = { defaults: { unit: 'apples' } };
    }),
    panel('stat', (broken) => {
      delete broken.fieldConfig;
    }),
  ],
  'panel-no-targets-rule': [
    panel('table', (broken) => {
      delete broken.targets;
    }),
  ],
  'target-promql-rule': [expr('timeseries', 'rate('), expr('stat', '')],
  'target-logql-rule': [
    expr('logs', '{service_name="sightline" | json'),
    expr('logs', '{service_name="sightline} | json'),
    expr('logs', 'sightline'),
  ],
  'target-logql-auto-rule': [expr('logs', 'sum(rate({service_name="sightline"}[5m]))')],
  'target-rate-interval-rule': [expr('timeseries', `rate(a_total{${place}}[5m])`)],
  'target-job-rule': [
    expr('heatmap', 'sum(up{instance=~"$instance"})'),
    expr('heatmap', 'sum(up{job="$job", instance=~"$instance"})'),
  ],
  'target-instance-rule': [expr('bargauge', 'sum(up{job=~"$job"})')],
  'target-counter-agg-rule': [
    expr('timeseries', `sum(a_total{${place}})`),
    expr('timeseries', `max_over_time(a_total{${place}}[$__rate_interval])`),
  ],
};

test('a generated dashboard with every shape has no finding', () => {
  expect(lintDashboard(JSON.parse(clean))).toEqual([]);
});

test('every rule is tried', () => {
  expect(Object.keys(breaches).sort()).toEqual(lintRules.map(({ rule }) => rule).sort());
});

test.each(
  Object.entries(breaches).flatMap(([rule, edits]) =>
    edits.map((edit, e) => ({ rule, edit, number: e + 1 })),
  ),
)('$rule finds breach $number', ({ rule, edit }) => {
  const broken: LintedDashboard = JSON.parse(clean);
  edit(broken);
  expect(lintDashboard(broken).map((finding) => finding.rule)).toContain(rule);
});

test('a panel in a closed row is looked at', () => {
  const broken: LintedDashboard = JSON.parse(clean);
  const [row, ...panels] = broken.panels!;
  broken.panels = [{ ...row, panels }];
  expr('timeseries', 'rate(')(broken);
  expect(lintDashboard(broken).map(({ rule }) => rule)).toEqual(['target-promql-rule']);
});
