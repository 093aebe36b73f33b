import type { Unit } from '../../src/provisioning/dashboards/dashboard.ts';
import { formatValue, unitSize } from './format-value.ts';
import { page } from './palette.ts';
import type { PanelPicture } from './panel-picture.ts';
import { linearScale, niceStep, niceTicks, type Scale } from './scale.ts';
import { type Box, element, label, textWidth } from './svg.ts';

/** Room under a plot for the times. */
const timesHeight = 18;

/** Ticks of a vertical axis with the texts beside them. */
export interface Axis {
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** The part of a box that a plot fills, beside its axis and above its times. */
export function plotBox({ x, y, width, height }: Box, texts: readonly string[]): Box {
  const left = Math.max(24, ...texts.map((text) => textWidth(text, 10) + 8));
  return { x: x + left, y: y + 6, width: width - left - 4, height: height - timesHeight - 6 };
}

/** Values of a range that are round in the unit they are written in. */
export function axisOf([low, high]: readonly [number, number], unit: Unit, height: number): Axis {
  const most = Math.max(2, Math.min(6, Math.floor(height / 28)));
  const size = unitSize(Math.max(Math.abs(low), Math.abs(high)), unit);
  const range = [low / size, high / size] as const;
  const step = niceStep((range[1] - range[0]) / most) * size;
  const ticks = niceTicks(range, most).map((tick) => {
    const at = tick * size;
    return { at, text: formatValue(at, unit, { step }) };
  });
  return { ticks };
}

/** Lines of the grid with their values, and the times under them. */
export function drawAxes(
  { ticks }: Axis,
  { box, up, across }: { readonly box: Box; readonly up: Scale; readonly across: Scale },
): string {
  const right = box.x + box.width;
  const levels = ticks.map(({ at, text }) => {
    const y = up.at(at);
    return (
      element('path', { d: `M${box.x} ${y.toFixed(1)}H${right.toFixed(1)}`, stroke: page.grid }) +
      label(text, { x: box.x - 6, y: y + 3.5 }, { size: 10, fill: page.faint, anchor: 'end' })
    );
  });
  const times = timeTicks(across, box.width).map((at) =>
    label(
      new Date(at * 1000).toISOString().slice(11, 16),
      { x: across.at(at), y: box.y + box.height + 14 },
      { size: 10, fill: page.faint, anchor: 'middle' },
    ),
  );
  return [...levels, ...times].join('');
}

/** Dashed lines at the moments that are marked, with a foot under the plot. */
export function drawMarks({ marks }: PanelPicture, box: Box, across: Scale): string {
  const bottom = box.y + box.height;
  return marks
    .filter(({ atSeconds }) => atSeconds >= across.low && atSeconds <= across.high)
    .map(({ atSeconds, colour }) => {
      const x = across.at(atSeconds);
      return (
        element('path', {
          d: `M${x.toFixed(1)} ${box.y}V${bottom.toFixed(1)}`,
          stroke: colour,
          'stroke-dasharray': '3 3',
          'stroke-opacity': '0.7',
        }) + element('path', { d: `M${x.toFixed(1)} ${bottom.toFixed(1)}l4 5h-8z`, fill: colour })
      );
    })
    .join('');
}

/** A small diamond: a request that can be opened. */
export function diamond(x: number, y: number): string {
  return `M${x.toFixed(1)} ${(y - 3).toFixed(1)}l3 3l-3 3l-3 -3z`;
}

/** The scale of the times of a picture. */
export const timeScale = ({ window }: PanelPicture, { x, width }: Box): Scale =>
  linearScale([window.from, window.to], [x, x + width]);

/** Whole minutes, not nearer to each other than 60 pixels. */
function timeTicks({ low, high }: Scale, width: number): number[] {
  const most = Math.max(1, Math.floor(width / 60));
  const step = 60 * Math.max(1, Math.ceil((high - low) / 60 / most));
  const first = Math.ceil((low + 12) / step) * step;
  const ticks: number[] = [];
  for (let at = first; at <= high - 12; at += step) ticks.push(at);
  return ticks;
}
