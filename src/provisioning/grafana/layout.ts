import type { Panel } from '../dashboards/dashboard.ts';

/** A place on the grid: columns and lines of the grid, counted from its upper left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

type Size = Pick<Panel, 'width' | 'height'>;

/** Columns of the grid. */
export const gridColumns = 24;

/**
 * Places panels line by line from `top` downwards: no two overlap and each line is full. What is too wide for a line
 * begins the next one, columns left over are shared by the panels of the line, and all are as high as the highest.
 *
 * @example placePanels([{ width: 8, height: 4 }, { width: 8, height: 6 }]).map(({ x, w, h }) => [x, w, h])
 * // [[0, 12, 6], [12, 12, 6]]
 */
export function placePanels(panels: readonly Size[], top = 0): Place[] {
  let y = top;
  return linesOf(panels).flatMap((line) => {
    const places = placeLine(line, y);
    y += places[0].h;
    return places;
  });
}

/** The line of the grid under all places, `top` where there are none. */
export function bottomOf(places: readonly Place[], top = 0): number {
  return places.reduce((bottom, { y, h }) => Math.max(bottom, y + h), top);
}

function linesOf(panels: readonly Size[]): Size[][] {
  const lines: Size[][] = [];
  let left = 0;
  for (const panel of panels) {
    const width = widthOf(panel);
    if (width > left) {
      lines.push([]);
      left = gridColumns;
    }
    lines.at(-1)?.push(panel);
    left -= width;
  }
  return lines;
}

function placeLine(line: readonly Size[], y: number): Place[] {
  const rest = gridColumns - line.reduce((sum, panel) => sum + widthOf(panel), 0);
  const h = Math.max(1, ...line.map(({ height }) => Math.round(height)));
  let x = 0;
  return line.map((panel, p) => {
    const shared =
      Math.floor((rest * (p + 1)) / line.length) - Math.floor((rest * p) / line.length);
    const place = { x, y, w: widthOf(panel) + shared, h };
    x += place.w;
    return place;
  });
}

const widthOf = ({ width }: Size) => Math.min(gridColumns, Math.max(1, Math.round(width)));
