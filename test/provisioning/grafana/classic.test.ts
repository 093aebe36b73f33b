import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dashboard } from '../../../src/provisioning/dashboards/dashboard.ts';
import { classicDashboard } from '../../../src/provisioning/grafana/classic.ts';
import { panelId } from '../../../src/provisioning/grafana/identity.ts';
import { gridColumns } from '../../../src/provisioning/grafana/layout.ts';
import { classicPanels, isHeading, overlaps, topLevel } from './classic-panels.ts';
import {
  dashboardWith,
  exampleContext,
  exampleDashboard,
  examplePanel,
} from './example-dashboard.ts';

const made = (dashboard: Dashboard) => classicDashboard(dashboard, exampleContext([dashboard]));
const panelIn = (dashboard: Dashboard) => classicPanels(made(dashboard))[0].panel;

test('it is of schema version 42, cannot be edited and has a stable uid', () => {
  const { schemaVersion, editable, uid, title } = made(exampleDashboard());
  expect({ schemaVersion, editable, uid, title }).toEqual({
    schemaVersion: 42,
    editable: false,
    uid: 'sightline-every-shape',
    title: 'Every shape',
  });
});

test('rows and panels have ids of their own that follow from their keys', () => {
  const dashboard = made(exampleDashboard());
  const ids = topLevel(dashboard).flatMap((panel) =>
    isHeading(panel) ? [panel.id, ...panel.panels.map(({ id }) => id)] : [panel.id],
  );
  expect(new Set(ids).size).toBe(3 + 3 * 11);
  expect(ids).toContain(panelId('open-stat'));
  expect(ids).toContain(panelId('row Closed'));
});

test('a panel keeps its id wherever it stands', () => {
  const panels = ['one', 'two', 'three'].map((key) => examplePanel({ key, title: key }));
  const idsOf = (dashboard: Dashboard) =>
    classicPanels(made(dashboard)).map(({ panel: { title, id } }) => [title, id]);
  expect(idsOf(dashboardWith(panels)).sort()).toEqual(
    idsOf(dashboardWith(panels.toReversed(), { key: 'other' })).sort(),
  );
});

test('two keys with one id are refused by name', () => {
  const byId = new Map<number, string>();
  let number = 0;
  while (byId.size === number) byId.set(panelId(`key-${number++}`), `key-${number - 1}`);
  const later = `key-${number - 1}`;
  const earlier = Array.from({ length: number - 1 }, (_, k) => `key-${k}`).find(
    (key) => panelId(key) === panelId(later),
  )!;
  const panels = [earlier, later].map((key) => examplePanel({ key }));
  expect(() => made(dashboardWith(panels))).toThrow(
    `panels ${earlier} and ${later} of dashboard example have the id ${panelId(later)}`,
  );
});

test('two panels with one key are refused', () => {
  expect(() => made(dashboardWith([examplePanel(), examplePanel()]))).toThrow(
    'panels requests and requests',
  );
});

