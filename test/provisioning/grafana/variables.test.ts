import { expect, test } from 'vitest';
import type { Dashboard, Panel } from '../../../src/provisioning/dashboards/dashboard.ts';
import { classicDashboard } from '../../../src/provisioning/grafana/classic.ts';
import { manifest } from '../../../src/provisioning/grafana/manifest.ts';
import { exampleDefinition } from '../example-definition.ts';
import { specOf } from './classic-panels.ts';
import { dashboardWith, exampleContext, examplePanel } from './example-dashboard.ts';

function variablesIn(dashboard: Dashboard, environment?: string) {
  const context = exampleContext([dashboard], { definition: exampleDefinition({ environment }) });
  const classic = classicDashboard(dashboard, context).templating.list!;
  const ofManifest = specOf(manifest(dashboard, context)).variables;
  return { classic, ofManifest };
}
const names = (panel: Partial<Panel>) =>
  variablesIn(dashboardWith([examplePanel(panel)])).classic.map(({ name }) => name);

test('a dashboard begins with its data source, job and instance', () => {
  expect(names({})).toEqual(['prometheus_datasource', 'job', 'instance', 'work']);
});

test.each([
  ['a traces panel', { shape: 'traces' }, 'tempo_datasource'],
  ['a query to Tempo', { queries: [{ expr: '{}', source: 'tempo' }] }, 'tempo_datasource'],
  ['a link to traces', { links: [{ title: 'Traces', to: 'traces' }] }, 'tempo_datasource'],
  ['a logs panel', { shape: 'logs' }, 'loki_datasource'],
  ['a link to logs', { links: [{ title: 'Logs', to: 'logs' }] }, 'loki_datasource'],
] satisfies [string, Partial<Panel>, string][])(
  '%s brings its data source',
  (_, panel, variable) => {
    expect(names(panel)).toEqual(['prometheus_datasource', variable, 'job', 'instance', 'work']);
  },
);

test('the provisioned data sources and the service are chosen at first, and all of the rest', () => {
  const { classic } = variablesIn(dashboardWith([examplePanel()]));
  expect(classic.map(({ current }) => current?.value)).toEqual([
    'sightline-prometheus',
    ['sightline'],
    ['$__all'],
    ['$__all'],
  ]);
});

test('values come from the series of the place', () => {
  const queries = (environment?: string) =>
    variablesIn(dashboardWith([]), environment).classic.map(({ definition }) => definition);
  expect(queries().slice(1, 3)).toEqual([
    'label_values(sightline_build_info{}, job)',
    'label_values(sightline_build_info{job=~"$job"}, instance)',
  ]);
  expect(queries('staging').slice(1, 3)).toEqual([
    'label_values(sightline_build_info{environment="staging"}, job)',
    'label_values(sightline_build_info{job=~"$job", environment="staging"}, instance)',
  ]);
});

test('a variable of one value at a time has no choice of all', () => {
  const [variable] = dashboardWith([]).variables;
  const dashboard = dashboardWith([], { variables: [{ ...variable, isSingle: true }] });
  expect(variablesIn(dashboard).classic.at(-1)).toMatchObject({ multi: false, includeAll: false });
  expect(variablesIn(dashboard).classic.at(-1)).not.toHaveProperty('allValue');
});

test('both formats have the same variables', () => {
  const { classic, ofManifest } = variablesIn(dashboardWith([examplePanel({ shape: 'traces' })]));
  expect(ofManifest.map(({ spec }) => [spec.name, spec.label])).toEqual(
    classic.map(({ name, label }) => [name, label]),
  );
  const { spec } = ofManifest[3];
  expect(spec).toMatchObject({
    name: 'instance',
    allValue: '.+',
    refresh: 'onTimeRangeChanged',
    definition: classic[3].definition,
    current: classic[3].current,
    query: { datasource: { name: '${prometheus_datasource}' }, spec: classic[3].query },
  });
});
