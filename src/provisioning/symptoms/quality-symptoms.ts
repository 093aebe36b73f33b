import { aDayLater, aWeekLater, growing, steady } from '../rules/proof-series.ts';
import type { Traffic } from '../rules/rule.ts';
import { type AlertMaker, ago, curl, query, trainAnew, where } from './symptom.ts';

/** What is said of predicted clicks and of slates, compared with the past. */
export const qualitySymptoms: AlertMaker = (context) => [
  ...predictionWorse(context),
  ...calibrationOff(context),
  ...coverageHalved(context),
  ...diversityLow(context),
  ...noveltyLow(context),
];

const strategyAndCatalog = ['strategy', 'catalog'] as const;
const place = { strategy: 'home-blend', catalog: 'books' } as const;

const predictionWorse: AlertMaker = ({ definition, q, over }) => {
  const error = q.recorded('sightline:ctr_prediction_error_mean:1h');
  const name = 'ctr_prediction_error';
  const judged = over(3600).count(name, { by: strategyAndCatalog });
  const mean = (values: string) => ({
    [q.select(name, place, '_sum')]: values,
    [q.select(name, place, '_count')]: growing(2000),
  });
  return [
    {
      alert: 'SightlineClickPredictionWorse',
      expr: where(
        q,
        [`${error} > 1.25 * ${ago('1d', error)}`, `${judged} * 3600 >= 500`],
        strategyAndCatalog,
      ),
      severity: 'warning',
      forSeconds: 1800,
      keepFiringForSeconds: 3600,
      summary: 'Predicted clicks are further from clicks than a day ago.',
      description:
        'Predicted clicks of strategy {{ $labels.strategy }} in catalogue {{ $labels.catalog }} are off by {{ $value | humanize }} on average, a quarter more than a day before.',
      dashboard: { key: 'drift', panel: 'prediction-error' },
      runbook: {
        meaning:
          'The mean difference between predicted click probability and click over an hour is a quarter higher than at this time of the day before, with 500 judged places at least.',
        impact: 'The order of answers follows probabilities that are not true any more.',
        diagnosis: `${query(q.level('ctr_calibration_ratio', { by: strategyAndCatalog }))} says in which direction: over 1 too many clicks were promised. ${query(q.rate('feedback_joined_total', { by: ['outcome'] }))}: where \`late\` or \`unmatched\` grew, clicks are lost, not missing. Was a model published or a catalogue changed? ${curl(definition, '/control/signals/calibration/history')}`,
        mitigation: `Mend the feedback if clicks are lost. If it began with a changed configuration, roll that back. ${trainAnew}`,
      },
      proof: {
        firing: {
          series: mean('0+200x50 10300+300x60'),
          ...aDayLater,
          labels: place,
          value: 0.15,
        },
        silent: { series: mean('0+200x50 10220+220x60'), ...aDayLater },
      },
    },
  ];
};

