import type { Panel, Row } from '../dashboards/dashboard.ts';
import { budgetOf } from '../panels/bounds.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { bars, timeseries } from '../panels/panels.ts';
import { pointLinks } from '../panels/point-links.ts';
import { budgetColours } from '../panels/slo-colours.ts';
import { overrunQueries } from '../panels/stage-bounds.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { fallbacks } from '../panels/traffic-panels.ts';
import { share } from '../queries/share.ts';

const where = { work: '=~$work', stage: '=~$stage' } as const;

/** How the runs of the chosen stages end, and whether they keep their budgets and promises. */
export function stageOutcomeRow(context: DashboardContext): Row {
  return {
    title: 'Outcomes',
    panels: [
      ...line(outcomes(context), notOk(context)),
      ...line(fallbacks(context, where), overruns(context), ...stageBudgets(context)),
    ],
  };
}

const notOkWhere = { ...where, outcome: '!=ok' } as const;

function outcomes({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'outcomes',
    title: 'Outcomes that are not ok',
    description:
      'Runs a second that were partial, skipped, degraded or failed, by stage. Good is nothing; Fallbacks has the reasons.',
    unit: 'ops',
    min: 0,
    isStacked: true,
    queries: [
      {
        expr: q.count('stage_duration_seconds', { where: notOkWhere, by: ['stage', 'outcome'] }),
        legend: '{{stage}} {{outcome}}',
      },
    ],
    mayBeEmpty: 'while every run is ok',
    links: pointLinks('stage'),
  });
}

function notOk(context: DashboardContext): Panel {
  const runs = (of: typeof where) =>
    context.q.count('stage_duration_seconds', { where: of, by: ['stage'] });
  return timeseries({
    key: 'not-ok',
    title: 'Share that is not ok',
    description:
      'Share of the runs of a stage that were not ok. Good is 0 and in any case under what the stage promises.',
    unit: 'percentunit',
    min: 0,
    queries: [{ expr: share(runs(notOkWhere), runs(where)), legend: '{{stage}}' }],
    ...staysUnder(...stageFailureBounds(context)),
    links: pointLinks('stage'),
  });
}

function overruns(context: DashboardContext): Panel {
  return timeseries({
    key: 'overruns',
    title: 'Budget overruns',
    description:
      'Share of the runs of a stage that took longer than its budget, or than that of the work where it has none. Good is next to 0: what runs over takes the time of the stages after it.',
    unit: 'percentunit',
    min: 0,
    queries: overrunQueries(context),
    ...staysUnder(0.01),
    mayBeEmpty: 'while the work gets no requests',
    links: pointLinks('stage'),
  });
}

/** The budgets of stages that promise something. */
function stageBudgets({ recorded, definition }: DashboardContext): Panel[] {
  const promised = definition.works.some(({ stages }) =>
    stages.some(({ slo }) => Object.values(slo).some((objective) => objective !== undefined)),
  );
  if (!promised) return [];
  // All stages are also those without a name: the budgets of whole works, which stand on Overview.
  const left = (of: typeof where | { readonly stage: '!=' }) =>
    recorded('sightline:slo_budget_left:ratio', of);
  return [
    bars({
      key: 'budget-left',
      title: 'Error budget left',
      description: `Share of each error budget of ${definition.sloDays} days of a stage that is left, least first. Under 0 the promise is broken. Read from recording rules.`,
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [
        {
          expr: `sort(${left(where)} and ${left({ stage: '!=' })})`,
          legend: '{{work}} {{stage}} {{slo}}',
          isInstant: true,
        },
      ],
      ...budgetColours,
      links: pointLinks('stage'),
    }),
  ];
}

const stageFailureBounds = ({ definition }: DashboardContext) =>
  definition.works.flatMap(({ stages }) => stages.map(({ slo }) => budgetOf(slo.availability)));
