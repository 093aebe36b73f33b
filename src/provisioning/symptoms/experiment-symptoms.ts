import { steady } from '../rules/proof-series.ts';
import { type AlertMaker, curl, query } from './symptom.ts';

/** Experiments whose traffic is not split as planned. */
export const experimentSymptoms: AlertMaker = (context) => [
  ...sampleRatioMismatch(context),
  ...armStarved(context),
];

const experiment = 'new-blend';

const sampleRatioMismatch: AlertMaker = ({ definition, q }) => {
  const chance = q.level('experiment_mismatch_pvalue', { by: ['experiment'], of: 'min' });
  const split = (value: number) => ({
    [q.select('experiment_mismatch_pvalue', { experiment })]: steady(value),
  });
  return [
    {
      alert: 'SightlineSampleRatioMismatch',
      expr: `${chance} < 0.001`,
      severity: 'warning',
      forSeconds: 1800,
      keepFiringForSeconds: 3600,
      summary: 'The arms of an experiment are not filled as planned.',
      description:
        'The allocation of experiment {{ $labels.experiment }} would be so far from the plan by chance with a probability of {{ $value | humanize }}.',
      dashboard: { key: 'experiments', panel: 'mismatch' },
      runbook: {
        meaning:
          'Counting each session once, the shares of the arms have been further from the planned ones than chance explains (p under 0.001) for half an hour.',
        impact:
          'Nothing that the experiment says may be believed: the arms have different people. The split is held until it ends.',
        diagnosis: `${query(q.level('experiment_allocation_ratio', { by: ['experiment', 'variant'] }))} beside ${query(q.level('experiment_share_ratio', { by: ['experiment'] }))}. Does one arm lose answers (errors, timeouts, empty)? Do some callers bring no user and session, or send the same for many people? ${curl(definition, '/control/experiments')}`,
        mitigation: `End it if it goes on: ${curl(definition, '/control/experiments/NAME/kill', { method: 'POST' })}. Mend the cause and begin again with a new name, so that people are split anew.`,
      },
      proof: {
        firing: {
          series: split(0.0001),
          stepSeconds: 300,
          atMinutes: 40,
          labels: { experiment },
          value: 0.0001,
        },
        silent: { series: split(0.2), stepSeconds: 300, atMinutes: 40 },
      },
    },
  ];
};

const armStarved: AlertMaker = ({ definition, q }) => {
  const allocation = q.level('experiment_allocation_ratio', { by: ['experiment', 'variant'] });
  const share = q.level('experiment_share_ratio', { by: ['experiment'] });
  const smaller = `(${share} <= 0.5 or 1 - ${share})`;
  const split = (treatment: number) => ({
    [q.select('experiment_share_ratio', { experiment })]: steady(0.25),
    [q.select('experiment_allocation_ratio', { experiment, variant: 'treatment' })]:
      steady(treatment),
    [q.select('experiment_allocation_ratio', { experiment, variant: 'control' })]: steady(
      1 - treatment,
    ),
  });
  return [
    {
      alert: 'SightlineExperimentArmStarved',
      expr: `${allocation} < on (${q.labels('experiment')}) group_left () 0.2 * ${smaller}`,
      severity: 'info',
      forSeconds: 1800,
      keepFiringForSeconds: 3600,
      summary: 'An arm of an experiment gets almost nobody.',
      description:
        'Arm {{ $labels.variant }} of experiment {{ $labels.experiment }} gets {{ $value | humanizePercentage }} of the exposures, under a fifth of the smaller planned share.',
      dashboard: { key: 'experiments', panel: 'allocation' },
      runbook: {
        meaning:
          'The share of the exposures that an arm received has been under a fifth of the smaller planned share for half an hour.',
        impact: 'The experiment learns nothing.',
        diagnosis: `${curl(definition, '/control/experiments')}: was it killed, or its share set to nothing? Does its work answer at all: ${query(q.count('request_duration_seconds', { by: ['work', 'strategy', 'outcome'] }))}. Do callers send neither user nor session? Then everybody is control.`,
        mitigation: `Revive it if it was killed by mistake: ${curl(definition, '/control/experiments/NAME/revive', { method: 'POST' })}. Mend the work of the arm, or the callers.`,
      },
      proof: {
        firing: {
          series: split(0.01),
          stepSeconds: 300,
          atMinutes: 40,
          labels: { experiment, variant: 'treatment' },
          value: 0.01,
        },
        silent: { series: split(0.2), stepSeconds: 300, atMinutes: 40 },
      },
    },
  ];
};
