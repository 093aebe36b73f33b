import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type DataLink,
  type FieldColor,
  FieldColorBuilder,
  FieldColorModeId,
  type Threshold as GrafanaThreshold,
  type ThresholdsConfig,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import type { Panel, Shape } from '../dashboards/dashboard.ts';

/** What the builders of all visualizations of numbers have. */
interface FieldBuilder {
  unit(unit: string): this;
  decimals(decimals: number): this;
  min(min: number): this;
  max(max: number): this;
  thresholds(thresholds: Builder<ThresholdsConfig>): this;
  colorScheme(colour: Builder<FieldColor>): this;
  noValue(text: string): this;
  dataLinks(links: DataLink[]): this;
}

/** Shapes whose numbers are written in the colour of the lowest step: it must be seen. */
const written: readonly Shape[] = ['stat', 'gauge', 'bars', 'table', 'alerts'];

/** Gives a visualization unit, range, thresholds and colours of its panel and the links of its points, and returns it. */
export function setFields<Made extends FieldBuilder>(
  builder: Made,
  panel: Panel,
  links: readonly DataLink[],
): Made {
  const { unit, decimals, min, max, mayBeEmpty } = panel;
  builder
    .dataLinks([...links])
    .unit(unit)
    .thresholds(thresholds(panel))
    .colorScheme(colours(panel));
  if (decimals !== undefined) builder.decimals(decimals);
  if (min !== undefined) builder.min(min);
  if (max !== undefined) builder.max(max);
  if (mayBeEmpty !== undefined && hasRoomForSentence(panel)) {
    builder.noValue(`No data ${mayBeEmpty}`);
  }
  return builder;
}

/** Whether a panel without data can say why: a single number is too small, and a table may say it in each empty cell. */
export function hasRoomForSentence({ shape, queries }: Panel): boolean {
  if (shape === 'table') return queries.length === 1;
  return ['timeseries', 'heatmap', 'timeline', 'traces', 'alerts'].includes(shape);
}

/** The first step has no bound: Grafana colours what lies under all others with it. */
function thresholds({ thresholds: steps = [], shape }: Panel): ThresholdsConfigBuilder {
  const calm = written.includes(shape) ? 'text' : 'transparent';
  const bounded = steps
    .filter(({ from }) => from !== undefined)
    .sort((one, other) => Number(one.from) - Number(other.from));
  const lowest = steps.find(({ from }) => from === undefined)?.colour ?? 'transparent';
  const colourOf = (colour: string) => (colour === 'transparent' ? calm : colour);
  const made: GrafanaThreshold[] = [
    { value: null, color: colourOf(lowest) },
    ...bounded.map(({ from, colour }) => ({ value: Number(from), color: colourOf(colour) })),
  ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(made);
}

/** Lines are told apart by colours of their own, single values by how good they are. */
function colours({ shape }: Panel): FieldColorBuilder {
  const isLine = shape === 'timeseries' || shape === 'heatmap';
  return new FieldColorBuilder().mode(
    isLine ? FieldColorModeId.PaletteClassicByName : FieldColorModeId.Thresholds,
  );
}
