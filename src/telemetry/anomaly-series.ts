import type { FactSeries } from './fact-series.ts';
import type { MetricSet } from './metric-set.ts';

/** Binds the series that the facts of the anomaly engine and of the webhooks feed. */
export function createAnomalySeries(set: MetricSet) {
  return {
    'series.watched': ({ series, seconds }) => {
      set.gauge('anomaly_series').set(series);
      set.histogram('anomaly_tick_duration_seconds').observe(seconds);
    },
    'anomaly.changed': ({ measure, state, direction, delaySeconds }) => {
      if (state !== 'firing') return;
      set.counter('anomalies_total', { measure, direction }).add(1);
      if (delaySeconds !== undefined)
        set.histogram('anomaly_detection_delay_seconds', { measure }).observe(delaySeconds);
    },
    'anomalies.open': ({ pending, firing }) => {
      set.gauge('anomalies_open', { state: 'pending' }).set(pending);
      set.gauge('anomalies_open', { state: 'firing' }).set(firing);
    },
    'anomaly.attributed': ({ found: outcome, seconds }) =>
      set.histogram('attribution_duration_seconds', { outcome }).observe(seconds),
    'cube.kept': ({ leaves, overflow }) => {
      set.gauge('cube_leaves').set(leaves);
      set.counter('cube_overflow_total').add(overflow);
    },
    'alert.received': ({ source, alerts }) =>
      set.counter('alerts_received_total', { source }).add(alerts),
    'webhook.attempted': ({ endpoint, outcome, seconds }) => {
      set.counter('webhook_deliveries_total', { endpoint, outcome }).add(1);
      // What is dropped was not tried.
      if (outcome === 'dropped') return;
      set.histogram('webhook_delivery_duration_seconds', { endpoint }).observe(seconds);
    },
    'webhook.queued': ({ endpoint, deliveries }) =>
      set.gauge('webhook_queue', { endpoint }).set(deliveries),
  } satisfies FactSeries;
}
