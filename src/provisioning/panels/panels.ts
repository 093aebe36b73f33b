import type { Panel, Shape } from '../dashboards/dashboard.ts';

/** What has to be said of a panel; its size follows from its shape where it is left out. */
export type PanelOptions = Omit<Panel, 'shape' | 'width' | 'height'> &
  Partial<Pick<Panel, 'width' | 'height'>>;

/** Makes panels of one shape. */
export type PanelMaker = (options: PanelOptions) => Panel;

const maker =
  (shape: Shape, width: number, height: number): PanelMaker =>
  (options) => ({ shape, width, height, ...options });

/** Lines over time, three on a line of the grid. */
export const timeseries = maker('timeseries', 8, 8);
/** One number, six on a line of the grid. */
export const stat = maker('stat', 4, 4);
/** A number on a scale, six on a line. */
export const gauge = maker('gauge', 4, 4);
const plainBars = maker('bars', 8, 8);
/** A bar for each answer, three on a line; blue where no threshold says how good it is. */
export const bars: PanelMaker = (options) =>
  plainBars({ thresholds: [{ colour: 'blue' }], ...options });
/** How a distribution moves, two on a line. */
export const heatmap = maker('heatmap', 12, 8);
/** Labels and values in rows, two on a line. */
export const table = maker('table', 12, 8);
/** States over time, one on a line. */
export const timeline = maker('timeline', 24, 6);
/** Traces found, two on a line. */
export const traces = maker('traces', 12, 8);
/** Log lines, two on a line. */
export const logs = maker('logs', 12, 8);
/** Alerts that fire, two on a line. */
export const alerts = maker('alerts', 12, 8);
/** Markdown, one on a line. */
export const text = maker('text', 24, 3);
