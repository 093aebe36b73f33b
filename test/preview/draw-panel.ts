import type { Shape } from '../../src/provisioning/dashboards/dashboard.ts';
import { hasRoomForSentence } from '../../src/provisioning/grafana/field-settings.ts';
import { drawBars } from './draw-bars.ts';
import { drawHeatmap } from './draw-heatmap.ts';
import { drawStat } from './draw-stat.ts';
import { drawTable } from './draw-table.ts';
import { drawSentence, drawText } from './draw-text.ts';
import { drawTimeline } from './draw-timeline.ts';
import { drawTimeseries } from './draw-timeseries.ts';
import { page } from './palette.ts';
import type { PanelDrawer, PanelPicture } from './panel-picture.ts';
import { type Box, element, label } from './svg.ts';

const elsewhere =
  (what: string): PanelDrawer =>
  (_, box) =>
    drawSentence(what, box);

const drawers: Readonly<Record<Shape, PanelDrawer>> = {
  timeseries: drawTimeseries,
  stat: drawStat,
  gauge: drawStat,
  bars: drawBars,
  heatmap: drawHeatmap,
  table: drawTable,
  alerts: drawTable,
  timeline: drawTimeline,
  text: drawText,
  traces: elsewhere('Traces come from Tempo, which was not running for this picture'),
  logs: elsewhere('Log lines come from Loki, which was not running for this picture'),
};

/** Shapes that show something without an answer of Prometheus. */
const needNothing: readonly Shape[] = ['text', 'traces', 'logs'];

/** A panel with its frame and title; what has no data says so, and why that may be. */
export function drawPanel(picture: PanelPicture, box: Box): string {
  const { panel, answers } = picture;
  const { x, y, width, height } = box;
  const frame = element('rect', { ...box, rx: 3, fill: page.panel, stroke: page.border });
  const title = label(
    panel.title,
    { x: x + 8, y: y + 19 },
    { size: 12.5, fill: page.text, weight: 500, maxWidth: width - 16 },
  );
  const inside = { x: x + 8, y: y + 28, width: width - 16, height: height - 34 };
  const isEmpty = answers.every(({ series }) =>
    series.every(({ points }) => points.every(([, value]) => !Number.isFinite(value))),
  );
  const content =
    isEmpty && !needNothing.includes(panel.shape)
      ? drawSentence(noData(picture), inside)
      : drawers[panel.shape](picture, inside);
  return frame + title + content;
}

function noData({ panel }: PanelPicture): string {
  const { mayBeEmpty } = panel;
  return mayBeEmpty !== undefined && hasRoomForSentence(panel)
    ? `No data ${mayBeEmpty}`
    : 'No data';
}
