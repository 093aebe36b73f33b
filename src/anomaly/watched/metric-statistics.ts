import type { MetricRow } from '../../telemetry/metric-row.ts';
import type { MetricName } from '../../telemetry/metrics.ts';
import type { MeasureName } from '../cube/measures.ts';
import type { WatchedSeries } from '../watched-series.ts';

/** What is read of a metric in a tick: how much it grew, what it is, or quantiles of what was observed. */
export type Statistic = 'rate' | 'level' | 'p50' | 'p95';

const offered: Readonly<Record<MetricRow['type'], readonly Statistic[]>> = {
  counter: ['rate'],
  gauge: ['level'],
  histogram: ['rate', 'p50', 'p95'],
};

const asked: Readonly<Record<NonNullable<MetricRow['watch']>, readonly Statistic[]>> = {
  rate: ['rate'],
  level: ['level'],
  quantiles: ['p50', 'p95'],
  none: [],
};

/**
 * The statistics by which the detector sees a metric: all that its type offers, or those of them that the row asks for.
 *
 * @example statisticsOf(metricTable.store_fetch_duration_seconds) // ['rate', 'p50', 'p95']
 */
export function statisticsOf({ type, watch }: MetricRow): readonly Statistic[] {
  if (watch === undefined) return offered[type];
  return offered[type].filter((statistic) => asked[watch].includes(statistic));
}

/** What is known of a metric beside its row. */
interface Judgement {
  /** Which way the rate of a counter, the level of a gauge or the quantiles of a histogram are worth an alarm. */
  readonly direction?: WatchedSeries['direction'];
  /** The measure of the cube that moves for the same reasons. */
  readonly measure?: MeasureName;
}

/** Metrics that are not looked at in both ways (counters, gauges) or for growth (quantiles), or that the cube explains. */
const judgements: Readonly<Partial<Record<MetricName, Judgement>>> = {
  events_dropped_total: { direction: 'up' },
  context_replaced_total: { direction: 'up' },
  model_failures_total: { direction: 'up' },
  label_overflow_total: { direction: 'up' },
  observations_rejected_total: { direction: 'up' },

  feature_missing_ratio: { direction: 'up', measure: 'missing' },
  ring_lag_seconds: { direction: 'up' },
  ctr_calibration_error_ratio: { direction: 'up' },
  ctr_log_loss: { direction: 'up' },
  slate_repetition_ratio: { direction: 'up' },
  cold_items: { direction: 'up' },
  items_awaiting_retraining: { direction: 'up' },
  session_freshness_ratio: { direction: 'down' },
  domain_drift_coefficient: { direction: 'up' },
  experiment_drift_ratio: { direction: 'up' },

  stage_duration_seconds: { measure: 'slow' },
  component_duration_seconds: { measure: 'slow' },
  stage_candidates: { direction: 'both' },
  slate_diversity_ratio: { direction: 'both' },
  slate_novelty_bits: { direction: 'both' },
  session_freshness_entropy_bits: { direction: 'both' },
};

/**
 * One statistic of one series as the detector is told of it.
 *
 * @example
 * watchedMetric('ring_lag_seconds', { statistic: 'level', labels: {} })
 * // { name: 'ring_lag_seconds level', labels: {}, kind: 'level', direction: 'up', measure: undefined }
 */
export function watchedMetric(
  metric: MetricName,
  { statistic, labels }: { statistic: Statistic; labels: WatchedSeries['labels'] },
): WatchedSeries {
  const { direction, measure }: Judgement = judgements[metric] ?? {};
  const isQuantile = statistic === 'p50' || statistic === 'p95';
  // How often a histogram was fed says nothing of whether its values are good or bad.
  const isFeed = statistic === 'rate' && !metric.endsWith('_total');
  return {
    name: `${metric} ${statistic}`,
    labels,
    kind: statistic === 'rate' ? 'count' : 'level',
    direction: isFeed ? 'both' : (direction ?? (isQuantile ? 'up' : 'both')),
    measure: isFeed ? undefined : measure,
  };
}
