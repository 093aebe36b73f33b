import type { MetricRow } from '../metric-row.ts';

/** All series of one metric at one moment, as columns. */
export interface Metric {
  /** The name a scraper sees. */
  readonly name: string;
  readonly type: MetricRow['type'];
  readonly unit: MetricRow['unit'];
  readonly help: string;
  /** Label names. */
  readonly labels: readonly string[];
  /** Upper bounds of the buckets, ascending, without infinity; empty where it is no histogram. */
  readonly bounds: Float64Array;
  /** The label values of each series, in the order of `labels`; empty where a series has no such label. */
  readonly series: readonly LabelValues[];
  /**
   * `widthOf` numbers a series, one series after the other: the value of a counter or gauge; of a histogram the count
   * of each bucket by itself, the last one without bound, and then the sum.
   */
  readonly numbers: Float64Array;
}

/** The values of the labels of a metric. */
export type LabelValues = readonly string[];

/** A metric with what happened to it inside a window of time. Its gauges hold their value over the window. */
export interface WindowedMetric extends Metric {
  /** What came to `numbers` inside the window; of a gauge the numbers themselves. */
  readonly increases: Float64Array;
  /** Series that were there the time before and are no more. */
  readonly gone: readonly LabelValues[];
}

interface Moment {
  /** Epoch milliseconds of the collection. */
  readonly atMs: number;
  /** Epoch milliseconds from which counters and histograms count. */
  readonly startMs: number;
}

/** The first stage of the life of metrics: everything as it is. */
export interface Collected extends Moment {
  readonly stage: 'collected';
  readonly metrics: readonly Metric[];
}

/** The second stage: fewer labels, and a window of time. */
export interface Aggregated extends Moment {
  readonly stage: 'aggregated';
  readonly metrics: readonly WindowedMetric[];
}

/** The third stage, which is what leaves: only what was worth it. */
export interface Sampled extends Moment {
  readonly stage: 'sampled';
  readonly metrics: readonly WindowedMetric[];
  /** Samples of the exposition that stayed behind. */
  readonly leftOut: number;
}

/** One step in the life of metrics; it takes only what the step before it makes. */
export type Stage<In, Out> = (snapshot: In) => Out;

/** Numbers a series of a metric has. */
export function widthOf({ type, bounds }: Pick<Metric, 'type' | 'bounds'>): number {
  return type === 'histogram' ? bounds.length + 2 : 1;
}

/** Samples a series of a metric takes in the exposition; a histogram has a count beside its numbers. */
export function samplesOf(metric: Pick<Metric, 'type' | 'bounds'>): number {
  return metric.type === 'histogram' ? widthOf(metric) + 1 : 1;
}

/** Samples that metrics take in the exposition. */
export function sampleCount(metrics: readonly Metric[]): number {
  return metrics.reduce((sum, metric) => sum + metric.series.length * samplesOf(metric), 0);
}

/** Label values as one text, different for different values. */
export const keyOf = (values: LabelValues): string => values.join('\0');
