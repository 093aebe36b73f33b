import type { MetricRow } from './metric-row.ts';

/** Series about metrics that are pushed. */
export const exportMetrics = {
  metric_pushes_total: {
    type: 'counter',
    unit: '',
    help: 'Pushes of metrics by what became of them',
    labels: ['destination', 'outcome'],
    owner: 'metrics.pushed',
    panel: 'Metric pushes',
    alert: 'share that is not delivered over 10 %',
    watch: 'none',
  },
  metric_push_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Time from the collection of metrics until they were delivered or refused',
    labels: ['destination'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900],
    owner: 'metrics.pushed',
    panel: 'Metric pushes',
    watch: 'none',
  },
  metric_push_queue: {
    type: 'gauge',
    unit: '',
    help: 'Pushes of metrics that wait for a destination',
    labels: ['destination'],
    owner: 'metrics.queued',
    panel: 'Metric push queue',
    alert: 'over 10 for five minutes',
    watch: 'none',
  },
  metric_samples_left_out_total: {
    type: 'counter',
    unit: '',
    help: 'Samples that the rules of a destination kept back',
    labels: ['destination'],
    owner: 'metrics.sampled',
    panel: 'Metric pushes',
    watch: 'none',
  },
} as const satisfies Record<string, MetricRow>;
