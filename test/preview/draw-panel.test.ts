import { describe, expect, test } from 'vitest';
import type { Panel, Shape } from '../../src/provisioning/dashboards/dashboard.ts';
import type { Point, QueryAnswer, Series } from './answers.ts';
import { drawDashboard } from './draw-dashboard.ts';
import { drawPanel } from './draw-panel.ts';
import { faultsOfXml } from './xml-faults.ts';

const window = { from: 1000, to: 1300, step: 10 };
const times = Array.from({ length: 30 }, (_, k) => window.from + k * window.step);
const box = { x: 0, y: 0, width: 390, height: 230 };

const series = (stage: string, value: (k: number) => number): Series => ({
  metric: { stage, le: stage },
  points: times.map((at, k): Point => [at, value(k)]),
});

/** Lines with a gap, a value that is no number, and one request behind them. */
const answer: QueryAnswer = {
  series: [
    series('0.1', (k) => (k === 7 ? Number.NaN : k)),
    series('0.5 <&>', (k) => 2 * k + 1),
    { ...series('+Inf', (k) => 3 * k + 1), points: [[1100, 4] as const, [1200, 5] as const] },
  ],
  exemplars: [[1150, 0.05]],
};
const now: QueryAnswer = {
  series: answer.series.map((one) => ({ ...one, points: one.points.slice(-1) })),
  exemplars: [],
};

const panelOf = (shape: Shape): Panel => ({
  key: 'panel',
  title: 'Time & <place>',
  description: 'A panel.',
  shape,
  unit: 's',
  width: 8,
  height: 8,
  queries: [{ expr: 'up', legend: '{{stage}}' }],
  thresholds: [{ colour: 'green' }, { from: 10, colour: 'red' }],
  text: 'Some *words* and a [link](http://127.0.0.1/).',
});

const shapes: Readonly<Record<Shape, QueryAnswer>> = {
  timeseries: answer,
  stat: answer,
  gauge: now,
  bars: now,
  heatmap: answer,
  table: now,
  alerts: now,
  timeline: answer,
  text: { series: [], exemplars: [] },
  traces: { series: [], exemplars: [] },
  logs: { series: [], exemplars: [] },
};

describe.for(Object.keys(shapes) as Shape[])('a panel of the shape %s', (shape) => {
  const marks = [{ atSeconds: 1120, colour: 'red' }];
  const picture = { panel: panelOf(shape), answers: [shapes[shape]], window, marks };

  test('is drawn with its title, as XML without a number that is none', () => {
    const drawn = drawPanel(picture, box);
    expect(drawn).toContain('Time &amp; &lt;place&gt;');
    expect(faultsOfXml(drawn)).toEqual([]);
  });

  test('is drawn when all values are equal, and when there is one point', () => {
    const flat = [series('0.1', () => 0), series('+Inf', () => 0)];
    const single = [{ metric: { stage: 'one', le: '+Inf' }, points: [[1100, 0] as const] }];
    for (const found of [flat, single]) {
      const answers = [{ series: found, exemplars: [] }];
      expect(faultsOfXml(drawPanel({ ...picture, answers }, box))).toEqual([]);
    }
  });
});

test('a panel without data says so, and why that may be', () => {
  const panel = { ...panelOf('timeseries'), mayBeEmpty: 'while nothing fails' };
  const drawn = drawPanel({ panel, answers: [], window, marks: [] }, box);
  expect(drawn).toContain('No data while nothing fails');
});

test('the value of a panel has the colour of its threshold', () => {
  const panel = panelOf('stat');
  const drawn = (value: number) => {
    const found = [{ metric: {}, points: [[1100, value] as const] }];
    return drawPanel(
      { panel, answers: [{ series: found, exemplars: [] }], window, marks: [] },
      box,
    );
  };
  expect(drawn(9)).toContain('#73bf69');
  expect(drawn(10)).toContain('#f2495c');
});

test('a row that is repeated stands once for each chosen value', () => {
  const row = { title: '$strategy', repeat: 'strategy', panels: [panelOf('timeseries')] };
  const dashboard = { key: 'd', title: 'D', description: 'D.', variables: [], rows: [row] };
  const panels = { 'panel@home': [answer], 'panel@session': [answer] };
  const answers = { window, chosen: { strategy: ['home', 'session'] }, panels, marks: {} };
  const drawn = drawDashboard(dashboard, { answers, annotations: [] });
  expect(faultsOfXml(drawn)).toEqual([]);
  expect(drawn).toContain('▾ home');
  expect(drawn).toContain('▾ session');
});
