import { growing, steady } from '../rules/proof-series.ts';
import { type AlertMaker, leastEvents, query, where } from './symptom.ts';

/** Metrics that are pushed to others, and do not arrive. */
export const pushSymptoms: AlertMaker = (context) => [
  ...pushesFailing(context),
  ...pushQueueLong(context),
];

const destination = 'mimir';

const pushesFailing: AlertMaker = ({ over }) => {
  const q = over(900);
  const name = 'metric_pushes_total';
  const by = ['destination'] as const;
  const failed = q.rate(name, { where: { outcome: '!=delivered' }, by });
  const pushes = (outcome: string, perStep: number) => ({
    [q.select(name, { destination, outcome })]: growing(perStep),
  });
  return [
    {
      alert: 'SightlinePushesFailing',
      expr: where(
        q,
        [`${failed} / ${q.rate(name, { by })} > 0.1`, `${failed} * 900 >= ${leastEvents}`],
        by,
      ),
      severity: 'warning',
      forSeconds: 300,
      keepFiringForSeconds: 900,
      summary: 'Pushed metrics do not arrive.',
      description:
        '{{ $value | humanizePercentage }} of the pushes to {{ $labels.destination }} are not delivered.',
      dashboard: { key: 'telemetry-health', panel: 'pushes' },
      runbook: {
        meaning: 'One push of metrics in ten to a destination was not delivered.',
        impact: 'What is watched from there has gaps. Scrapes are not affected.',
        diagnosis: `${query(q.rate(name, { by: ['destination', 'outcome'] }))}; the log names the reason. \`skipped\`: the push before was not done yet, so the destination is slow.`,
        mitigation:
          'Bring the destination back, or mend its address or credentials under `telemetry.push`.',
      },
      proof: {
        firing: {
          series: { ...pushes('delivered', 3), ...pushes('dropped', 1) },
          atMinutes: 15,
          labels: { destination },
          value: 0.25,
        },
        silent: { series: pushes('delivered', 4), atMinutes: 15 },
      },
    },
  ];
};

const pushQueueLong: AlertMaker = ({ q }) => {
  const queue = q.level('metric_push_queue', { by: ['destination'], of: 'max' });
  const waiting = (pushes: number) => ({
    [q.select('metric_push_queue', { destination })]: steady(pushes),
  });
  return [
    {
      alert: 'SightlinePushQueueLong',
      expr: `${queue} > 10`,
      severity: 'warning',
      forSeconds: 300,
      keepFiringForSeconds: 300,
      summary: 'Many pushes of metrics wait for their destination.',
      description: '{{ $value | humanize }} pushes wait for {{ $labels.destination }}.',
      dashboard: { key: 'telemetry-health', panel: 'push-queue' },
      runbook: {
        meaning: 'More than ten pushes have waited for a destination for five minutes.',
        impact: 'Its metrics are late, and the oldest are dropped when the queue is full.',
        diagnosis: `How long a push takes: ${query(q.quantile(0.95, 'metric_push_duration_seconds', { by: ['destination'] }))}. Is the destination slow, limited, or away: [SightlinePushesFailing](#sightlinepushesfailing)?`,
        mitigation: 'Bring the destination back, push to it less often, or push fewer series.',
      },
      proof: {
        firing: { series: waiting(20), atMinutes: 8, labels: { destination }, value: 20 },
        silent: { series: waiting(2), atMinutes: 8 },
      },
    },
  ];
};