test('what is shown does not overlap, whatever rows are open', () => {
  const rows = fc.array(
    fc.record({
      isOpen: fc.boolean(),
      widths: fc.array(fc.integer({ min: 1, max: 24 }), { maxLength: 8 }),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(rows, (drawn) => {
      const dashboard = dashboardWith([], {
        rows: drawn.map(({ isOpen, widths }, r) => ({
          title: `Row ${r}`,
          panels: widths.map((width, w) =>
            examplePanel({ key: `${r}-${w}`, width, height: 3 + (w % 4) }),
          ),
          ...(isOpen ? {} : { isCollapsed: true }),
        })),
      });
      const shown = topLevel(made(dashboard)).map(({ gridPos }) => gridPos!);
      shown.forEach((place, p) => {
        expect(place.x + place.w).toBeLessThanOrEqual(gridColumns);
        for (const other of shown.slice(0, p)) expect(overlaps(place, other)).toBe(false);
      });
    }),
    { numRuns: 30 },
  );
});

test('an open row is followed by its panels, a closed one holds them under its heading', () => {
  const [open, closed, repeated] = topLevel(made(exampleDashboard())).filter(isHeading);
  expect([open.panels.length, open.collapsed]).toEqual([0, false]);
  expect([closed.panels.length, closed.collapsed]).toEqual([11, true]);
  expect(closed.panels.every(({ gridPos }) => gridPos!.y > closed.gridPos!.y)).toBe(true);
  expect(repeated.gridPos!.y).toBe(closed.gridPos!.y + 1);
  expect(repeated.repeat).toBe('work');
});

test('every query has an id of its own in its panel, and a chosen data source', () => {
  const queries = Array.from({ length: 30 }, (_, q) => ({ expr: `up{job=~"$job"} * ${q}` }));
  const { targets = [], datasource } = panelIn(dashboardWith([examplePanel({ queries })]));
  expect(new Set(targets.map((target) => 'refId' in target && target.refId)).size).toBe(30);
  expect(targets[2]).toMatchObject({
    refId: 'C',
    datasource: { type: 'prometheus', uid: '${prometheus_datasource}' },
  });
  expect(datasource).toEqual({ type: 'prometheus', uid: '${prometheus_datasource}' });
});

test('a panel with queries to several data sources is a mixed one', () => {
  const queries = [{ expr: 'up' }, { expr: '{service_name="sightline"}', source: 'loki' as const }];
  const { targets = [], datasource } = panelIn(dashboardWith([examplePanel({ queries })]));
  expect(datasource).toEqual({ type: 'datasource', uid: '-- Mixed --' });
  expect(targets[1]).toMatchObject({ datasource: { type: 'loki', uid: '${loki_datasource}' } });
});

test('latency shows exemplars where they are asked for', () => {
  const queries = [{ expr: 'up', hasExemplars: true as const }, { expr: 'up' }];
  const { targets = [] } = panelIn(dashboardWith([examplePanel({ queries })]));
  expect(targets.map((target) => 'exemplar' in target && target.exemplar)).toEqual([true, false]);
});

test('annotations and the list of dashboards stand above the panels', () => {
  const { annotations, links = [] } = made(exampleDashboard());
  for (const shown of [...annotations.list!, ...links])
    expect(shown).not.toHaveProperty('placement');
  expect(annotations.list!.map(({ name, hide, enable }) => [name, hide, enable])).toEqual([
    ['Annotations & Alerts', true, true],
    ['Anomalies', false, true],
    ['Alerts', false, true],
  ]);
  expect(links[0]).toMatchObject({ type: 'dashboards', tags: ['sightline'], asDropdown: true });
  expect(links[0]).toMatchObject({ includeVars: true, keepTime: true });
});

test('an annotation asks the chosen Prometheus', () => {
  const [, anomalies, alerts] = made(exampleDashboard()).annotations.list!;
  const chosen = { type: 'prometheus', uid: '${prometheus_datasource}' };
  expect(anomalies).toMatchObject({ datasource: chosen, iconColor: 'orange' });
  expect(anomalies.target).toMatchObject({ refId: 'Anno', datasource: chosen });
  expect(alerts.target).toMatchObject({
    expr: 'ALERTS{alertstate="firing", severity!="none", job=~"$job"}',
  });
});

test('text reads back as it was written', () => {
  const title = 'Say "no" to \\ and\n</script>  ☃';
  const dashboard = dashboardWith([
    examplePanel({ shape: 'text', title, text: title, queries: [] }),
  ]);
  const read = JSON.parse(JSON.stringify(made({ ...dashboard, title, description: title })));
  expect([read.title, read.description]).toEqual([title, title]);
  expect([read.panels[1].title, read.panels[1].options.content]).toEqual([title, title]);
});

test.each([
  ['stat', 'text'],
  ['timeseries', 'transparent'],
] as const)('the lowest threshold of a %s has no bound and cannot hide it', (shape, color) => {
  const thresholds = [
    { from: 2, colour: 'red' as const },
    { from: 1, colour: 'yellow' as const },
  ];
  const { fieldConfig } = panelIn(dashboardWith([examplePanel({ shape, thresholds })]));
  expect(fieldConfig?.defaults.thresholds?.steps).toEqual([
    { value: null, color },
    { value: 1, color: 'yellow' },
    { value: 2, color: 'red' },
  ]);
});

test('a panel that may be empty says why, in its place or in its description', () => {
  const [lines, number] = (['timeseries', 'stat'] as const).map((shape) =>
    panelIn(dashboardWith([examplePanel({ shape, mayBeEmpty: 'while nothing fails' })])),
  );
  expect(lines.fieldConfig?.defaults.noValue).toBe('No data while nothing fails');
  expect(number.fieldConfig?.defaults.noValue).toBeUndefined();
  expect(number.description).toBe('Requests a second by work. No data while nothing fails.');
});

test('a share on a gauge has the scale of shares unless it says another', () => {
  const gauge = (different: { max?: number }) =>
    panelIn(dashboardWith([examplePanel({ shape: 'gauge', unit: 'percentunit', ...different })]));
  expect(gauge({}).fieldConfig?.defaults).toMatchObject({ min: 0, max: 1 });
  expect(gauge({ max: 0.2 }).fieldConfig?.defaults).toMatchObject({ min: 0, max: 0.2 });
});
