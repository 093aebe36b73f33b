import {
  aDayLater,
  aWeekLater,
  growing,
  observed,
  steady,
  withLabels,
} from '../rules/proof-series.ts';
import { type AlertMaker, ago, curl, query, trainAnew, where } from './symptom.ts';

/** Items, sessions and catalogues that move away from what was learnt. */
export const driftSymptoms: AlertMaker = (context) => [
  ...similarityDecays(context),
  ...coldItemsGrow(context),
  ...sessionEntropyMoved(context),
  ...sessionFreshnessLow(context),
  ...domainDrift(context),
];

const similarityDecays: AlertMaker = ({ definition, q, over }) => {
  const share = q.recorded('sightline:similarity_decay_share:1h');
  const name = 'item_similarity_decay_rate';
  const readings = over(3600).count(name, { by: ['catalog'] });
  const decaying = (value: number) =>
    observed(q, name, { where: { catalog: 'books' }, value, perStep: 50 });
  return [
    {
      alert: 'SightlineSimilarityDecays',
      expr: where(q, [`${share} > 0.2`, `${readings} * 3600 >= 100`], ['catalog']),
      severity: 'warning',
      forSeconds: 1800,
      keepFiringForSeconds: 3600,
      summary: 'Many items lose their neighbours.',
      description:
        '{{ $value | humanizePercentage }} of the items read in catalogue {{ $labels.catalog }} lose similarity to their neighbours faster than the threshold of retraining.',
      dashboard: { key: 'drift', panel: 'decaying-share' },
      runbook: {
        meaning:
          'Over an hour one reading in five says that an item loses more than 0.015 of its mean similarity to its neighbours with each event.',
        impact: '“Similar” items are not what people take for similar any more.',
        diagnosis: `${curl(definition, '/control/signals/similarity/history')}. Do neighbours fall out of use, as after a sale or a season (similarity fades with the time since the neighbour was clicked), or did vectors change: ${curl(definition, '/control/models')}?`,
        mitigation: `Single items are learnt anew by themselves. ${trainAnew}`,
      },
      proof: {
        firing: {
          series: decaying(0.1),
          stepSeconds: 300,
          atMinutes: 40,
          labels: { catalog: 'books' },
          value: 1,
        },
        silent: { series: decaying(0.001), stepSeconds: 300, atMinutes: 40 },
      },
    },
  ];
};

const coldItemsGrow: AlertMaker = ({ definition, q }) => {
  const waiting = (how: string, time: string) =>
    `max by (${q.labels('catalog')}) (${how}_over_time(${q.select('cold_items')}${time}))`;
  const items = (values: string) => ({ [q.select('cold_items', { catalog: 'books' })]: values });
  return [
    {
      alert: 'SightlineColdItemsGrow',
      expr: `${waiting('min', '[1h]')} > 10\nand\n${waiting('min', '[1h]')} > 1.5 * ${waiting('max', '[1h] offset 1d')}`,
      severity: 'warning',
      forSeconds: 1800,
      keepFiringForSeconds: 3600,
      summary: 'More and more items wait for their first vector.',
      description:
        'At least {{ $value | humanize }} items of catalogue {{ $labels.catalog }} wait for their first vector, half as much again as a day before.',
      dashboard: { key: 'freshness', panel: 'cold-items' },
      runbook: {
        meaning:
          'The number of items without a vector that were clicked already was over ten through the last hour, and over 1.5 times of what it was a day before.',
        impact: 'New items are not recommended by what people look at, only as new or popular.',
        diagnosis: `Are they learnt at all: ${query(q.rate('item_retrains_total', { by: ['outcome'] }))}. An item needs ten clicks in five sessions first: ${curl(definition, '/control/signals/similarity/history')}. Was a catalogue loaded in bulk?`,
        mitigation: `Where retraining fails, see [SightlineRetrainingFailing](#sightlineretrainingfailing). After a bulk load learn everything: ${trainAnew}`,
      },
      proof: {
        firing: {
          series: items('20x50 60x60'),
          ...aDayLater,
          labels: { catalog: 'books' },
          value: 60,
        },
        silent: { series: items('20x50 25x60'), ...aDayLater },
      },
    },
  ];
};

