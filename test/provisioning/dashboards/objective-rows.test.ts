import { expect, test } from 'vitest';
import type { Panel } from '../../../src/provisioning/dashboards/dashboard.ts';
import { overview } from '../../../src/provisioning/dashboards/overview.ts';
import type { Definition, WorkDefinition } from '../../../src/provisioning/source/definition.ts';
import { exampleDefinition } from '../example-definition.ts';

const example = exampleDefinition();

function definitionOf(works: readonly Partial<WorkDefinition>[]): Definition {
  return { ...example, works: works.map((work) => ({ ...example.works[0], slo: {}, ...work })) };
}

const rowsOf = (definition: Definition) =>
  overview(definition).rows.filter(({ title }) => title.startsWith('Objectives'));

function panelOf(definition: Definition, key: string): Panel {
  return overview(definition)
    .rows.flatMap(({ panels }) => panels)
    .find((panel) => panel.key === key)!;
}

const stages = example.works[0].stages.map((stage) => ({ ...stage, slo: {} }));

test('a work shows what it promises and nothing else, coloured by its own bounds', () => {
  const slo = { latencyP95Ms: 80, availability: 0.995, coverage: 0.4, freshnessHours: 12 };
  const definition = definitionOf([{ name: 'home', models: ['cbow', 'popular'], slo, stages }]);
  const [, { panels }] = rowsOf(definition);
  expect(panels.map(({ key, thresholds }) => [key, thresholds!.map(({ from }) => from)])).toEqual([
    ['home-availability', [undefined, 0.995]],
    ['home-latency', [undefined, 0.08]],
    ['home-coverage', [undefined, 0.4]],
    ['home-freshness', [undefined, 43_200]],
    ['home-budget-left', [undefined, 0, 0.25, 0.5]],
    ['home-burn', [undefined, 1, 6, 14.4]],
  ]);
  expect(panels[0].thresholds!.at(-1)!.colour).toBe('green');
  expect(panels[1].thresholds!.at(-1)!.colour).toBe('red');
  expect(panels[3].queries[0].expr).toContain('model=~"cbow|popular"');
});

test('a work that promises nothing has no row of objectives', () => {
  const definition = definitionOf([
    { name: 'home', slo: { availability: 0.99 }, stages },
    { name: 'similar', stages },
  ]);
  expect(rowsOf(definition).map(({ title }) => title)).toEqual([
    'Objectives',
    'Objectives of home',
  ]);
});

test('a promise of a stage counts among those of its work', () => {
  const promised = stages.map((stage, s) =>
    s === 1 ? { ...stage, slo: { latencyP99Ms: 9 } } : stage,
  );
  const [, { panels }] = rowsOf(definitionOf([{ name: 'home', stages: promised }]));
  expect(panels.map(({ key }) => key)).toEqual(['home-budget-left', 'home-burn']);
});

test('where nothing is promised the page says how to promise something', () => {
  const [row, ...others] = rowsOf(definitionOf([{ name: 'home', stages }]));
  expect(others).toEqual([]);
  expect(row.panels[0].text).toContain('`slo`');
});

test('many works are closed until somebody opens them', () => {
  const works = Array.from({ length: 5 }, (_, w) => ({
    name: `work-${w}`,
    slo: { availability: 0.99 },
    stages,
  }));
  expect(rowsOf(definitionOf(works)).map(({ isCollapsed }) => isCollapsed)).toEqual([
    undefined,
    ...[true, true, true, true, true],
  ]);
});

test('all works together are coloured by the strictest promise', () => {
  const definition = definitionOf([
    { name: 'home', slo: { latencyP95Ms: 50, availability: 0.999, nonEmpty: 0.99 }, stages },
    { name: 'similar', slo: { latencyP95Ms: 30, availability: 0.99 }, stages },
    { name: 'search', stages },
  ]);
  const bounds = (key: string) => panelOf(definition, key).thresholds!.map(({ from }) => from);
  expect(bounds('latency-p95')).toEqual([undefined, 0.03]);
  expect(bounds('errors')).toEqual([undefined, 0.001]);
  expect(bounds('empty')).toEqual([undefined, 0.01]);
});

test('without promises nothing is coloured by them', () => {
  const definition = definitionOf([{ name: 'home', stages }]);
  for (const key of ['latency-p95', 'errors', 'empty', 'latency-now']) {
    expect(panelOf(definition, key).thresholds).toBeUndefined();
  }
});
