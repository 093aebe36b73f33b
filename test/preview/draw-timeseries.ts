import type { Panel } from '../../src/provisioning/dashboards/dashboard.ts';
import type { Point } from './answers.ts';
import { drawLegend } from './legend.ts';
import { colourOf } from './palette.ts';
import { type Line, linesOf, type PanelDrawer, type PanelPicture } from './panel-picture.ts';
import { axisOf, diamond, drawAxes, drawMarks, plotBox, timeScale } from './plot.ts';
import { axisRange, linearScale, type Scale } from './scale.ts';
import { type Box, element } from './svg.ts';

interface Scales {
  readonly up: Scale;
  readonly across: Scale;
  readonly step: number;
}

/** Lines over time, or areas upon each other. */
export const drawTimeseries: PanelDrawer = (picture, outer) => {
  const { panel, window } = picture;
  const lines = linesOf(picture);
  const { drawn: legend, above } = drawLegend(lines, outer);
  const bands = panel.isStacked ? stacked(lines) : lines.map((line) => ({ ...line, floor: [] }));
  const values = bands.flatMap(({ points }) => points.map(([, value]) => value));
  const range = withRoom(axisRange(values, panel), panel);
  const axis = axisOf(range, panel.unit, above.height - 24);
  const box = plotBox(
    above,
    axis.ticks.map(({ text }) => text),
  );
  const scales: Scales = {
    up: linearScale(range, [box.y + box.height, box.y]),
    across: timeScale(picture, box),
    step: window.step,
  };
  return [
    drawAxes(axis, { box, ...scales }),
    drawMarks(picture, box, scales.across),
    ...bands.map((band) => drawBand(band, scales, panel.isStacked ? 0.4 : 0)),
    drawThresholds(picture, box, scales.up),
    drawExemplars(picture, scales),
    legend,
  ].join('');
};

/** Room above the highest value, unless the panel says where its axis ends. */
function withRoom([low, high]: [number, number], { max }: Panel): [number, number] {
  return max === undefined ? [low, high + (high - low) * 0.05] : [low, high];
}

interface Band extends Line {
  /** The points that an area stands on; none: the lowest value. */
  readonly floor: readonly Point[];
}

/** Each line upon those before it; where a line has no point it adds nothing. */
function stacked(lines: readonly Line[]): Band[] {
  const below = new Map<number, number>();
  return lines.map((line) => {
    const finite = line.points.filter(([, value]) => Number.isFinite(value));
    const floor = finite.map(([at]): Point => [at, below.get(at) ?? 0]);
    const points = finite.map(([at, value], p): Point => [at, value + floor[p][1]]);
    for (const [at, value] of points) below.set(at, value);
    return { ...line, points, floor };
  });
}

function drawBand({ points, floor, colour }: Band, scales: Scales, opacity: number): string {
  const runs = runsOf(points, scales.step);
  const line = runs.map((run) => pathOf(run, scales)).join('');
  const stroke = element('path', {
    d: line,
    fill: 'none',
    stroke: colour,
    'stroke-linecap': 'round',
  });
  if (opacity === 0 || line === '') return line === '' ? '' : stroke;
  const floors = new Map(floor);
  const area = runs.map((run) => {
    const back = run.map(([at]): Point => [at, floors.get(at) ?? scales.up.low]).reverse();
    return `${pathOf(run, scales)}${pathOf(back, scales).replace('M', 'L')}Z`;
  });
  return (
    element('path', { d: area.join(''), fill: colour, 'fill-opacity': String(opacity) }) + stroke
  );
}

/** Points without a gap between them. */
function runsOf(points: readonly Point[], step: number): Point[][] {
  const runs: Point[][] = [];
  for (const point of points) {
    if (!Number.isFinite(point[1])) continue;
    const last = runs.at(-1)?.at(-1);
    if (last !== undefined && point[0] - last[0] <= step * 1.5) runs.at(-1)!.push(point);
    else runs.push([point]);
  }
  return runs;
}

function pathOf(run: readonly Point[], { up, across }: Scales): string {
  const bounded = (value: number) => Math.min(up.high, Math.max(up.low, value));
  const places = run.map(([at, value]) => ({
    x: across.at(at).toFixed(1),
    y: up.at(bounded(value)).toFixed(1),
  }));
  const corners = places.filter(({ y }, p) => y !== places[p - 1]?.y || y !== places[p + 1]?.y);
  const written = corners.map(({ x, y }) => `${x} ${y}`);
  // A single point is a line of no length, which its round ends make a dot.
  return `M${(written.length === 1 ? [...written, ...written] : written).join('L')}`;
}

/** Bounds inside the axis, dashed. */
function drawThresholds({ panel }: PanelPicture, { x, width }: Box, up: Scale): string {
  return (panel.thresholds ?? [])
    .filter(({ from }) => from !== undefined && from >= up.low && from <= up.high)
    .map(({ from, colour }) =>
      element('path', {
        d: `M${x.toFixed(1)} ${up.at(from!).toFixed(1)}h${width.toFixed(1)}`,
        stroke: colourOf(colour),
        'stroke-dasharray': '8 6',
      }),
    )
    .join('');
}

function drawExemplars({ answers }: PanelPicture, { up, across }: Scales): string {
  const places = answers.flatMap(({ exemplars }) =>
    exemplars
      .filter(([at, value]) => value >= up.low && value <= up.high && at >= across.low)
      .map(([at, value]) => diamond(across.at(at), up.at(value))),
  );
  const d = [...new Set(places)].join('');
  return d === '' ? '' : element('path', { d, fill: '#8ab8ff', 'fill-opacity': '0.75' });
}