const calibrationOff: AlertMaker = ({ definition, q, over }) => {
  const ratio = q.level('ctr_calibration_ratio', { by: strategyAndCatalog });
  const judged = over(3600).count('ctr_prediction_error', { by: strategyAndCatalog });
  const predicted = (value: number) => ({
    [q.select('ctr_calibration_ratio', place)]: steady(value),
    [q.select('ctr_prediction_error', place, '_count')]: growing(300),
  });
  return [
    {
      alert: 'SightlineClickCalibrationOff',
      expr: where(
        q,
        [`(\n${ratio} < 0.8\nor\n${ratio} > 1.25\n)`, `${judged} * 3600 >= 500`],
        strategyAndCatalog,
      ),
      severity: 'warning',
      forSeconds: 1800,
      keepFiringForSeconds: 3600,
      summary: 'Predicted clicks and clicks do not agree.',
      description:
        'Strategy {{ $labels.strategy }} predicts {{ $value | humanize }} times the clicks that come in catalogue {{ $labels.catalog }}.',
      dashboard: { key: 'drift', panel: 'click-calibration' },
      runbook: {
        meaning:
          'Predicted clicks divided by clicks have been outside 0.8 to 1.25 for half an hour, with 500 judged places in the hour at least. The probabilities are those of choosing an item, so a stable ratio far from 1 is a matter of the blend, a jump is a fault.',
        impact: 'Whoever reads the probabilities as such (bids, budgets, tests) reads them wrong.',
        diagnosis: `Since when: ${query(ratio)}. Over 1 suddenly: clicks are lost, see ${query(q.rate('feedback_joined_total', { by: ['outcome'] }))} and ${query(q.rate('feedback_events_total', { by: ['outcome'] }))}. Under 1: somebody clicks more than people do. ${curl(definition, '/control/signals')}`,
        mitigation:
          'Mend the way of the feedback. Where it is the blend, correct the weights of its scorers.',
      },
      proof: {
        firing: {
          series: predicted(1.5),
          stepSeconds: 300,
          atMinutes: 40,
          labels: place,
          value: 1.5,
        },
        silent: { series: predicted(1.1), stepSeconds: 300, atMinutes: 40 },
      },
    },
  ];
};

const coverageHalved: AlertMaker = ({ definition, q, over }) => {
  const instance = q.labels('instance');
  const grown = `time() - ${q.target('process_start_time_seconds')} > 3600`;
  const shown = `max by (${q.labels(...strategyAndCatalog)}) (${q.select('catalog_coverage_ratio')} and on (${instance}) (${grown}))`;
  const requests = over(3600).count('request_duration_seconds', { by: ['strategy'] });
  const covered = (values: string) => ({
    [q.target('process_start_time_seconds')]: '-86400+0x400',
    [q.select('catalog_coverage_ratio', place)]: values,
    [q.select('request_duration_seconds', { strategy: place.strategy }, '_count')]: growing(2000),
  });
  return [
    {
      alert: 'SightlineCoverageHalved',
      expr: `(\n${shown}\n<\n0.5 * max by (${q.labels(...strategyAndCatalog)}) (${ago('1w', q.select('catalog_coverage_ratio'))})\n)\nand on (${q.labels('strategy')})\n${requests} > 0.7 * ${ago('1w', requests)}`,
      severity: 'warning',
      forSeconds: 1800,
      keepFiringForSeconds: 3600,
      summary: 'A strategy shows half as much of a catalogue as a week ago.',
      description:
        'Strategy {{ $labels.strategy }} shows {{ $value | humanizePercentage }} of catalogue {{ $labels.catalog }}, under half of the week before.',
      dashboard: { key: 'catalog', panel: 'coverage' },
      runbook: {
        meaning:
          'The share of the items of a catalogue that was shown in the last hour is under half of that of the week before, though there is about as much traffic. Instances that run for less than an hour do not count.',
        impact: 'Few items get all the attention; the others are neither seen nor learnt about.',
        diagnosis: `${query(q.level('catalog_gini_ratio', { of: 'max', by: ['catalog'] }))}, ${query(q.rate('retriever_hits_total', { by: ['work', 'component'] }))}. A model that is missing, a fallback to popular items ([SightlineFallbackRateHigh](#sightlinefallbackratehigh)), a filter or a bulk of hidden items read like this. So does a catalogue that grew.`,
        mitigation: `Bring the missing retriever back. ${curl(definition, '/control/pipelines')} shows what runs in each stage.`,
      },
      proof: {
        firing: {
          series: covered('0.6x350 0.2x50'),
          ...aWeekLater,
          labels: place,
          value: 0.2,
        },
        silent: { series: covered('0.6x350 0.5x50'), ...aWeekLater },
      },
    },
  ];
};

