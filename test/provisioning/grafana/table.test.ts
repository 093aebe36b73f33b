import { expect, test } from 'vitest';
import type { Panel } from '../../../src/provisioning/dashboards/dashboard.ts';
import { classicDashboard } from '../../../src/provisioning/grafana/classic.ts';
import { classicPanels } from './classic-panels.ts';
import { dashboardWith, exampleContext, examplePanel } from './example-dashboard.ts';

function tableOf(different: Partial<Panel>) {
  const dashboard = dashboardWith([examplePanel({ shape: 'table', ...different })]);
  const { panel } = classicPanels(classicDashboard(dashboard, exampleContext([dashboard])))[0];
  const { transformations = [], targets, fieldConfig } = panel;
  const options = Object.fromEntries(transformations.map(({ id, options: of }) => [id, of]));
  return { order: transformations.map(({ id }) => id), options, targets, fieldConfig };
}

test('a table asks for what is now, as rows', () => {
  expect(tableOf({}).targets).toMatchObject([{ instant: true, range: false, format: 'table' }]);
});

test('named columns are shown in their order, then the values, and no other label', () => {
  const { order, options } = tableOf({
    queries: [{ expr: 'up', legend: 'Share' }],
    columns: { segment: 'Segment', work: 'Work' },
  });
  expect(order).toEqual(['filterFieldsByName', 'organize']);
  expect(options.filterFieldsByName).toEqual({ include: { names: ['segment', 'work', 'Value'] } });
  expect(options.organize).toMatchObject({
    indexByName: { segment: 0, work: 1, Value: 2 },
    renameByName: { segment: 'Segment', work: 'Work', Value: 'Share' },
  });
});

test('the answers of several queries stand side by side under their legends or their named columns', () => {
  const { order, options } = tableOf({
    queries: [{ expr: 'a', legend: 'p95' }, { expr: 'b' }, { expr: 'c', legend: 'errors' }],
    columns: { errors: 'Errors', work: 'Work', B: 'Share' },
  });
  expect(order).toEqual(['merge', 'filterFieldsByName', 'organize']);
  expect(options.organize.renameByName).toEqual({
    'Value #C': 'Errors',
    work: 'Work',
    'Value #B': 'Share',
    'Value #A': 'p95',
  });
});

test('a table without named columns leaves out what is the same in all rows', () => {
  const { order, options } = tableOf({});
  expect(order).toEqual(['organize']);
  expect(Object.keys(options.organize.excludeByName)).toEqual([
    'Time',
    '__name__',
    'environment',
    'job',
  ]);
});

test('firing alerts are rows with name, severity and place', () => {
  const { options } = tableOf({ shape: 'alerts', queries: [{ expr: 'ALERTS' }] });
  expect(options.organize.renameByName).toEqual({
    alertname: 'Alert',
    severity: 'Severity',
    work: 'Work',
    stage: 'Stage',
  });
});

test('a link that speaks of a label is on the cells of its column, under the shown name', () => {
  const links = [
    { title: 'Traces', to: 'traces', set: { 'sightline.work': '${__field.labels.work}' } },
    { title: 'Logs', to: 'logs', set: { work: '${__field.labels.work}' } },
  ] as const;
  const { fieldConfig } = tableOf({ columns: { work: 'Work' }, links });
  expect(fieldConfig?.defaults.links).toEqual([]);
  expect(fieldConfig?.overrides).toMatchObject([
    {
      matcher: { id: 'byName', options: 'Work' },
      properties: [{ id: 'links', value: [{ title: 'Traces' }, { title: 'Logs' }] }],
    },
  ]);
  expect(JSON.stringify(fieldConfig?.overrides)).toContain('${__data.fields.work:percentencode}');
});