const sessionEntropyMoved: AlertMaker = ({ definition, q, over }) => {
  const entropy = q.recorded('sightline:session_entropy_median:1h');
  const moved = `${entropy} - ${ago('1w', entropy)}`;
  const name = 'session_freshness_entropy_bits';
  const sessions = over(3600).count(name, { by: ['segment'] });
  const segment = 'poland';
  const bucket = (le: string) => withLabels(q.select(name, { segment }, '_bucket'), { le });
  // All sessions within two bits, those given within one.
  const measured = (withinOne: string) => ({
    [bucket('1.0')]: withinOne,
    [bucket('2.0')]: growing(500),
    [bucket('+Inf')]: growing(500),
    [q.select(name, { segment }, '_count')]: growing(500),
  });
  return [
    {
      alert: 'SightlineSessionEntropyMoved',
      expr: where(
        q,
        [`(\n${moved} > 0.5\nor\n${moved} < -0.5\n)`, `${sessions} * 3600 >= 100`],
        ['segment'],
      ),
      severity: 'warning',
      forSeconds: 1800,
      keepFiringForSeconds: 3600,
      summary: 'The rhythm of sessions is another than a week ago.',
      description:
        'The median entropy of the sessions of segment {{ $labels.segment }} moved by {{ $value | humanize }} bits within a week.',
      dashboard: { key: 'drift', panel: 'session-entropy' },
      runbook: {
        meaning:
          'The median entropy of the gaps between clicks, over an hour, is half a bit away from that of the week before. Machines click evenly and lower it; clicks that arrive in batches change it either way.',
        impact:
          'Weights that follow the freshness of a session (`fresh`) lean the wrong way. If it is bots, clicks are learnt from that no person made.',
        diagnosis: `Is it one segment? ${query(entropy)}. Did the number of sessions jump: ${query(sessions)}. Did a client begin to send its clicks later, or with another clock: ${query(q.rate('feedback_events_total', { by: ['outcome'] }))}. ${curl(definition, '/control/signals/freshness/history')}`,
        mitigation:
          'Keep the bots out before the feedback, and mend the times that a client sends.',
      },
      proof: {
        firing: {
          series: measured('0+500x350 175000+0x50'),
          ...aWeekLater,
          labels: { segment },
          value: 1,
        },
        silent: {
          series: measured('0+500x350 175000+400x50'),
          ...aWeekLater,
        },
      },
    },
  ];
};

const sessionFreshnessLow: AlertMaker = ({ definition, q }) => {
  const freshness = q.recorded('sightline:session_freshness:mean');
  const week = (how: string) => `${how}_over_time(${freshness}[1w])`;
  const fresh = (values: string) => ({
    [q.select('session_freshness_ratio', { segment: 'poland' })]: values,
  });
  return [
    {
      alert: 'SightlineSessionFreshnessLow',
      expr: [
        `${freshness} < ${week('avg')} - 2 * ${week('stddev')}`,
        `${freshness} < ${week('avg')} - 0.05`,
        // Silent until there is a week to compare with.
        ago('1w', freshness),
      ].join('\nand\n'),
      severity: 'info',
      forSeconds: 3600,
      keepFiringForSeconds: 3600,
      summary: 'Sessions are less fresh than in the week before.',
      description:
        'The mean freshness of the sessions of segment {{ $labels.segment }} is {{ $value | humanize }}, two deviations under its week.',
      dashboard: { key: 'freshness', panel: 'session-freshness' },
      runbook: {
        meaning:
          'The mean freshness of the recent sessions has been two standard deviations, and 0.05 at least, under the mean of the week for an hour.',
        impact: 'People click less regularly or pause longer; the weights of `fresh` lean back.',
        diagnosis: `${query(q.level('session_freshness_ratio', { by: ['segment'] }))}, ${query(q.rate('feedback_events_total', { by: ['outcome'] }))}: fewer clicks, or clicks that come late? A holiday or a night of another week reads like this.`,
        mitigation: `Where clicks come late, mend their way. Otherwise it is what people do. ${curl(definition, '/control/signals/freshness/history')}`,
      },
      proof: {
        firing: {
          series: fresh('0.6x350 0.3x50'),
          ...aWeekLater,
          labels: { segment: 'poland' },
          value: 0.3,
        },
        silent: { series: fresh('0.6x350 0.58x50'), ...aWeekLater },
      },
    },
  ];
};

const domainDrift: AlertMaker = ({ definition, q }) => {
  const pair = { source: 'books', target: 'games' } as const;
  const coefficient = q.level('domain_drift_coefficient', { by: ['source', 'target'], of: 'max' });
  const drifted = (value: number) => ({
    [q.select('domain_drift_coefficient', pair)]: steady(value),
  });
  return [
    {
      alert: 'SightlineDomainDrift',
      expr: `${coefficient} >= 1`,
      severity: 'warning',
      forSeconds: 300,
      keepFiringForSeconds: 1800,
      summary: 'The demand of a catalogue has moved further than by chance.',
      description:
        'The last clicks in {{ $labels.target }} are as far from {{ $labels.source }} as chance allows at most, or further (coefficient {{ $value | humanize }}).',
      dashboard: { key: 'drift', panel: 'drift-coefficient' },
      runbook: {
        meaning:
          'The distance between the last clicks of the target and the reference of the source has passed the scale of the pair for five minutes: the most that chance showed, times a margin. Where source and target are one catalogue, its own demand has moved.',
        impact: 'Models answer for a demand that is not there any more.',
        diagnosis: `${curl(definition, '/control/signals/drift/history')}, ${query(q.level('domain_distance', { by: ['source', 'target'], of: 'max' }))} beside ${query(q.level('domain_drift_scale', { by: ['source', 'target'], of: 'max' }))}. Do requests name the catalogue of the page they are made on, since the last deploy of the caller? A campaign, a season or a bot moves it as well.`,
        mitigation: `Mend a caller that names the wrong catalogue. If the demand is new and stays, learn it; the reference follows the new model. ${trainAnew}`,
      },
      proof: {
        firing: { series: drifted(1), atMinutes: 8, labels: pair, value: 1 },
        silent: { series: drifted(0.8), atMinutes: 8 },
      },
    },
  ];
};
