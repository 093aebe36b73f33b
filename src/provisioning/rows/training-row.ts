import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { happened, observedQuantile } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';

const ofModel = { model: '=~$model' } as const;
const noRun = 'while nothing was trained since the start';
const notJudged = 'while no candidate was judged since the start';

/** What becomes of training runs, and how good what they make is. */
export function training(context: DashboardContext): Row {
  return {
    title: 'Training runs',
    panels: [
      ...line(runs(context), rejections(context), quality(context)),
      ...line(phases(context), memory(context), data(context)),
    ],
  };
}

function runs({ definition }: DashboardContext): Panel {
  const ended = happened(dashboardScope(definition), 'training_runs_total', {
    by: ['outcome', 'trigger'],
  });
  return timeseries({
    key: 'training-runs',
    title: 'Training runs',
    description:
      'Runs that ended in the window of a point, by what came of them and what set them off. After `failed`, `rejected` and `cancelled` the versions before go on serving; `partial` is some models that failed, and `held` a generation that waits to be promoted.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [{ expr: ended, legend: '{{outcome}} ({{trigger}})' }],
    mayBeEmpty: noRun,
  });
}

function rejections({ definition }: DashboardContext): Panel {
  const rejected = happened(dashboardScope(definition), 'model_gate_rejections_total', {
    where: ofModel,
    by: ['model', 'reason'],
  });
  return timeseries({
    key: 'rejected-candidates',
    title: 'Rejected candidates',
    description:
      'Candidates in the window of a point that the gate kept from serving, by model and reason. One now and then is what the gate is for; the same reason again and again is data that changed, see Training data.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [{ expr: rejected, legend: '{{model}} {{reason}}' }],
    mayBeEmpty: notJudged,
  });
}

function quality({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'model-quality',
    title: 'Model quality',
    description:
      'Recall, NDCG and the like of the last candidate of each model on the newest part of the data, which it had not seen, and the share of items that it shows. Compare a model with itself: the hold-out is another one with every run.',
    unit: 'percentunit',
    min: 0,
    queries: [
      {
        expr: q.level('model_quality_ratio', {
          where: ofModel,
          by: ['model', 'measure'],
          of: 'max',
        }),
        legend: '{{model}} {{measure}}',
      },
    ],
    mayBeEmpty: notJudged,
  });
}

function phases({ definition }: DashboardContext): Panel {
  const longest = observedQuantile(
    dashboardScope(definition),
    [0.99, 'training_phase_duration_seconds'],
    { by: ['phase'] },
  );
  return timeseries({
    key: 'training-phases',
    title: 'Training phases',
    description:
      'Longest time of a phase in the window of a point, of one model where it is of one. Requests are answered meanwhile, as training runs at low priority; a slow `load` is the disk, a slow `publish` the comparison of generations.',
    unit: 's',
    min: 0,
    queries: [{ expr: longest, legend: '{{phase}}' }],
    mayBeEmpty: noRun,
  });
}

function memory({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'training-memory',
    title: 'Training memory',
    description:
      'Most memory of the whole process during its last training run. It must stay under what the machine or container allows; `training.maxMemoryMb` refuses models that need more.',
    unit: 'bytes',
    min: 0,
    queries: [{ expr: q.level('training_peak_memory_bytes', { of: 'max' }), legend: 'last run' }],
    mayBeEmpty: noRun,
  });
}

function data({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'training-data',
    title: 'Training data',
    description:
      'What the last run learnt from. It should grow slowly; a step down is data that was lost or left out, and the next candidates will be worse.',
    unit: 'short',
    min: 0,
    queries: [{ expr: q.level('training_data', { by: ['kind'], of: 'max' }), legend: '{{kind}}' }],
    mayBeEmpty: noRun,
  });
}
