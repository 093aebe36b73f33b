import { rateWindow } from '../objectives/windows.ts';
import { durationText } from '../rules/duration.ts';
import { firstTime, growing, steady, withLabels } from '../rules/proof-series.ts';
import { type AlertMaker, curl, happenedLately, leastEvents, query, where } from './symptom.ts';

const instance = 'gateway-1:8081';

/** What the anomaly engine finds, how it does itself, and whether anybody is told. */
export const anomalySymptoms: AlertMaker = (context) => [
  ...anomalyFiring(context),
  ...engineSlow(context),
  ...engineSilent(context),
  ...cubeOverflow(context),
  ...webhooksFailing(context),
  ...webhookQueueLong(context),
];

const anomalyFiring: AlertMaker = ({ definition, q }) => {
  const open = q.level('anomalies_open', { where: { state: 'firing' }, of: 'sum' });
  const firing = (anomalies: number) => ({
    [q.select('anomalies_open', { state: 'firing' })]: steady(anomalies),
  });
  return [
    {
      alert: 'SightlineAnomalyFiring',
      expr: `${open} > 0`,
      severity: 'info',
      forSeconds: 60,
      keepFiringForSeconds: 300,
      summary: 'The anomaly engine has found something.',
      description: '{{ $value | humanize }} anomalies fire now.',
      dashboard: { key: 'anomalies', panel: 'open' },
      runbook: {
        meaning:
          'Something left its usual range, by the bar that `anomaly.falseAlarmsPerDay` sets for all series together. The engine tells its webhooks itself, with the cause; this alert is for those who watch Alertmanager alone.',
        impact: 'As the anomaly says.',
        diagnosis: `${curl(definition, '/control/anomalies')} lists what moved, since when, the labels that explain it and traces that show it.`,
        mitigation:
          'Follow the cause that is named. A new level that stays is taken as usual after two hours.',
      },
      proof: {
        firing: { series: firing(2), atMinutes: 4, value: 2 },
        silent: { series: firing(0), atMinutes: 4 },
      },
    },
  ];
};

const engineSlow: AlertMaker = ({ definition, over }) => {
  const q = over(900);
  const name = 'anomaly_tick_duration_seconds';
  const half = definition.tickSeconds / 2;
  const taken = (seconds: number) => ({
    [q.select(name, {}, '_sum')]: growing(Number((2 * seconds).toPrecision(6))),
    [q.select(name, {}, '_count')]: growing(2),
  });
  return [
    {
      alert: 'SightlineAnomalyEngineSlow',
      expr: `${q.mean(name)} > ${half}`,
      severity: 'warning',
      forSeconds: 600,
      keepFiringForSeconds: 600,
      summary: 'A look at all series takes over half of the time until the next.',
      description:
        'A look of the anomaly engine takes {{ $value | humanizeDuration }} on average, over half of its tick.',
      dashboard: { key: 'anomalies', panel: 'tick-time' },
      runbook: {
        meaning: `The mean time of a look over a quarter of an hour is over half of \`anomaly.tickSeconds\` (${definition.tickSeconds}).`,
        impact: 'Anomalies are told late; soon looks are skipped. No request waits for it.',
        diagnosis: `${query(q.level('anomaly_series', { of: 'max' }))} series and ${query(q.level('cube_leaves', { of: 'max' }))} combinations are watched. Has the processor anything left (Runtime)?`,
        mitigation:
          'Lower `anomaly.maxSeries`, declare fewer labels in `anomaly.labels`, raise `anomaly.tickSeconds`, or give the instance another core.',
      },
      proof: {
        firing: {
          series: taken(definition.tickSeconds),
          atMinutes: 13,
          value: definition.tickSeconds,
        },
        silent: { series: taken(definition.tickSeconds / 10), atMinutes: 13 },
      },
    },
  ];
};

const engineSilent: AlertMaker = ({ definition, q }) => {
  const name = 'anomaly_tick_duration_seconds';
  const seconds = Math.max(rateWindow(definition, 600), 5 * definition.tickSeconds);
  const looks = withLabels(q.select(name, {}, '_count'), { instance });
  const later = { stepSeconds: seconds / 2, atMinutes: (8 * seconds) / 120 };
  return [
    {
      alert: 'SightlineAnomalyEngineSilent',
      expr: `rate(${q.select(name, {}, '_count')}[${durationText(seconds)}]) == 0`,
      severity: 'warning',
      forSeconds: 300,
      keepFiringForSeconds: 300,
      summary: 'The anomaly engine has stopped looking.',
      description: 'The anomaly engine of {{ $labels.instance }} looks at nothing any more.',
      dashboard: { key: 'anomalies', panel: 'tick-time' },
      runbook: {
        meaning:
          'The engine has looked before, and has not for at least ten minutes and five ticks.',
        impact: 'Nobody is told of anomalies. Answers are not affected.',
        diagnosis:
          'A log line with `SL_ANOMALY_FAILED` carries the cause. Is the event loop of an instance blocked (Runtime)?',
        mitigation: 'Restart the instance; baselines are learnt anew.',
      },
      proof: {
        firing: { series: { [looks]: '0+2x2 4+0x20' }, ...later, labels: { instance } },
        silent: { series: { [looks]: growing(2) }, ...later },
      },
    },
  ];
};

