import { createContext, type DashboardContext } from '../panels/context.ts';
import { current } from '../panels/current.ts';
import { line } from '../panels/line.ts';
import { text, timeseries } from '../panels/panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { guardrails } from '../rows/guardrail-row.ts';
import { shadows } from '../rows/shadow-row.ts';
import type { Definition } from '../source/definition.ts';
import type { Panel, Row, Threshold } from './dashboard.ts';
import type { DashboardMaker } from './index.ts';

type ExperimentSeries =
  | 'experiment_share_ratio'
  | 'experiment_mismatch_pvalue'
  | 'experiment_drift_ratio';

/** Reasons that say that the provider failed. */
const failures = 'error|late|not_ready|unknown_variant';
type Outcome = 'clicks' | 'conversions';

const ofExperiment = { experiment: '=~$experiment' } as const;
const ofArm = { ...ofExperiment, variant: '=~$variant' } as const;
const legend = '{{experiment}}';
const toComparison = {
  title: 'Compare the strategies',
  to: { dashboard: 'strategy-comparison' },
} as const;

/** Under the first a split is called broken, under the second it is worth watching. */
const mismatchColours: readonly Threshold[] = [
  { colour: 'red' },
  { from: 0.001, colour: 'yellow' },
  { from: 0.01, colour: 'green' },
];

/** Whether experiments split as planned, what the arms achieve, and whether one of them does harm. */
export const experiments: DashboardMaker = (definition) => {
  const context = createContext(definition);
  const { experiment, variant } = context.variables;
  return {
    key: 'experiments',
    title: 'Experiments',
    description:
      'Whether experiments split traffic as planned, how much their arms differ, and whether one of them does harm. Which arm is better stands on Strategy comparison.',
    variables: [experiment, variant],
    rows: [
      ...(definition.experiments.length === 0 ? [invitation()] : []),
      { title: 'At a glance', panels: line(...stateNow(context), mismatchNow(context)) },
      { title: 'Split', panels: line(allocation(context), mismatch(context), armDrift(context)) },
      {
        title: 'What the arms achieve',
        panels: [
          ...line(difference(context, 'clicks'), difference(context, 'conversions')),
          ...line(
            achieved(context, 'experiment_click_through_ratio'),
            achieved(context, 'experiment_positive_feedback_ratio'),
          ),
        ],
      },
      { title: 'Assignment', panels: line(assignments(context), unassigned(context)) },
      ...definition.experiments.map((each) => guardrails(context, each)),
      shadows(context),
    ],
  };
};

function invitation(): Row {
  return {
    title: 'No experiment yet',
    panels: [
      text({
        key: 'invitation',
        title: 'How to begin',
        description: 'What to write into the configuration. The rows below fill by themselves.',
        unit: 'none',
        queries: [],
        text: 'No experiment is configured. Declare two works and an entry under `experiments` in `sightline.yaml`, generate again, and the arms appear here. `docs/configuration.md` has every key.',
      }),
    ],
  };
}

function stateNow({ q, definition }: DashboardContext): Panel[] {
  const planned = q.level('experiment_share_ratio', {
    where: ofExperiment,
    by: ['experiment'],
    of: 'max',
  });
  return [
    current(`count(${planned} > 0)`, {
      key: 'running',
      title: 'Experiments that split',
      description:
        'Chosen experiments whose treatment gets traffic. One that was killed or disabled has a share of 0 and does not count.',
      unit: 'short',
      ...mayBeEmpty(definition),
    }),
    current(`count(${planned} == 0) or 0 * count(${planned})`, {
      key: 'stopped',
      title: 'Experiments stopped',
      description:
        'Chosen experiments that give everybody control, as they were killed or disabled. `GET /control/experiments` says which of both.',
      unit: 'short',
      ...staysUnder(1),
      ...mayBeEmpty(definition),
    }),
    current(planned, {
      key: 'planned-share',
      title: 'Planned share of treatment',
      description:
        'Share of the traffic that treatment is meant to get now. Calibration raises it while the arms differ; Planned and actual share shows the way.',
      unit: 'percentunit',
      legend,
      ...mayBeEmpty(definition),
    }),
  ];
}

function mismatchNow(context: DashboardContext): Panel {
  return current(byExperiment(context, 'experiment_mismatch_pvalue'), {
    key: 'mismatch-now',
    title: 'Sample ratio mismatch',
    description:
      'Probability of so uneven a split by chance. Under 0.001 something filters one arm: believe no result until it is found. Sample ratio mismatch below shows since when.',
    unit: 'none',
    decimals: 4,
    legend,
    thresholds: mismatchColours,
    ...mayBeEmpty(context.definition),
  });
}

function allocation(context: DashboardContext): Panel {
  const received = context.q.level('experiment_allocation_ratio', {
    where: ofArm,
    by: ['experiment', 'variant'],
  });
  return timeseries({
    key: 'allocation',
    title: 'Planned and actual share',
    description:
      'Share of the exposures that each arm received over the last hours, beside the share that treatment is meant to get. After a change of plan the arms follow over those hours; a gap that stays is a mismatch.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [
      { expr: received, legend: '{{experiment}} {{variant}}' },
      {
        expr: byExperiment(context, 'experiment_share_ratio'),
        legend: '{{experiment}} planned',
      },
    ],
    links: [toComparison],
    ...mayBeEmpty(context.definition),
  });
}

