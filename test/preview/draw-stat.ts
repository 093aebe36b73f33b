import type { Point } from './answers.ts';
import { formatValue } from './format-value.ts';
import { page, thresholdColour } from './palette.ts';
import { type Line, linesOf, type PanelDrawer, type PanelPicture } from './panel-picture.ts';
import { axisRange, linearScale } from './scale.ts';
import { type Box, element, label, textWidth } from './svg.ts';

/** One large number for each line, over its way there where that is known. */
export const drawStat: PanelDrawer = (picture, box) => {
  const lines = linesOf(picture).filter(({ points }) => points.some(isNumber));
  const width = box.width / lines.length;
  return lines
    .map((line, n) => {
      const part = { ...box, x: box.x + n * width, width };
      return drawNumber(picture, lines.length > 1 ? line : { ...line, name: '' }, part);
    })
    .join('');
};

function drawNumber({ panel, window }: PanelPicture, { name, points }: Line, box: Box): string {
  const value = points.filter(isNumber).at(-1)![1];
  const { unit, decimals } = panel;
  const text = formatValue(value, unit, { decimals, nowSeconds: window.to });
  const colour = thresholdColour(value, panel);
  const size = Math.min(26, (26 * (box.width - 8)) / textWidth(text, 26));
  const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 + size / 3 };
  const style = { anchor: 'middle', maxWidth: box.width } as const;
  return [
    points.length > 1 ? sparkline(points, box, colour) : '',
    label(text, place, { ...style, size, fill: colour, weight: 500 }),
    name === '' ? '' : label(name, { ...place, y: box.y + 10 }, { ...style, fill: page.faint }),
  ].join('');
}

/** The way of the values, in the lower part of a box. */
function sparkline(points: readonly Point[], { x, y, width, height }: Box, colour: string): string {
  const known = points.filter(isNumber);
  const bottom = y + height;
  const up = linearScale(axisRange(known.map(([, value]) => value)), [
    bottom - 1,
    bottom - height * 0.35,
  ]);
  const across = linearScale([known[0][0], known.at(-1)![0]], [x, x + width]);
  const line = known
    .map(([at, value]) => `${across.at(at).toFixed(1)} ${up.at(value).toFixed(1)}`)
    .join('L');
  return (
    element('path', {
      d: `M${line}V${bottom.toFixed(1)}H${x.toFixed(1)}Z`,
      fill: colour,
      'fill-opacity': '0.12',
    }) + element('path', { d: `M${line}`, fill: 'none', stroke: colour, 'stroke-opacity': '0.6' })
  );
}

const isNumber = ([, value]: Point) => Number.isFinite(value);
