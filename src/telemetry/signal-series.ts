import { within } from './bounded-map.ts';
import type { FactSeries } from './fact-series.ts';
import type { BucketedValues } from './fact-values.ts';
import type { Counter, Histogram, MetricSet } from './metric-set.ts';

/** Binds the series that the facts of the signals feed, once a second. */
export function createSignalSeries(set: MetricSet): FactSeries {
  return { ...qualitySeries(set), ...calibrationSeries(set), ...driftSeries(set) };
}

function qualitySeries(set: MetricSet) {
  return {
    'coverage.measured': ({ strategy, catalog, exposed, items }) =>
      set.gauge('catalog_coverage_ratio', { strategy, catalog }).set(exposed / items),
    'exposures.measured': ({ catalog, gini, coldShare }) => {
      set.gauge('catalog_gini_ratio', { catalog }).set(gini);
      set.gauge('cold_exposure_ratio', { catalog }).set(coldShare);
    },
    'slates.measured': ({ strategy, diversity, novelty, repetition }) => {
      merge(set.histogram('slate_diversity_ratio', { strategy }), diversity);
      merge(set.histogram('slate_novelty_bits', { strategy }), novelty);
      if (repetition !== undefined)
        set.gauge('slate_repetition_ratio', { strategy }).set(repetition);
    },
  } satisfies FactSeries;
}

function calibrationSeries(set: MetricSet) {
  const evaluations = new Map<string, Map<string, Counter>>();
  return {
    'clicks.judged': ({ strategy, catalog, errors }) =>
      merge(set.histogram('ctr_prediction_error', { strategy, catalog }), errors),
    'calibration.measured': ({ strategy, catalog, ratio, logLoss, brier, calibrationError }) => {
      const labels = { strategy, catalog };
      if (ratio !== undefined) set.gauge('ctr_calibration_ratio', labels).set(ratio);
      set.gauge('ctr_calibration_error_ratio', labels).set(calibrationError);
      set.gauge('ctr_log_loss', labels).set(logLoss);
      set.gauge('ctr_brier_score', labels).set(brier);
    },
    'feedback.joined': ({ outcome, events }) =>
      set.counter('feedback_joined_total', { outcome }).add(events),
    'served.measured': ({ strategy, catalog, clickRatio, positiveRatio }) => {
      const labels = { strategy, catalog };
      set.gauge('click_through_ratio', labels).set(clickRatio);
      if (positiveRatio !== undefined)
        set.gauge('positive_feedback_ratio', labels).set(positiveRatio);
    },
    'exposures.judged': ({ exposures, ...labels }) =>
      set.counter('judged_exposures_total', labels).add(exposures),
    'arm.measured': ({ experiment, variant, clickRatio, positiveRatio }) => {
      const labels = { experiment, variant };
      set.gauge('experiment_click_through_ratio', labels).set(clickRatio);
      if (positiveRatio !== undefined)
        set.gauge('experiment_positive_feedback_ratio', labels).set(positiveRatio);
    },
    'allocation.measured': ({ experiment, variant, ratio }) =>
      set.gauge('experiment_allocation_ratio', { experiment, variant }).set(ratio),
    'flag.evaluated': ({ experiment, variant, reason }) => {
      const reasons = within(evaluations, `${experiment}/${variant}`, () => new Map());
      within(reasons, reason, () =>
        set.counter('flag_evaluations_total', { experiment, variant, reason }),
      ).add(1);
    },
    'arms.compared': ({ experiment, outcome, ...bounds }) => {
      for (const bound of ['low', 'value', 'high'] as const)
        set.gauge('experiment_difference_ratio', { experiment, outcome, bound }).set(bounds[bound]);
    },
    'split.calibrated': ({ experiment, share, drift, mismatchPValue }) => {
      set.gauge('experiment_share_ratio', { experiment }).set(share);
      if (drift !== undefined) set.gauge('experiment_drift_ratio', { experiment }).set(drift);
      if (mismatchPValue !== undefined)
        set.gauge('experiment_mismatch_pvalue', { experiment }).set(mismatchPValue);
    },
  } satisfies FactSeries;
}

function driftSeries(set: MetricSet) {
  return {
    'similarity.measured': ({ catalog, decayRates }) =>
      merge(set.histogram('item_similarity_decay_rate', { catalog }), decayRates),
    'items.cold': ({ catalog, items }) => set.gauge('cold_items', { catalog }).set(items),
    'retraining.waits': ({ items }) => set.gauge('items_awaiting_retraining').set(items),
    'items.retrained': ({ outcome, items }) =>
      set.counter('item_retrains_total', { outcome }).add(items),
    'sessions.measured': ({ segment, entropies, freshness }) => {
      merge(set.histogram('session_freshness_entropy_bits', { segment }), entropies);
      set.gauge('session_freshness_ratio', { segment }).set(freshness);
    },
    'signal.read': ({ value, ...labels }) => {
      if (value === undefined) set.remove('plugin_signal', labels);
      else set.gauge('plugin_signal', labels).set(value);
    },
    'drift.measured': ({ source, target, coefficient, distance, scale }) => {
      set.gauge('domain_drift_coefficient', { source, target }).set(coefficient);
      set.gauge('domain_distance', { source, target }).set(distance);
      set.gauge('domain_drift_scale', { source, target }).set(scale);
    },
  } satisfies FactSeries;
}

function merge(histogram: Histogram, { counts, sum }: BucketedValues): void {
  histogram.merge(counts, sum);
}
