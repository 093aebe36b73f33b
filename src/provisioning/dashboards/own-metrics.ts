import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { dashboardScope } from '../queries/scopes.ts';
import { selectSeries } from '../queries/target-series.ts';
import type { Definition } from '../source/definition.ts';
import type { MetricDefinition } from '../source/metric-definition.ts';
import type { Dashboard, Panel, Query, Unit } from './dashboard.ts';

const perLine = 3;

/** One panel for each series of plugins, by all of its labels; undefined without any. */
export function ownMetrics(definition: Definition): Dashboard | undefined {
  const { ownMetrics: metrics } = definition;
  if (metrics.length === 0) return undefined;
  const panels = metrics.map((metric) => panelOf(definition, metric));
  const lines = Math.ceil(panels.length / perLine);
  return {
    key: 'own-metrics',
    title: 'Own metrics',
    description:
      'The series of your own plugins, one panel each: counters as rates, histograms as quantiles. What they mean is up to whoever declared them.',
    variables: [],
    rows: [
      {
        title: 'Own metrics',
        panels: Array.from({ length: lines }, (_, l) =>
          line(...panels.slice(l * perLine, (l + 1) * perLine)),
        ).flat(),
      },
    ],
  };
}

function panelOf(definition: Definition, metric: MetricDefinition): Panel {
  return timeseries({
    key: metric.name,
    title: metric.panel,
    description: `${metric.help.replace(/\.$/, '')}. Fed by ${metric.owner}.`,
    unit: unitOf(metric),
    queries: queriesOf(definition, metric),
    mayBeEmpty: `until ${metric.owner} feeds it`,
  });
}

function queriesOf(definition: Definition, { name, type, labels }: MetricDefinition): Query[] {
  const scope = dashboardScope(definition);
  const legend = labels.map((label) => `{{${label}}}`).join(' ');
  const grouped = (of: string, by: readonly string[], inner: string) =>
    `${of}${by.length === 0 ? '' : ` by (${by.join(', ')}) `}(${inner})`;
  if (type === 'gauge') {
    return [{ expr: grouped('avg', labels, selectSeries(scope, name)), legend }];
  }
  const suffix = type === 'histogram' ? '_bucket' : '';
  const rates = `rate(${selectSeries(scope, name, { suffix })}[$__rate_interval])`;
  if (type === 'counter') return [{ expr: grouped('sum', labels, rates), legend }];
  return [0.5, 0.95].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, ${grouped('sum', ['le', ...labels], rates)})`,
    legend: `${legend} p${quantile * 100}`.trim(),
  }));
}

function unitOf({ type, unit }: MetricDefinition): Unit {
  // A second of something a second is a share of the time.
  if (type === 'counter') return unit === 'seconds' ? 'percentunit' : 'ops';
  const units = { seconds: 's', bytes: 'bytes', ratio: 'percentunit', bits: 'bits', '': 'short' };
  return units[unit] as Unit;
}
