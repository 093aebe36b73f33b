import { expect, test } from 'vitest';
import type { Dashboard, PanelLink } from '../../../src/provisioning/dashboards/dashboard.ts';
import { linkUrl, placeLinks } from '../../../src/provisioning/grafana/panel-links.ts';
import { exampleDefinition } from '../example-definition.ts';
import { dashboardWith, exampleContext, examplePanel } from './example-dashboard.ts';

const values = { selector: 'up', label: 'stage' };
const from = dashboardWith([examplePanel()]);
const target: Dashboard = {
  ...dashboardWith([examplePanel({ links: [{ title: 'Logs', to: 'logs' }] })]),
  key: 'stages',
  variables: [...from.variables, { name: 'stage', label: 'Stage', values }],
};
const context = exampleContext([from, target]);

/** What Explore is asked for by an address. */
function paneOf(url: string) {
  const parameters = new URL(url, 'http://grafana').searchParams;
  expect(parameters.get('schemaVersion')).toBe('1');
  return JSON.parse(parameters.get('panes')!).sightline;
}

test('a link to a dashboard takes time and common variables along, and sets what it says', () => {
  const set = { stage: '${__field.labels.stage}' };
  const url = linkUrl({ title: 'Stage', to: { dashboard: 'stages' }, set }, from, context);
  expect(url.split(/[?&]/)).toEqual([
    '/d/sightline-stages',
    '${__url_time_range}',
    '${prometheus_datasource:queryparam}',
    '${job:queryparam}',
    '${instance:queryparam}',
    '${work:queryparam}',
    'var-stage=${__field.labels.stage:percentencode}',
  ]);
});

test('a variable that is set is not taken along besides', () => {
  const url = linkUrl(
    { title: 'Work', to: { dashboard: 'stages' }, set: { work: 'home' } },
    from,
    context,
  );
  expect(url).toContain('&var-work=home');
  expect(url).not.toContain('${work:queryparam}');
});

test('a link leads to the dashboard of its own environment', () => {
  const staging = { ...context, definition: exampleDefinition({ environment: 'staging' }) };
  const url = linkUrl({ title: 'Stage', to: { dashboard: 'stages' } }, from, staging);
  expect(url).toMatch(/^\/d\/sightline-staging-stages\?/);
});

test('a link to a dashboard that does not exist is refused', () => {
  const link = { title: 'Nowhere', to: { dashboard: 'nowhere' } };
  expect(() => linkUrl(link, from, context)).toThrow(
    'link leads to dashboard nowhere, expected one of example, stages',
  );
});

test('a link that sets a variable which the dashboard has not is refused', () => {
  const link = { title: 'Back', to: { dashboard: 'example' }, set: { stage: 'rank' } };
  expect(() => linkUrl(link, target, context)).toThrow(
    'link Back of dashboard stages sets stage, expected a variable of example: prometheus_datasource, job, instance, work',
  );
});

test('traces are those of the service whose spans have each of the attributes', () => {
  const set = { 'sightline.work': '${__field.labels.work}', 'sightline.stage': 'rank' };
  const pane = paneOf(linkUrl({ title: 'Traces', to: 'traces', set }, from, context));
  expect(pane).toMatchObject({
    datasource: '${tempo_datasource}',
    range: { from: '${__from}', to: '${__to}' },
  });
  expect(pane.queries).toMatchObject([
    {
      datasource: { type: 'tempo', uid: '${tempo_datasource}' },
      queryType: 'traceql',
      query:
        '{ resource.service.name = "sightline" && span.sightline.work = "${__field.labels.work:percentencode}" } && ' +
        '{ resource.service.name = "sightline" && span.sightline.stage = "rank" }',
    },
  ]);
});

test('log lines are those of the service with these fields', () => {
  const pane = paneOf(
    linkUrl({ title: 'Logs', to: 'logs', set: { outcome: 'error' } }, from, context),
  );
  expect(pane.queries[0].expr).toBe('{service_name="sightline"} | json | outcome="error"');
});

test('a link without a condition shows everything of the service', () => {
  expect(paneOf(linkUrl({ title: 'Logs', to: 'logs' }, from, context)).queries[0].expr).toBe(
    '{service_name="sightline"}',
  );
  expect(paneOf(linkUrl({ title: 'Traces', to: 'traces' }, from, context)).queries[0].query).toBe(
    '{ resource.service.name = "sightline" }',
  );
});

test('quotes, backslashes and ampersands reach the queries as they are', () => {
  const service = 'a "b" \\ c & d+e';
  const strange = { ...context, definition: exampleDefinition({ service }) };
  const quoted = '"a \\"b\\" \\\\ c & d+e"';
  const traces = paneOf(linkUrl({ title: 'Traces', to: 'traces' }, from, strange));
  expect(traces.queries[0].query).toBe(`{ resource.service.name = ${quoted} }`);
  const logs = paneOf(linkUrl({ title: 'Logs', to: 'logs' }, from, strange));
  expect(logs.queries[0].expr).toBe(`{service_name=${quoted}}`);
});

test('variables stand in addresses as they are written, for Grafana to replace', () => {
  const url = linkUrl(
    { title: 'Logs', to: 'logs', set: { work: '${__field.labels.work}' } },
    from,
    context,
  );
  expect(url).toContain('${loki_datasource}');
  expect(url).toContain('${__field.labels.work:percentencode}');
});

test('links that say something of a point are on the points, others in the corner of the panel', () => {
  const links: PanelLink[] = [
    { title: 'This work', to: { dashboard: 'stages' }, set: { work: '${__field.labels.work}' } },
    { title: 'Stages', to: { dashboard: 'stages' } },
  ];
  const { ofPanel, ofPoints } = placeLinks(examplePanel({ links }), from, context);
  expect(ofPoints.map(({ title }) => title)).toEqual(['This work']);
  expect(ofPanel.map(({ title }) => title)).toEqual(['Stages']);
});