function difference({ q, definition }: DashboardContext, outcome: Outcome): Panel {
  return timeseries({
    key: `difference-${outcome}`,
    title: outcome === 'clicks' ? 'Difference of the arms' : 'Difference of conversions',
    description: `Requests with ${outcome} of treatment minus those of control, since the share is in force, the mean of the instances. The bounds hold however often one looks: once they leave out 0, the arms differ, and the experiment may end.`,
    unit: 'percentunit',
    queries: [
      {
        expr: q.level('experiment_difference_ratio', {
          where: { ...ofExperiment, outcome },
          by: ['experiment', 'bound'],
        }),
        legend: '{{experiment}} {{bound}}',
      },
    ],
    ...mayBeEmpty(definition),
  });
}

const achievements = {
  experiment_click_through_ratio: {
    key: 'arm-click-through',
    title: 'Click-through of the arms',
    description:
      'Share of the answers of each arm that were clicked, over the last hour of those whose feedback is no longer waited for. Whether the difference may be chance stands above.',
  },
  experiment_positive_feedback_ratio: {
    key: 'arm-positive-feedback',
    title: 'Positive feedback of the arms',
    description:
      'Of the items that an arm served and somebody read or wanted, the share that somebody wanted, over the last hour. Few items make it jump: compare over a day.',
  },
} as const;

function achieved({ q, definition }: DashboardContext, name: keyof typeof achievements): Panel {
  return timeseries({
    ...achievements[name],
    unit: 'percentunit',
    min: 0,
    queries: [
      {
        expr: q.level(name, { where: ofArm, by: ['experiment', 'variant'] }),
        legend: '{{experiment}} {{variant}}',
      },
    ],
    links: [toComparison],
    ...mayBeEmpty(definition),
  });
}

function assignments({ q, definition }: DashboardContext): Panel {
  const rate = q.rate('flag_evaluations_total', {
    where: ofArm,
    by: ['experiment', 'variant', 'reason'],
  });
  return timeseries({
    key: 'assignments',
    title: 'Assignments by reason',
    description:
      'Requests a second by the variant that they got and why. `split` is chance and counts for the experiment; `no_key` named no user, session or subgraph; `forced` was asked for by hand; `error`, `late`, `not_ready` and `unknown_variant` are control because the provider could not say better.',
    unit: 'reqps',
    min: 0,
    queries: [{ expr: rate, legend: '{{experiment}} {{variant}} {{reason}}' }],
    ...mayBeEmpty(definition),
  });
}

function unassigned({ q, definition }: DashboardContext): Panel {
  const share = (reason: string) =>
    `${q.rate('flag_evaluations_total', { where: { ...ofArm, reason }, by: ['experiment'] })} / ${q.rate('flag_evaluations_total', { where: ofArm, by: ['experiment'] })}`;
  return timeseries({
    key: 'unassigned',
    title: 'Requests that do not count',
    description:
      'Share of the requests of an experiment that got control because they named nobody, or because the flag provider failed. They learn nothing for the experiment; a failing provider leaves the split to nobody.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [
      { expr: share('no_key'), legend: '{{experiment}} without key' },
      { expr: share(`=~${failures}`), legend: '{{experiment}} provider failed' },
    ],
    ...mayBeEmpty(definition),
  });
}

function mismatch(context: DashboardContext): Panel {
  return timeseries({
    key: 'mismatch',
    title: 'Sample ratio mismatch',
    description:
      'Probability of an allocation as far from the plan as this one by chance, counted by session. It wanders between 0 and 1 while all is well; under 0.001 the split is broken and its share is held.',
    unit: 'none',
    min: 0,
    max: 1,
    queries: [
      { expr: byExperiment(context, 'experiment_mismatch_pvalue'), legend },
      { expr: 'vector(0.001)', legend: 'broken' },
    ],
    thresholds: mismatchColours,
    ...mayBeEmpty(context.definition),
  });
}

function armDrift(context: DashboardContext): Panel {
  return timeseries({
    key: 'experiment-drift',
    title: 'Experiment drift',
    description:
      'How much clicks and conversions of the arms differ, 0.05 is not at all. It decides how much traffic treatment gets (0.3 and 0.6 are the bands unless configured), and does not say which arm is better.',
    unit: 'short',
    min: 0,
    max: 1,
    queries: [{ expr: byExperiment(context, 'experiment_drift_ratio'), legend }],
    links: [toComparison],
    ...mayBeEmpty(context.definition),
  });
}

/** The least that an instance says of each experiment. */
function byExperiment({ q }: DashboardContext, name: ExperimentSeries): string {
  return q.level(name, { where: ofExperiment, by: ['experiment'], of: 'min' });
}

const mayBeEmpty = ({ experiments: all }: Definition): Pick<Panel, 'mayBeEmpty'> => ({
  mayBeEmpty:
    all.length === 0
      ? 'where no experiment is configured'
      : 'until the arms of an experiment have served and were compared',
});
