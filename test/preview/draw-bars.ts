import { formatValue } from './format-value.ts';
import { page, thresholdColour } from './palette.ts';
import { linesOf, type PanelDrawer } from './panel-picture.ts';
import { axisRange, linearScale } from './scale.ts';
import { element, label, textWidth } from './svg.ts';

const leastBar = 13;
const mostBar = 34;

/** A bar for each answer, in their order; those that have no room are counted. */
export const drawBars: PanelDrawer = ({ panel, ...picture }, { x, y, width, height }) => {
  const lines = linesOf({ panel, ...picture });
  const values = lines.map(({ points }) => points.at(-1)![1]);
  const room = Math.floor(height / leastBar);
  const shown = lines.length > room ? room - 1 : lines.length;
  const barHeight = Math.min(mostBar, height / Math.max(shown + (shown < lines.length ? 1 : 0), 1));
  const texts = values.map((value) => formatValue(value, panel.unit, panel));
  const left = Math.min(
    width * 0.5,
    Math.max(...lines.map(({ name }) => textWidth(name, 10.5) + 10)),
  );
  const right = Math.max(...texts.map((text) => textWidth(text, 11) + 8));
  const along = linearScale(axisRange(values, panel), [0, width - left - right]);
  const bars = lines.slice(0, shown).map(({ name }, n) => {
    const top = y + n * barHeight;
    const middle = top + barHeight / 2 + 4;
    const colour = thresholdColour(values[n], panel);
    const length = Math.max(1, along.at(Math.min(along.high, Math.max(along.low, values[n]))));
    const bar = { x: x + left, y: top + 1.5, height: barHeight - 3, rx: 1 };
    return [
      label(
        name,
        { x: x + left - 6, y: middle },
        { size: 10.5, fill: page.text, anchor: 'end', maxWidth: left - 6 },
      ),
      element('rect', { ...bar, width: width - left - right, fill: page.grid }),
      element('rect', { ...bar, width: length, fill: colour, 'fill-opacity': '0.6' }),
      label(texts[n], { x: x + width, y: middle }, { fill: colour, anchor: 'end' }),
    ].join('');
  });
  const rest = lines.length - shown;
  const more = label(
    `+ ${rest} more, under the edge of the panel`,
    { x: x + width / 2, y: y + height - 2 },
    { size: 10, anchor: 'middle' },
  );
  return bars.join('') + (rest > 0 ? more : '');
};
