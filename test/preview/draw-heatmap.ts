import { formatValue } from './format-value.ts';
import { page } from './palette.ts';
import type { PanelDrawer, PanelPicture } from './panel-picture.ts';
import { diamond, drawAxes, drawMarks, plotBox, timeScale } from './plot.ts';
import { linearScale, type Scale } from './scale.ts';
import { element } from './svg.ts';

/** Observations a second by bucket and time. */
interface Grid {
  /** Upper bounds of the buckets, ascending. */
  readonly bounds: readonly number[];
  /** By bucket, then by time in the order of `times`. */
  readonly rates: readonly (readonly number[])[];
  readonly times: readonly number[];
}

/** Columns of cells: what is asked for more closely is put together. */
const columns = 75;

/** Buckets from bottom to top, brighter where more is. */
export const drawHeatmap: PanelDrawer = (picture, outer) => {
  const grid = gridOf(picture);
  const { bounds } = grid;
  const every = Math.ceil(bounds.length / Math.max(2, Math.floor(outer.height / 22)));
  const ticks = bounds
    .map((bound, b) => ({ at: b + 1, text: formatValue(bound, picture.panel.unit) }))
    .filter((_, b) => b % every === every - 1);
  const box = plotBox(
    outer,
    ticks.map(({ text }) => text),
  );
  const up = linearScale([0, bounds.length], [box.y + box.height, box.y]);
  const across = timeScale(picture, box);
  return [
    drawAxes({ ticks }, { box, up, across }),
    drawCells(grid, up, across),
    drawMarks(picture, box, across),
    drawExemplars(picture, grid, { up, across }),
  ].join('');
};

/** Prometheus counts what is at most a bound: each bucket is the difference to the one under it. */
function gridOf({ answers, window }: PanelPicture): Grid {
  const series = answers
    .flatMap((answer) => answer.series)
    .map(({ metric, points }) => ({
      bound: Number(metric.le?.replace('+Inf', 'Infinity')),
      points,
    }))
    .filter(({ bound }) => !Number.isNaN(bound))
    .sort((one, other) => one.bound - other.bound);
  const span = (window.to - window.from) / columns;
  const cumulative = series.map(({ points }) => {
    const sums = new Array<number>(columns).fill(0);
    for (const [at, value] of points) {
      const column = Math.min(columns - 1, Math.floor((at - window.from) / span));
      if (Number.isFinite(value)) sums[column] += value;
    }
    return sums;
  });
  const rates = cumulative.map((sums, b) =>
    sums.map((sum, t) => Math.max(0, sum - (cumulative[b - 1]?.[t] ?? 0))),
  );
  const used = rates.map((row) => row.some((rate) => rate > 0));
  const [first, last] = [used.indexOf(true), used.lastIndexOf(true)];
  return {
    bounds: series.slice(first, last + 1).map(({ bound }) => bound),
    rates: rates.slice(first, last + 1),
    times: Array.from({ length: columns }, (_, t) => window.from + t * span),
  };
}

/** Cells of one colour are one path. */
function drawCells({ rates, times }: Grid, up: Scale, across: Scale): string {
  const most = Math.max(...rates.flat());
  const width = (across.at(times[1]) - across.at(times[0]) - 0.5).toFixed(1);
  const height = (up.at(0) - up.at(1) - 0.5).toFixed(1);
  const paths = new Map<string, string>();
  rates.forEach((row, b) => {
    row.forEach((rate, t) => {
      if (rate <= 0) return;
      const fill = heat(Math.sqrt(rate / most));
      const corner = `${across.at(times[t]).toFixed(1)} ${up.at(b + 1).toFixed(1)}`;
      paths.set(fill, `${paths.get(fill) ?? ''}M${corner}h${width}v${height}h-${width}z`);
    });
  });
  return [...paths].map(([fill, d]) => element('path', { d, fill })).join('');
}

/** From the colour of the panel to a light orange; eight steps are told apart. */
function heat(share: number): string {
  const step = Math.ceil(share * 8) / 8;
  const mix = (from: number, to: number) => Math.round(from + (to - from) * step);
  return `rgb(${mix(50, 255)},${mix(30, 190)},${mix(22, 120)})`;
}

function drawExemplars(
  { answers }: PanelPicture,
  { bounds }: Grid,
  { up, across }: { readonly up: Scale; readonly across: Scale },
): string {
  const places = answers.flatMap(({ exemplars }) =>
    exemplars.flatMap(([at, value]) => {
      const bucket = bounds.findIndex((bound) => value <= bound);
      return bucket === -1 || at < across.low ? [] : [diamond(across.at(at), up.at(bucket + 0.5))];
    }),
  );
  const d = [...new Set(places)].join('');
  return d === ''
    ? ''
    : element('path', { d, fill: '#8ab8ff', stroke: page.panel, 'stroke-width': '0.5' });
}
