import { firstTime, growing, steady, withLabels } from '../rules/proof-series.ts';
import { type AlertMaker, curl, happenedLately, leastEvents, query, where } from './symptom.ts';

const instance = 'gateway-1:8081';

/** Telemetry that is lost, late or too much, and feedback that is refused. */
export const telemetrySymptoms: AlertMaker = (context) => [
  ...telemetryLost(context),
  ...ringLag(context),
  ...seriesLimit(context),
  ...labelOverflow(context),
  ...metricsUnread(context),
  ...valuesRejected(context),
  ...feedbackRejected(context),
];

const telemetryLost: AlertMaker = ({ definition, q }) => {
  const series = q.select('events_dropped_total', { reason: 'ring_full' });
  return [
    {
      alert: 'SightlineTelemetryLost',
      expr: happenedLately(q, 'events_dropped_total', { by: ['reason'] }),
      severity: 'warning',
      forSeconds: 0,
      keepFiringForSeconds: 900,
      summary: 'Telemetry is lost.',
      description:
        '{{ $value | humanize }} events, spans or log lines were lost within 15 minutes: {{ $labels.reason }}.',
      dashboard: { key: 'telemetry-health', panel: 'dropped' },
      runbook: {
        meaning:
          'The gateway gave up telemetry rather than hold up answers. The reason says where: `ring_full` and `signal_memory` before the signals, `span_queue_full` and `span_export` on the way to the collector, `log_write` at the log.',
        impact: 'Signals, traces or logs of that time have gaps. Answers are not affected.',
        diagnosis: `${query(q.rate('events_dropped_total', { by: ['reason'] }))}. \`ring_full\`: ${query(q.level('ring_lag_max_seconds', { of: 'max' }))} and the processor. \`span_export\`: is the collector up, and reachable at \`OTEL_EXPORTER_OTLP_ENDPOINT\`? \`log_write\`: disk or pipe. ${curl(definition, '/control/signals')}`,
        mitigation:
          'Bring the collector or the disk back. Where the signals cannot keep up, give the instance another core or spread its traffic.',
      },
      proof: firstTime(q, series, { times: 7, labels: { reason: 'ring_full' } }),
    },
  ];
};

const ringLag: AlertMaker = ({ q }) => {
  const lag = q.level('ring_lag_max_seconds', { of: 'max' });
  const lagging = (seconds: number) => ({ [q.select('ring_lag_max_seconds')]: steady(seconds) });
  return [
    {
      alert: 'SightlineRingLag',
      expr: `${lag} > 1`,
      severity: 'warning',
      forSeconds: 300,
      keepFiringForSeconds: 300,
      summary: 'Events wait too long for the signals.',
      description: 'An event waited {{ $value | humanizeDuration }} in the ring.',
      dashboard: { key: 'telemetry-health', panel: 'ring-lag' },
      runbook: {
        meaning: 'For five minutes some event has waited over a second until the signals took it.',
        impact: 'Signals are late. When the ring is full, events are lost.',
        diagnosis: `${query(q.rate('ring_events_total', { by: ['kind'] }))} against what it usually is; processor and garbage collection in Runtime. The signals share the cores with the answers.`,
        mitigation: 'Give the instance another core or spread its traffic.',
      },
      proof: {
        firing: { series: lagging(3), atMinutes: 8, value: 3 },
        silent: { series: lagging(0.01), atMinutes: 8 },
      },
    },
  ];
};

const seriesLimit: AlertMaker = ({ q }) => {
  const exposed = (series: number) => ({
    [withLabels(q.select('series'), { instance })]: steady(series),
  });
  return [
    {
      alert: 'SightlineSeriesLimit',
      expr: `${q.select('series')} > 10000`,
      severity: 'warning',
      forSeconds: 900,
      keepFiringForSeconds: 900,
      summary: 'An instance exposes too many series.',
      description: '{{ $labels.instance }} exposes {{ $value | humanize }} series.',
      dashboard: { key: 'telemetry-health', panel: 'series' },
      runbook: {
        meaning: 'The metrics of one instance take over 10,000 time series.',
        impact: 'Scrapes and queries get slow, Prometheus needs more memory.',
        diagnosis:
          'Which metric: `topk(10, count by (__name__) ({__name__=~"sightline_.*"}))`. Labels multiply: works, strategies, segments, catalogues and outcomes of the request histogram above all.',
        mitigation:
          'Declare fewer `segments`, or lower `telemetry.maxLabelValues`; what is beyond it is counted as `__other__`.',
      },
      proof: {
        firing: { series: exposed(12_000), atMinutes: 18, labels: { instance }, value: 12_000 },
        silent: { series: exposed(5000), atMinutes: 18 },
      },
    },
  ];
};

