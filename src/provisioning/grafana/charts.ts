import { VisualizationV2Builder as BarsBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DataLink } from '@grafana/grafana-foundation-sdk/dashboardv2';
import { VisualizationV2Builder as GaugeBuilder } from '@grafana/grafana-foundation-sdk/gauge';
import {
  VisualizationV2Builder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapTooltipBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { VisualizationV2Builder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { VisualizationV2Builder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { VisualizationV2Builder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Panel } from '../dashboards/dashboard.ts';
import { setFields } from './field-settings.ts';

/** Lines over time; bounds are dashed lines. */
export function timeseries(panel: Panel, links: readonly DataLink[]): TimeseriesBuilder {
  const builder = setFields(new TimeseriesBuilder(), panel, links)
    .legend(legend())
    .tooltip(tooltip())
    .showPoints(VisibilityMode.Auto)
    .lineWidth(1)
    .fillOpacity(panel.isStacked ? 40 : 8);
  if (panel.isStacked) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (panel.thresholds !== undefined) {
    builder.thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed),
    );
  }
  return builder;
}

/** How a distribution moves: buckets from bottom to top, darker where more is. */
export function heatmap(panel: Panel, links: readonly DataLink[]): HeatmapBuilder {
  const axis = new YAxisConfigBuilder().unit(panel.unit);
  if (panel.decimals !== undefined) axis.decimals(panel.decimals);
  return setFields(new HeatmapBuilder(), panel, links)
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Oranges'))
    .yAxis(axis)
    .tooltip(new HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single).yHistogram(true));
}

/** States over time, coloured by the thresholds. */
export function timeline(panel: Panel, links: readonly DataLink[]): TimelineBuilder {
  return setFields(new TimelineBuilder(), panel, links)
    .legend(legend())
    .tooltip(tooltip())
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .fillOpacity(80);
}

/** One number, with its way there where the query knows it. */
export function stat(panel: Panel, links: readonly DataLink[]): StatBuilder {
  const hasHistory = panel.queries.some(({ isInstant }) => !isInstant);
  return setFields(new StatBuilder(), panel, links)
    .graphMode(hasHistory ? BigValueGraphMode.Area : BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .reduceOptions(lastValue());
}

/** A number on a scale; shares have the scale of shares. */
export function gauge(panel: Panel, links: readonly DataLink[]): GaugeBuilder {
  const scaled = panel.unit === 'percentunit' ? { min: 0, max: 1, ...panel } : panel;
  return setFields(new GaugeBuilder(), scaled, links).reduceOptions(lastValue());
}

/** A bar for each answer. */
export function bars(panel: Panel, links: readonly DataLink[]): BarsBuilder {
  return setFields(new BarsBuilder(), panel, links)
    .orientation(VizOrientation.Horizontal)
    .reduceOptions(lastValue());
}

const lastValue = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);

const legend = () =>
  new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([]);

const tooltip = () =>
  new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);