const diversityLow: AlertMaker = ({ q, over }) => {
  const diversity = q.recorded('sightline:slate_diversity_mean:1h');
  const name = 'slate_diversity_ratio';
  const slates = over(3600).count(name, { by: ['strategy'] });
  return [
    {
      alert: 'SightlineDiversityLow',
      expr: where(
        q,
        [`${diversity} < 0.75 * ${ago('1w', diversity)}`, `${slates} * 3600 >= 100`],
        ['strategy'],
      ),
      severity: 'warning',
      forSeconds: 1800,
      keepFiringForSeconds: 3600,
      summary: 'Slates are far less diverse than a week ago.',
      description:
        'The slates of strategy {{ $labels.strategy }} have a mean diversity of {{ $value | humanize }}, under three quarters of the week before.',
      dashboard: { key: 'strategy', panel: 'diversity' },
      runbook: {
        meaning:
          'The mean distance between the items of an answer, over an hour, is under three quarters of that of the week before.',
        impact: 'People are shown more of the same.',
        diagnosis: `Does the reranker run: ${query(q.count('stage_duration_seconds', { where: { stage: 'rerank' }, by: ['work', 'component', 'outcome'] }))}. It is skipped when time runs out, and does nothing without the vectors it compares. Were weights, \`diversity\` or \`vectors\` changed, or a model trained anew?`,
        mitigation:
          'Give the stages before it less to do, or the work more time. Undo the change of the weights.',
      },
      proof: sinking(q, { name, usual: 0.4, low: 0.2, fine: 0.35 }),
    },
  ];
};

const noveltyLow: AlertMaker = ({ q, over }) => {
  const novelty = q.recorded('sightline:slate_novelty_mean:1h');
  const name = 'slate_novelty_bits';
  const slates = over(3600).count(name, { by: ['strategy'] });
  return [
    {
      alert: 'SightlineNoveltyLow',
      expr: where(
        q,
        [`${novelty} < ${ago('1w', novelty)} - 1`, `${slates} * 3600 >= 100`],
        ['strategy'],
      ),
      severity: 'warning',
      forSeconds: 1800,
      keepFiringForSeconds: 3600,
      summary: 'Slates show far more popular items than a week ago.',
      description:
        'The slates of strategy {{ $labels.strategy }} have a mean novelty of {{ $value | humanize }} bits, over one bit less than the week before.',
      dashboard: { key: 'strategy', panel: 'novelty' },
      runbook: {
        meaning:
          'The items shown are more than twice as popular as those of a week ago: mean novelty over an hour fell by more than one bit.',
        impact: 'Everybody is shown what everybody knows.',
        diagnosis: `Fallbacks to popular items: ${query(q.recorded('sightline:fallback_rate:5m'))}. Retrievers that stopped: ${query(q.rate('retriever_hits_total', { by: ['work', 'component'] }))}. A campaign or a hit that takes most of the clicks lowers it by itself: Catalog, exposure inequality.`,
        mitigation:
          'Mend the fallback. Lower the weight of `popular`. A campaign passes by itself.',
      },
      proof: sinking(q, { name, usual: 8, low: 6, fine: 7.5 }),
    },
  ];
};

/** A mean of slates that was as usual for a week, and then is low, or fine. */
function sinking(
  q: Parameters<AlertMaker>[0]['q'],
  {
    name,
    ...means
  }: {
    name: 'slate_diversity_ratio' | 'slate_novelty_bits';
    usual: number;
    low: number;
    fine: number;
  },
): { firing: Traffic; silent: Traffic } {
  const strategy = 'home-blend';
  const slates = (then: number) => ({
    [q.select(name, { strategy }, '_sum')]:
      `0+${means.usual * 1000}x350 ${means.usual * 350_000 + then * 1000}+${then * 1000}x50`,
    [q.select(name, { strategy }, '_count')]: growing(1000),
  });
  return {
    firing: { series: slates(means.low), ...aWeekLater, labels: { strategy }, value: means.low },
    silent: { series: slates(means.fine), ...aWeekLater },
  };
}
