import type { FactSeries } from './fact-series.ts';
import type { MetricSet } from './metric-set.ts';

/** Binds the series that the facts of pushed metrics feed. */
export function createExportSeries(set: MetricSet) {
  return {
    'metrics.pushed': ({ destination, outcome, seconds }) => {
      set.counter('metric_pushes_total', { destination, outcome }).add(1);
      // What was dropped or skipped took no time of a receiver.
      if (outcome === 'dropped' || outcome === 'skipped') return;
      set.histogram('metric_push_duration_seconds', { destination }).observe(seconds);
    },
    'metrics.sampled': ({ destination, leftOut }) =>
      set.counter('metric_samples_left_out_total', { destination }).add(leftOut),
    'metrics.queued': ({ destination, pushes }) =>
      set.gauge('metric_push_queue', { destination }).set(pushes),
  } satisfies FactSeries;
}
