import { page, thresholdColour } from './palette.ts';
import { type Line, linesOf, type PanelDrawer, type PanelPicture } from './panel-picture.ts';
import { drawAxes, drawMarks, plotBox, timeScale } from './plot.ts';
import { linearScale } from './scale.ts';
import { element, label } from './svg.ts';

/** A row for each line, coloured while it has a value. */
export const drawTimeline: PanelDrawer = (picture, outer) => {
  const lines = linesOf(picture);
  const names = lines.map(({ name }) => name);
  const box = plotBox(outer, names);
  const across = timeScale(picture, box);
  const up = linearScale([0, lines.length], [box.y, box.y + box.height]);
  const height = Math.min(26, (box.height / lines.length) * 0.8);
  const rows = lines.flatMap((line, n) => {
    const middle = up.at(n + 0.5);
    const states = statesOf(line, picture).map(({ from, to, colour }) =>
      element('rect', {
        x: across.at(from),
        y: middle - height / 2,
        width: Math.max(1, across.at(to) - across.at(from)),
        height,
        fill: colour,
        'fill-opacity': '0.8',
      }),
    );
    const at = { x: box.x - 6, y: middle + 4 };
    return [label(line.name, at, { size: 10, fill: page.text, anchor: 'end' }), ...states];
  });
  const axes = drawAxes({ ticks: [] }, { box, up, across });
  return [axes, ...rows, drawMarks(picture, box, across)].join('');
};

/** Neighbouring points of one colour, each until the next one. */
function statesOf({ points }: Line, { panel, window }: PanelPicture) {
  const states: { from: number; to: number; colour: string }[] = [];
  for (const [at, value] of points) {
    const last = states.at(-1);
    const colour = thresholdColour(value, panel);
    const to = at + window.step;
    if (last?.colour === colour && at - last.to < window.step / 2) last.to = to;
    else states.push({ from: at, to, colour });
  }
  return states;
}
