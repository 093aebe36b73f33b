import { growing, steady } from '../rules/proof-series.ts';
import { type AlertMaker, curl, leastEvents, query, where } from './symptom.ts';

/** Experiments whose traffic is not split as planned. */
export const experimentSymptoms: AlertMaker = (context) => [
  ...sampleRatioMismatch(context),
  ...armStarved(context),
  ...providerFails(context),
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

const providerFails: AlertMaker = ({ definition, q }) => {
  const name = 'flag_evaluations_total';
  const by = ['experiment'] as const;
  const failed = q.rate(name, {
    where: { reason: '=~error|late|not_ready|unknown_variant' },
    by,
  });
  const evaluated = (perStep: number, reason: string, variant: string) => ({
    [q.select(name, { experiment, variant, reason })]: growing(perStep),
  });
  return [
    {
      alert: 'SightlineExperimentUnassigned',
      expr: where(
        q,
        [`${failed} / ${q.rate(name, { by })} > 0.05`, `${failed} * 300 >= ${leastEvents}`],
        by,
      ),
      severity: 'warning',
      forSeconds: 300,
      keepFiringForSeconds: 900,
      summary: 'The flag provider cannot say which variant requests get.',
      description:
        '{{ $value | humanizePercentage }} of the requests of experiment {{ $labels.experiment }} got control because the flag provider failed.',
      dashboard: { key: 'experiments', panel: 'assignments' },
      runbook: {
        meaning:
          'For five minutes over 5 % of the requests of an experiment got control because the provider was not ready, failed, took too long, or named a variant that the experiment does not have.',
        impact:
          'People get an answer, from control. Who belongs to treatment gets control now and then, so the arms mix and the result shrinks.',
        diagnosis: `${query(q.rate(name, { by: ['experiment', 'variant', 'reason'] }))}. \`not_ready\`, \`late\`, \`error\`: ${curl(definition, '/control/experiments')} says how the provider is, the log line with \`SL_FLAGS_UNAVAILABLE\` why. \`unknown_variant\`: the values of the flag at the provider are not the names of the arms, there is no flag with the name of the experiment, or somebody asks by \`x-sightline-variant\` for a variant that is not there.`,
        mitigation: `Bring the provider back, or correct the flag. If that takes long, end the experiment: ${curl(definition, '/control/experiments/NAME/kill', { method: 'POST' })}.`,
      },
      proof: {
        firing: {
          series: { ...evaluated(80, 'split', 'control'), ...evaluated(20, 'late', 'control') },
          atMinutes: 12,
          labels: { experiment },
          value: 0.2,
        },
        silent: {
          series: { ...evaluated(9900, 'split', 'control'), ...evaluated(20, 'late', 'control') },
          atMinutes: 12,
        },
      },
    },
  ];
};
