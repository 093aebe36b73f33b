import { steady } from '../rules/proof-series.ts';
import { type AlertMaker, curl, query } from './symptom.ts';

/** Training that does not lead to models that serve. */
export const trainingSymptoms: AlertMaker = (context) => [
  ...trainingFailing(context),
  ...modelRejected(context),
];

/** Runs and candidates are few: one a day is usual. */
const window = '2d';

const trainingFailing: AlertMaker = ({ definition, q }) => {
  const bad = { outcome: '=~failed|partial' } as const;
  const good = { outcome: '=~published|rejected|held' } as const;
  const happened = (where: typeof bad | typeof good) =>
    q.happened('training_runs_total', { where, window });
  const runs = (outcome: string) => q.select('training_runs_total', { outcome, trigger: 'timer' });
  const grown = (times: number) => `0x2 ${steady(times)}`;
  const stepSeconds = 300;
  return [
    {
      alert: 'SightlineTrainingFailing',
      expr: `${happened(bad)} >= 2\nunless on (${q.labels()})\n${happened(good)} > 0`,
      severity: 'warning',
      forSeconds: 0,
      keepFiringForSeconds: 900,
      summary: 'Training fails, and no run succeeds.',
      description:
        '{{ $value | humanize }} training runs failed within two days, and none went well.',
      dashboard: { key: 'freshness', panel: 'training-runs' },
      runbook: {
        meaning:
          'At least two training runs of the last two days failed, in whole or for some of their models, and no run went well.',
        impact:
          'The versions before go on serving and get older: new items and new habits are missing. [SightlineModelOld](#sightlinemodelold) follows.',
        diagnosis: `${curl(definition, '/control/tasks')} has the last runs with the reason of each model; the log lines \`training.failed\` have the causes. ${query(q.happened('training_runs_total', { by: ['outcome', 'trigger'], window }))}.`,
        mitigation: `Where memory is the reason, raise \`training.maxMemoryMb\` or give the model smaller options. Where the data is, mend it. Then ${curl(definition, '/control/tasks/train', { method: 'POST' })}.`,
      },
      proof: {
        firing: {
          series: { [runs('failed')]: grown(3), [runs('published')]: steady(0) },
          stepSeconds,
          atMinutes: 60,
          labels: {},
          value: 3,
        },
        silent: {
          series: { [runs('failed')]: grown(3), [runs('published')]: grown(1) },
          stepSeconds,
          atMinutes: 60,
        },
      },
    },
  ];
};

const modelRejected: AlertMaker = ({ definition, q }) => {
  const labels = { model: 'cbow' } as const;
  const series = q.select('model_gate_rejections_total', { ...labels, reason: 'worse' });
  const stepSeconds = 300;
  return [
    {
      alert: 'SightlineModelRejected',
      expr: `${q.happened('model_gate_rejections_total', { by: ['model'], window })} >= 3`,
      severity: 'warning',
      forSeconds: 0,
      keepFiringForSeconds: 900,
      summary: 'New versions of a model are rejected again and again.',
      description:
        'The gate objected {{ $value | humanize }} times to candidates of model {{ $labels.model }} within two days.',
      dashboard: { key: 'freshness', panel: 'rejected-candidates' },
      runbook: {
        meaning:
          'What is learnt from the data of now is worse, slower or narrower than the version that serves, by `training.gate`.',
        impact:
          'The version before goes on serving. If the data is broken that is good; if the world has changed the model gets older.',
        diagnosis: `${curl(definition, '/control/models')} has each version with its data, its quality and what the gate said. Compare the number of events with former versions; see Training data.`,
        mitigation: `Where the data is broken, mend it. Where the new version is meant, let it serve: ${curl(definition, '/control/models/NAME/promote', { method: 'POST' })} with \`{"version": "…"}\`.`,
      },
      proof: {
        firing: {
          series: { [series]: `0x2 ${steady(4)}` },
          stepSeconds,
          atMinutes: 60,
          labels,
          value: 4,
        },
        silent: { series: { [series]: `0x2 ${steady(1)}` }, stepSeconds, atMinutes: 60 },
      },
    },
  ];
};
