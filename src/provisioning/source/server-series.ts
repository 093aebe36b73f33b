import type { ForeignSeries } from './process-series.ts';

const gauge = (
  unit: ForeignSeries['unit'],
  help: string,
  labels: readonly string[] = [],
): ForeignSeries => ({ type: 'gauge', unit, help, labels });

/** What Prometheus itself writes at each scrape, with the labels of the target. */
export const scrapeSeries = {
  up: gauge('', 'Whether the scrape succeeded, 1 or 0'),
  scrape_duration_seconds: gauge('seconds', 'Time the scrape took'),
  scrape_samples_scraped: gauge('', 'Samples that the target exposed'),
  scrape_samples_post_metric_relabeling: gauge('', 'Samples that relabelling left'),
  scrape_series_added: gauge('', 'Series that were new in the scrape'),
  scrape_body_size_bytes: gauge(
    'bytes',
    'Size of the answer before compression; needs the feature extra-scrape-metrics',
  ),
} as const satisfies Record<string, ForeignSeries>;

/** What Prometheus writes of alerts, with the labels that their rules keep. */
export const alertSeries = {
  ALERTS: gauge('', 'Alerts that are pending or firing', ['alertname', 'alertstate', 'severity']),
} as const satisfies Record<string, ForeignSeries>;

const spanLabels = ['service_name', 'span_name', 'span_kind', 'status_code'] as const;

/** What the connector `span_metrics` of the collector makes of spans, in seconds. */
export const spanSeries = {
  traces_span_metrics_calls_total: {
    type: 'counter',
    unit: '',
    help: 'Spans before any sampling',
    labels: spanLabels,
  },
  traces_span_metrics_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Time of spans',
    labels: spanLabels,
  },
} as const satisfies Record<string, ForeignSeries>;