const labelOverflow: AlertMaker = ({ q }) => {
  const metric = 'sightline_request_duration_seconds';
  const series = q.select('label_overflow_total', { metric });
  return [
    {
      alert: 'SightlineLabelOverflow',
      expr: happenedLately(q, 'label_overflow_total', { by: ['metric'] }),
      severity: 'info',
      forSeconds: 0,
      keepFiringForSeconds: 900,
      summary: 'A metric has more label values than it may.',
      description:
        '{{ $value | humanize }} label sets of {{ $labels.metric }} were counted as `__other__` within 15 minutes.',
      dashboard: { key: 'telemetry-health', panel: 'overflow' },
      runbook: {
        meaning:
          'A label took more values than `telemetry.maxLabelValues`; the later ones share `__other__`.',
        impact: 'Dashboards cannot tell them apart. Sums are right.',
        diagnosis: `Which metric: ${query(q.rate('label_overflow_total', { by: ['metric'] }))}. Which label: look at its values in Prometheus. A caller that puts ids where a catalogue or segment belongs reads like this.`,
        mitigation: 'Mend the caller, or raise `telemetry.maxLabelValues` if the values are right.',
      },
      proof: firstTime(q, series, { times: 30, labels: { metric } }),
    },
  ];
};

const metricsUnread: AlertMaker = ({ q }) => {
  const left = { metric: 'shop_orders_total', reason: 'timeout' } as const;
  const series = q.select('metrics_unread_total', left);
  const by = ['metric', 'reason'] as const;
  return [
    {
      alert: 'SightlineMetricsUnread',
      expr: happenedLately(q, 'metrics_unread_total', { by }),
      severity: 'warning',
      forSeconds: 0,
      keepFiringForSeconds: 900,
      summary: 'Metrics are left out of scrapes.',
      description:
        '{{ $labels.metric }} was left out of {{ $value | humanize }} scrapes within 15 minutes: {{ $labels.reason }}.',
      dashboard: { key: 'telemetry-health', panel: 'unread' },
      runbook: {
        meaning: 'Reading a metric failed or took too long, so the scrape went on without it.',
        impact: 'Dashboards and alerts on it have gaps.',
        diagnosis: `${query(q.rate('metrics_unread_total', { by }))}. A metric that a plugin registered reads something slow at each scrape; one of the gateway points to a blocked event loop: [SightlineEventLoopBlocked](#sightlineeventloopblocked).`,
        mitigation: 'Let the plugin measure beside the scrape and hand out what it knows.',
      },
      proof: firstTime(q, series, { times: 2, labels: left }),
    },
  ];
};

const valuesRejected: AlertMaker = ({ q }) => {
  const metric = 'sightline_slate_novelty_bits';
  const series = q.select('observations_rejected_total', { metric });
  return [
    {
      alert: 'SightlineValuesRejected',
      expr: happenedLately(q, 'observations_rejected_total', { by: ['metric'] }),
      severity: 'warning',
      forSeconds: 0,
      keepFiringForSeconds: 900,
      summary: 'Values that are no numbers were left out of a metric.',
      description:
        '{{ $value | humanize }} values of {{ $labels.metric }} were left out within 15 minutes.',
      dashboard: { key: 'telemetry-health', panel: 'rejected' },
      runbook: {
        meaning: 'Code observed a value that is not finite, or a counter was to go back.',
        impact: 'The metric says less than it should. It is a fault in the gateway or in a plugin.',
        diagnosis:
          'The label names the metric, docs/metrics.md what feeds it. Since which version or plugin?',
        mitigation: 'Take the plugin out, or report it with the metric and the version.',
      },
      proof: firstTime(q, series, { times: 3, labels: { metric } }),
    },
  ];
};

const feedbackRejected: AlertMaker = ({ q }) => {
  const name = 'feedback_events_total';
  const rejected = q.rate(name, { where: { outcome: '=~rejected_.*' } });
  const events = (outcome: string, perStep: number) => ({
    [q.select(name, { outcome })]: growing(perStep),
  });
  return [
    {
      alert: 'SightlineFeedbackRejected',
      expr: where(q, [
        `${rejected} / ${q.rate(name)} > 0.1`,
        `${rejected} * 300 >= ${leastEvents}`,
      ]),
      severity: 'warning',
      forSeconds: 600,
      keepFiringForSeconds: 600,
      summary: 'Much of the feedback is refused.',
      description: '{{ $value | humanizePercentage }} of the feedback events are refused.',
      dashboard: { key: 'telemetry-health', panel: 'feedback-events' },
      runbook: {
        meaning: 'One feedback event in ten has been refused for ten minutes.',
        impact: 'Clicks are lost: models and signals do not learn from them.',
        diagnosis: `Why: ${query(q.rate(name, { by: ['outcome'] }))}. \`rejected_unknown_item\`, \`rejected_unknown_user\`: items or users are not loaded; \`rejected_future\`, \`rejected_too_old\`: clocks; \`rejected_invalid\`: the answer to the caller names the field.`,
        mitigation:
          'Mend the caller. Load the items before their clicks, or set `feedback.unknownItems: accept`.',
      },
      proof: {
        firing: {
          series: { ...events('accepted', 80), ...events('rejected_invalid', 20) },
          atMinutes: 18,
          value: 0.2,
        },
        silent: {
          series: { ...events('accepted', 99), ...events('rejected_invalid', 1) },
          atMinutes: 18,
        },
      },
    },
  ];
};
