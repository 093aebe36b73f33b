import type { Dashboard } from '../../src/provisioning/dashboards/dashboard.ts';
import { bottomOf, gridColumns, type Place } from '../../src/provisioning/grafana/layout.ts';
import { type PlacedRow, placeRows } from '../../src/provisioning/grafana/placed-rows.ts';
import { answerKey, type Chosen } from './answers.ts';
import { type DashboardPicture, margin, pageWidth } from './dashboard-picture.ts';
import { drawHead } from './draw-head.ts';
import { drawPanel } from './draw-panel.ts';
import { colourOf, page } from './palette.ts';
import type { DrawnMark } from './panel-picture.ts';
import { type Box, element, label } from './svg.ts';

const gap = 6;
const columnWidth = (pageWidth - 2 * margin + gap) / gridColumns;
const lineHeight = 30;
const headHeight = 66;

/** A row, and the value that it is repeated for. */
interface DrawnRow {
  readonly placed: PlacedRow;
  readonly value: string | undefined;
}

/** A dashboard as one picture: its rows and panels on the grid, as Grafana lays them out. */
export function drawDashboard(dashboard: Dashboard, picture: DashboardPicture): string {
  const rows = repeatedRows(placeRows(dashboard), picture.answers.chosen);
  let top = headHeight;
  const drawn = rows.map(({ value, placed }) => {
    const row = drawRow(placed, { value, top, picture });
    top +=
      (1 + (placed.row.isCollapsed ? 0 : bottomOf(placed.panels.map(({ place }) => place)))) *
      lineHeight;
    return row;
  });
  const height = top + margin;
  const background = element('rect', { width: pageWidth, height, fill: page.background });
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${pageWidth} ${height}`,
      width: pageWidth,
      height,
      'font-family': 'Inter, Helvetica, Arial, sans-serif',
    },
    element('title', {}, dashboard.title),
    background,
    drawHead(dashboard, picture),
    ...drawn,
  );
}

/** A row that is repeated stands once for each value of its variable. */
function repeatedRows(rows: readonly PlacedRow[], chosen: Chosen): DrawnRow[] {
  return rows.flatMap((placed) => {
    const { repeat } = placed.row;
    const shownFor = repeat === undefined ? [undefined] : (chosen[repeat] ?? []);
    return shownFor.map((value) => ({ placed, value }));
  });
}

function drawRow(
  { row, panels }: PlacedRow,
  {
    value,
    top,
    picture,
  }: {
    readonly value: string | undefined;
    readonly top: number;
    readonly picture: DashboardPicture;
  },
): string {
  const { window, panels: answers } = picture.answers;
  const title = value === undefined ? row.title : row.title.replaceAll(/\$\w+/g, value);
  const arrow = row.isCollapsed ? '▸' : '▾';
  const heading = label(
    `${arrow} ${title}`,
    { x: margin + 2, y: top + 20 },
    { size: 14, fill: page.text, weight: 500 },
  );
  if (row.isCollapsed) return heading;
  const marks = marksOf(picture);
  const drawn = panels.map(({ panel, place }) =>
    drawPanel(
      { panel, answers: answers[answerKey(panel.key, value)] ?? [], window, marks },
      boxOf(place, top + lineHeight),
    ),
  );
  return [heading, ...drawn].join('');
}

function boxOf({ x, y, w, h }: Place, top: number): Box {
  return {
    x: margin + x * columnWidth,
    y: top + y * lineHeight,
    width: w * columnWidth - gap,
    height: h * lineHeight - gap,
  };
}

function marksOf({ answers, annotations }: DashboardPicture): DrawnMark[] {
  return annotations.flatMap(({ name, colour }) =>
    (answers.marks[name] ?? []).map((atSeconds) => ({ atSeconds, colour: colourOf(colour) })),
  );
}
