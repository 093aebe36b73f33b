import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { objectiveStats } from '../panels/objective-stats.ts';
import { bars, text, timeseries } from '../panels/panels.ts';
import { dashboardLink } from '../panels/point-links.ts';
import { budgetColours, burnColours } from '../panels/slo-colours.ts';
import type { WorkDefinition } from '../source/definition.ts';

/** With more works than this, the rows of single works are closed until somebody opens them. */
const openWorks = 1;

/** What was promised and how it is kept: all budgets together, then a row for each work that promises something. */
export function objectiveRows(context: DashboardContext): Row[] {
  const works = context.definition.works.filter(hasObjectives);
  if (works.length === 0) return [nothingPromised];
  return [
    { title: 'Objectives', panels: line(budgetsLeft(context), budgetBurn(context)) },
    ...works.map((work) => ({
      title: `Objectives of ${work.name}`,
      panels: line(...objectiveStats(context, work)),
      ...(works.length > openWorks ? { isCollapsed: true as const } : {}),
    })),
  ];
}

function hasObjectives({ slo, stages }: WorkDefinition): boolean {
  return [slo, ...stages.map((stage) => stage.slo)].some((objectives) =>
    Object.values(objectives).some((objective) => objective !== undefined),
  );
}

const nothingPromised: Row = {
  title: 'Objectives',
  panels: [
    text({
      key: 'no-objectives',
      title: 'Objectives',
      description: 'What the works promise, and how much of their error budgets is left.',
      unit: 'none',
      queries: [],
      text: 'No work promises anything yet. Set `slo` of a work, or of a stage, in the configuration and generate again: error budgets and their alerts follow from it.',
    }),
  ],
};

const where = { work: '=~$work' } as const;
const legend = '{{work}} {{stage}} {{slo}}';

function budgetsLeft({ recorded, definition }: DashboardContext): Panel {
  const left = recorded('sightline:slo_budget_left:ratio', where);
  return bars({
    key: 'budget-left',
    title: 'Error budget left',
    description: `Share of each error budget of ${definition.sloDays} days that is left, least first. Under 0 the promise is broken: stop risky changes and mend. Read from recording rules.`,
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [{ expr: `sort(${left})`, legend, isInstant: true }],
    ...budgetColours,
    links: [dashboardLink('work')],
  });
}

function budgetBurn({ recorded }: DashboardContext): Panel {
  return timeseries({
    key: 'burn',
    title: 'Budget burn',
    description:
      'How fast each error budget goes, over an hour of a period of 30 days: at 1 it lasts just the period, at 14.4 a fiftieth is gone within the hour. Good is under 1. Read from recording rules.',
    unit: 'short',
    min: 0,
    queries: [{ expr: recorded('sightline:slo_burn:1h', where), legend }],
    ...burnColours,
    links: [dashboardLink('work')],
  });
}