const cubeOverflow: AlertMaker = ({ q }) => {
  const series = q.select('cube_overflow_total');
  return [
    {
      alert: 'SightlineCubeOverflow',
      expr: happenedLately(q, 'cube_overflow_total'),
      severity: 'info',
      forSeconds: 0,
      keepFiringForSeconds: 900,
      summary: 'The cube of counts is full.',
      description:
        '{{ $value | humanize }} counts found no room under their own labels within 15 minutes.',
      dashboard: { key: 'anomalies', panel: 'cube-overflow' },
      runbook: {
        meaning:
          'There are more combinations of labels than the cube holds; the rest is `__other__`.',
        impact: 'Causes among the rest are named less exactly. Nothing is lost from the sums.',
        diagnosis: `${query(q.level('cube_leaves', { of: 'max' }))}. Which label has so many values: segments, or a label of \`anomaly.labels\`?`,
        mitigation: 'Declare labels with fewer values.',
      },
      proof: firstTime(q, series, { times: 150 }),
    },
  ];
};

const webhooksFailing: AlertMaker = ({ definition, over }) => {
  const q = over(900);
  const name = 'webhook_deliveries_total';
  const by = ['endpoint'] as const;
  const failed = q.rate(name, { where: { outcome: '!=delivered' }, by });
  const attempts = (outcome: string, perStep: number) => ({
    [q.select(name, { endpoint: 'on-call', outcome })]: growing(perStep),
  });
  return [
    {
      alert: 'SightlineWebhooksFailing',
      expr: where(
        q,
        [`${failed} / ${q.rate(name, { by })} > 0.1`, `${failed} * 900 >= ${leastEvents}`],
        by,
      ),
      severity: 'warning',
      forSeconds: 300,
      keepFiringForSeconds: 900,
      summary: 'Webhooks are not delivered.',
      description:
        '{{ $value | humanizePercentage }} of the attempts to tell {{ $labels.endpoint }} fail.',
      dashboard: { key: 'anomalies', panel: 'webhook-deliveries' },
      runbook: {
        meaning: 'One attempt in ten to tell an endpoint of anomalies has failed.',
        impact:
          'Somebody who should know does not, until an attempt succeeds: ten in three and a half days.',
        diagnosis: `${curl(definition, '/control/webhooks')} shows the last outcome of each endpoint. ${query(q.rate(name, { by: ['endpoint', 'outcome'] }))}: \`refused\` is a 4xx or a private address, \`disabled\` a 410, \`dropped\` a message given up.`,
        mitigation:
          'Mend the receiver, its address or its secret. An address inside needs `allowPrivate: true`.',
      },
      proof: {
        firing: {
          series: { ...attempts('delivered', 3), ...attempts('failed', 1) },
          atMinutes: 15,
          labels: { endpoint: 'on-call' },
          value: 0.25,
        },
        silent: { series: attempts('delivered', 4), atMinutes: 15 },
      },
    },
  ];
};

const webhookQueueLong: AlertMaker = ({ definition, q }) => {
  const queue = q.level('webhook_queue', { by: ['endpoint'], of: 'max' });
  const waiting = (messages: number) => ({
    [q.select('webhook_queue', { endpoint: 'on-call' })]: steady(messages),
  });
  return [
    {
      alert: 'SightlineWebhookQueueLong',
      expr: `${queue} > 100`,
      severity: 'warning',
      forSeconds: 600,
      keepFiringForSeconds: 300,
      summary: 'Many messages wait for an endpoint.',
      description: '{{ $value | humanize }} messages wait for {{ $labels.endpoint }}.',
      dashboard: { key: 'anomalies', panel: 'webhook-queue' },
      runbook: {
        meaning: 'More than a hundred messages have waited for an endpoint for ten minutes.',
        impact: 'News arrives late; the oldest messages are given up after three and a half days.',
        diagnosis: `${curl(definition, '/control/webhooks')}. Does the endpoint answer slowly (${query(q.quantile(0.95, 'webhook_delivery_duration_seconds', { by: ['endpoint'] }))}), or does it fail: [SightlineWebhooksFailing](#sightlinewebhooksfailing)?`,
        mitigation:
          'Mend the receiver. If anomalies are too many, lower `anomaly.falseAlarmsPerDay`.',
      },
      proof: {
        firing: {
          series: waiting(150),
          atMinutes: 13,
          labels: { endpoint: 'on-call' },
          value: 150,
        },
        silent: { series: waiting(50), atMinutes: 13 },
      },
    },
  ];
};
