import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { VizConfigKind } from '@grafana/grafana-foundation-sdk/dashboardv2';
import type { Panel, Shape } from '../dashboards/dashboard.ts';
import { bars, gauge, heatmap, stat, timeline, timeseries } from './charts.ts';
import { logs, table, text } from './lists.ts';
import type { PlacedLinks } from './panel-links.ts';

type Maker = (panel: Panel, links: PlacedLinks) => Builder<VizConfigKind>;

const chart =
  (make: (panel: Panel, links: PlacedLinks['ofPoints']) => Builder<VizConfigKind>): Maker =>
  (panel, { ofPoints }) =>
    make(panel, ofPoints);

const makers: Readonly<Record<Shape, Maker>> = {
  timeseries: chart(timeseries),
  stat: chart(stat),
  gauge: chart(gauge),
  bars: chart(bars),
  heatmap: chart(heatmap),
  timeline: chart(timeline),
  table,
  // Found traces and firing alerts are rows; the panels of Grafana by these names show one trace, and the rules of Grafana.
  traces: table,
  alerts: table,
  logs,
  text,
};

/** What a panel shows its answers as. */
export function visualization(panel: Panel, links: PlacedLinks): Builder<VizConfigKind> {
  return makers[panel.shape](panel, links);
}
