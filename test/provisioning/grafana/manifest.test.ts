import { expect, test } from 'vitest';
import { classicDashboard } from '../../../src/provisioning/grafana/classic.ts';
import { gridColumns } from '../../../src/provisioning/grafana/layout.ts';
import { manifest } from '../../../src/provisioning/grafana/manifest.ts';
import { exampleDefinition } from '../example-definition.ts';
import { classicPanels, elementsOf, isHeading, specOf, topLevel } from './classic-panels.ts';
import { dashboardWith, exampleContext, exampleDashboard } from './example-dashboard.ts';

const dashboard = exampleDashboard();
const context = exampleContext([dashboard]);

function rowsOf(made: ReturnType<typeof manifest>) {
  const { layout } = specOf(made);
  if (layout.kind !== 'RowsLayout') throw new Error(`layout is ${layout.kind}`);
  return layout.spec.rows.map(({ spec }) => {
    if (spec.layout.kind !== 'GridLayout') throw new Error(`row is ${spec.layout.kind}`);
    return { ...spec, items: spec.layout.spec.items.map((item) => item.spec) };
  });
}

test('it is a resource with the uid of the dashboard, in the folder of the place', () => {
  const definition = exampleDefinition({ environment: 'staging' });
  const { apiVersion, kind, metadata } = manifest(dashboard, { ...context, definition });
  expect({ apiVersion, kind, metadata }).toEqual({
    apiVersion: 'dashboard.grafana.app/v2',
    kind: 'Dashboard',
    metadata: {
      name: 'sightline-staging-every-shape',
      annotations: { 'grafana.app/folder': 'sightline-staging-folder' },
    },
  });
});

test('rows, titles and places are those of the classic JSON', () => {
  const classic = classicDashboard(dashboard, context);
  const made = manifest(dashboard, context);
  const headings = topLevel(classic).filter(isHeading);
  expect(
    rowsOf(made).map(({ title, collapse, repeat }) => [title, collapse, repeat?.value]),
  ).toEqual(headings.map(({ title, collapsed, repeat }) => [title, collapsed, repeat]));
  const elements = elementsOf(made);
  const placed = rowsOf(made).flatMap(({ items }) =>
    items.map(({ element, x, y, width, height }) => [
      elements[element.name].spec.id,
      x,
      y,
      width,
      height,
    ]),
  );
  expect(placed).toEqual(
    classicPanels(classic).map(({ panel: { id, gridPos }, row }) => {
      const { x, y, w, h } = gridPos!;
      return [id, x, y - row.gridPos!.y - 1, w, h];
    }),
  );
});

test('every element is placed once, on the grid', () => {
  const made = manifest(dashboard, context);
  const items = rowsOf(made).flatMap((row) => row.items);
  expect(items.map(({ element }) => element.name)).toEqual(Object.keys(elementsOf(made)));
  expect(items.every(({ x, width }) => x + width <= gridColumns)).toBe(true);
});

test('annotations and links are those of the classic JSON, above the panels', () => {
  const classic = classicDashboard(dashboard, context);
  const { annotations, links, tags, editable } = specOf(manifest(dashboard, context));
  expect(
    annotations.map(({ spec }) => [spec.name, spec.hide, spec.legacyOptions?.titleFormat]),
  ).toEqual(
    classic.annotations.list!.map(({ name, hide, titleFormat }) => [name, hide, titleFormat]),
  );
  expect(links).toMatchObject([{ title: 'Dashboards', tags: ['sightline'], keepTime: true }]);
  for (const shown of [...annotations.map(({ spec }) => spec), ...links]) {
    expect(shown).not.toHaveProperty('placement');
  }
  expect([tags, editable]).toEqual([classic.tags, false]);
});

test('a dashboard without a panel is one, too', () => {
  const empty = dashboardWith([]);
  expect(rowsOf(manifest(empty, exampleContext([empty])))[0].items).toEqual([]);
});
