import type { FactName } from './facts.ts';

/** What feeds a series: a fact, the record of a finished request, or the set itself. */
type MetricOwner = FactName | 'request.finished' | 'telemetry.opened' | 'metric-set';

/** One row of the table of series. */
export interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Number among the seventeen key metrics. */
  readonly key?: number;
  /** Number of the key metric it explains. */
  readonly companion?: number;
  /** Base unit; empty where the values are plain counts or coefficients. */
  readonly unit: '' | 'seconds' | 'bytes' | 'ratio' | 'bits';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, ascending, without infinity; histograms only. */
  readonly buckets?: readonly number[];
  readonly owner: MetricOwner;
  /** Title of the panel that shows it. */
  readonly panel: string;
  /** What is worth an alert, in a few words. */
  readonly alert?: string;
  /**
   * How the detector of anomalies looks at it. Left out, it takes what the type suggests: the rate of a counter, the
   * level of a gauge, the rate, median and 95th percentile of a histogram.
   */
  readonly watch?: 'rate' | 'level' | 'quantiles' | 'none';
  /** The exposed name has no `sightline_` in front. */
  readonly unprefixed?: true;
}
