import { createMetricWindow, type MetricWindow, type Within } from './metric-window.ts';
import type { Aggregated, Collected, Metric, Stage } from './snapshot.ts';
import { type Across, withoutLabels } from './without-labels.ts';

/** What becomes of the metrics that a rule names. */
export interface AggregateRule {
  /** Names as a scraper sees them; undefined names all. */
  readonly metrics?: readonly string[] | undefined;
  /** Labels that are dropped. */
  readonly without: readonly string[];
  /** Periods of collection that the window spans, 1 or more. */
  readonly periods: number;
  /** What becomes of gauges whose labels are dropped, and over the window. */
  readonly gauges: { readonly across: Across; readonly within: Within };
}

const asIs: AggregateRule = {
  without: [],
  periods: 1,
  gauges: { across: 'avg', within: 'last' },
};

/**
 * Makes the second stage: labels dropped and a sliding window, by the first rule that names the metric. Counters and
 * histograms go on counting from the start, so that a receiver that misses some of them loses nothing; what they gained
 * inside the window stands beside them. Without a rule a metric keeps its labels, and its window is one period.
 */
export function createAggregator(rules: readonly AggregateRule[]): Stage<Collected, Aggregated> {
  let windows = new Map<string, OpenWindow>();
  return ({ atMs, startMs, metrics }) => {
    const before = windows;
    windows = new Map();
    const aggregated = metrics.map((metric) => {
      const rule = rules.find((one) => isNamed(one, metric.name)) ?? asIs;
      const { periods, gauges } = rule;
      const window = before.get(metric.name)?.window ?? createMetricWindow(periods, gauges.within);
      const merged = withoutLabels(metric, rule.without, gauges.across);
      windows.set(metric.name, { window, last: merged });
      return window.slide(merged);
    });
    const gone = [...before]
      .filter(([name]) => !windows.has(name))
      .map(([, { window, last }]) => window.slide(emptied(last)));
    return { stage: 'aggregated', atMs, startMs, metrics: [...aggregated, ...gone] };
  };
}

interface OpenWindow {
  readonly window: MetricWindow;
  readonly last: Metric;
}

/** Whether a rule names a metric. */
export function isNamed({ metrics }: Pick<AggregateRule, 'metrics'>, name: string): boolean {
  return metrics === undefined || metrics.includes(name);
}

function emptied(metric: Metric): Metric {
  return { ...metric, series: [], numbers: new Float64Array(0) };
}
