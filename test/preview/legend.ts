import { page } from './palette.ts';
import type { Line } from './panel-picture.ts';
import { type Box, element, label, shortened, textWidth } from './svg.ts';

const lineHeight = 16;
const size = 10.5;

/** The legend of a plot and the room above it. */
export interface Legend {
  readonly drawn: string;
  readonly above: Box;
}

/** Draws the names of lines under a plot, on two lines at most; what has no room is counted. */
export function drawLegend(lines: readonly Pick<Line, 'name' | 'colour'>[], box: Box): Legend {
  const placed = placeNames(lines, box.width);
  const rows = (placed.at(-1)?.row ?? 0) + 1;
  const top = box.y + box.height - rows * lineHeight;
  const rest = lines.length - placed.length;
  const drawn = placed.map(({ name, colour, x, row }, n) => {
    const isLast = n === placed.length - 1 && rest > 0;
    const y = top + row * lineHeight + 12;
    const at = box.x + x;
    return (
      element('rect', { x: at, y: y - 5, width: 12, height: 3, rx: 1, fill: colour }) +
      label(isLast ? `${name}  + ${rest} more` : name, { x: at + 16, y }, { size, fill: page.text })
    );
  });
  return { drawn: drawn.join(''), above: { ...box, height: box.height - rows * lineHeight - 2 } };
}

interface PlacedName {
  readonly name: string;
  readonly colour: string;
  readonly x: number;
  readonly row: number;
}

function placeNames(lines: readonly Pick<Line, 'name' | 'colour'>[], width: number): PlacedName[] {
  const placed: PlacedName[] = [];
  let x = 0;
  let row = 0;
  for (const { name, colour } of lines) {
    const text = shortened(name, width - 20, size);
    const needed = 16 + textWidth(text, size) + 10;
    if (x > 0 && x + needed > width - (row === 1 ? 50 : 0)) {
      row++;
      x = 0;
    }
    if (row > 1) break;
    placed.push({ name: text, colour, x, row });
    x += needed;
  }
  return placed;
}
