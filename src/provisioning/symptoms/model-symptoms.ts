import { oneOf } from '../rules/one-of.ts';
import { firstTime, steady, withLabels } from '../rules/proof-series.ts';
import type { Definition } from '../source/definition.ts';
import { type AlertMaker, curl, happenedLately, query, trainAnew } from './symptom.ts';

/** How often models are taken to be trained where nobody promised anything. */
const usualHours = 168;

/** Models that are old, absent or cannot be loaded, and vectors that are not learnt. */
export const modelSymptoms: AlertMaker = (context) => [
  ...modelOld(context),
  ...modelMissing(context),
  ...modelFailing(context),
  ...retrainingFailing(context),
];

const modelOld: AlertMaker = ({ definition, q }) => {
  if (definition.models.length === 0) return [];
  const bounds = Map.groupBy(
    definition.models,
    (model) => 2 * trainedEveryHours(definition, model),
  );
  const old = [...bounds].map(([hours, models]) => {
    const where = { model: oneOf(models) };
    return `${q.level('model_age_seconds', { where, by: ['model'], of: 'max' })} > ${hours * 3600}`;
  });
  const [[hours, [model]]] = bounds;
  const aged = (seconds: number) => ({
    [q.select('model_age_seconds', { model })]: steady(seconds),
  });
  return [
    {
      alert: 'SightlineModelOld',
      expr: old.join('\nor\n'),
      severity: 'warning',
      forSeconds: 900,
      keepFiringForSeconds: 900,
      summary: 'A model is older than twice the time between two trainings.',
      description:
        'Model {{ $labels.model }} was trained {{ $value | humanizeDuration }} ago, over twice the time between two trainings.',
      dashboard: { key: 'freshness', panel: 'model-age' },
      runbook: {
        meaning: `The model in use was trained longer ago than twice the \`freshnessHours\` of the strictest work that uses it; than twice ${usualHours} hours where no work promises any. Single items that are learnt anew do not make a model younger.`,
        impact: 'New items and new habits are missing in what it brings.',
        diagnosis: `${curl(definition, '/control/models')} shows when each was trained. Look at the last run of the job that trains: log lines \`training.finished\` and their time, ${query(q.select('training_duration_seconds', {}, '_count'))}.`,
        mitigation: trainAnew,
      },
      proof: {
        firing: {
          series: aged(hours * 7200),
          atMinutes: 18,
          labels: { model },
          value: hours * 7200,
        },
        silent: { series: aged(hours * 1800), atMinutes: 18 },
      },
    },
  ];
};

/** Hours between two trainings of a model, as the strictest work that uses it has it. */
function trainedEveryHours({ works }: Definition, model: string): number {
  const promised = works
    .filter(({ models }) => models.includes(model))
    .flatMap(({ slo }) => slo.freshnessHours ?? []);
  return promised.length === 0 ? usualHours : Math.min(...promised);
}

const modelMissing: AlertMaker = ({ definition, q }) => {
  const loaded = (value: number) => ({
    [withLabels(q.select('model_loaded', { model: 'cbow' }), { instance: 'gateway-1:8081' })]:
      steady(value),
  });
  return [
    {
      alert: 'SightlineModelMissing',
      expr: `${q.select('model_loaded')} == 0`,
      severity: 'warning',
      forSeconds: 600,
      keepFiringForSeconds: 300,
      summary: 'A model is not loaded.',
      description:
        'Model {{ $labels.model }} is not loaded on {{ $labels.instance }}, and none of its kind serves.',
      dashboard: { key: 'freshness', panel: 'models-loaded' },
      runbook: {
        meaning: 'A configured model could not be loaded for ten minutes and no older one serves.',
        impact:
          'Its retrievers and scorers are skipped with `model.unavailable`; answers come from the others.',
        diagnosis: `${curl(definition, '/control/models')} gives the error code. ${query(q.happened('model_failures_total', { by: ['model', 'code'], window: '1h' }))}.`,
        mitigation: `${trainAnew} \`SL_NOTHING_TO_LEARN\`: send feedback first; the next start trains on it.`,
      },
      proof: {
        firing: {
          series: loaded(0),
          atMinutes: 13,
          labels: { model: 'cbow', instance: 'gateway-1:8081' },
        },
        silent: { series: loaded(1), atMinutes: 13 },
      },
    },
  ];
};

const modelFailing: AlertMaker = ({ definition, q }) => {
  const labels = { model: 'cbow', code: 'SL_MODEL_CORRUPT' } as const;
  const series = q.select('model_failures_total', labels);
  return [
    {
      alert: 'SightlineModelFailing',
      expr: happenedLately(q, 'model_failures_total', { by: ['model', 'code'] }),
      severity: 'warning',
      forSeconds: 0,
      keepFiringForSeconds: 900,
      summary: 'A model could not be loaded.',
      description: 'Model {{ $labels.model }} could not be loaded: {{ $labels.code }}.',
      dashboard: { key: 'freshness', panel: 'model-failures' },
      runbook: {
        meaning:
          'Within the last quarter of an hour loading a model failed. What was loaded before goes on serving.',
        impact:
          'None yet, where an older version serves; else see [SightlineModelMissing](#sightlinemodelmissing).',
        diagnosis: `${curl(definition, '/control/models')}, and the log line \`model.failed\` with the cause.`,
        mitigation: `Where the disk is full or the file was copied in part, mend that first. ${trainAnew}`,
      },
      proof: firstTime(q, series, { times: 1, labels }),
    },
  ];
};

const retrainingFailing: AlertMaker = ({ q }) => {
  const where = { outcome: 'failed' } as const;
  const series = q.select('item_retrains_total', where);
  return [
    {
      alert: 'SightlineRetrainingFailing',
      expr: happenedLately(q, 'item_retrains_total', { where }),
      severity: 'warning',
      forSeconds: 0,
      keepFiringForSeconds: 900,
      summary: 'Vectors of items could not be learnt anew.',
      description: 'Learning {{ $value | humanize }} items anew failed within 15 minutes.',
      dashboard: { key: 'freshness', panel: 'retrained-items' },
      runbook: {
        meaning: 'Items that are new or decay were to get a vector, and that failed.',
        impact: 'New items stay unseen until the next training.',
        diagnosis: `${query(q.rate('item_retrains_total', { by: ['outcome'] }))}, ${query(q.select('items_awaiting_retraining'))}. The log line \`items.retrained\` with outcome \`failed\` stands beside the error of the training thread.`,
        mitigation: `They are tried again by themselves. If it goes on, turn it off with \`signals.retrain: false\`. ${trainAnew}`,
      },
      proof: firstTime(q, series, { times: 15 }),
    },
  ];
};
