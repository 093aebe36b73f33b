import { emptyBounds, failureBounds } from '../panels/bounds.ts';
import { createContext, type DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { bars, timeseries } from '../panels/panels.ts';
import { dashboardLink, pointLinks } from '../panels/point-links.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { degradedShare, fallbacks, latencyBy, requestRate } from '../panels/traffic-panels.ts';
import { changesRow } from '../panels/watch-panels.ts';
import { known, share } from '../queries/share.ts';
import { nowRow } from '../rows/now-row.ts';
import { objectiveRows } from '../rows/objective-rows.ts';
import { qualityRow } from '../rows/quality-row.ts';
import { routeRow } from '../rows/route-row.ts';
import type { Panel, Row } from './dashboard.ts';
import type { DashboardMaker } from './index.ts';

const where = { work: '=~$work' } as const;
const byWork = { where, by: 'work' } as const;

/** The first page to open: are people served, is what was promised kept, what moved. */
export const overview: DashboardMaker = (definition) => {
  const context = createContext(definition);
  const [budgets, ...objectives] = objectiveRows(context);
  return {
    key: 'overview',
    title: 'Overview',
    description: 'Whether people are served, whether promises are kept, and what moved.',
    variables: [context.variables.work],
    rows: [
      nowRow(context),
      budgets,
      requests(context),
      pipeline(context),
      degradations(context),
      qualityRow(context),
      routeRow(context),
      ...objectives,
      changesRow(context),
    ],
  };
};

function requests(context: DashboardContext): Row {
  const { q, definition } = context;
  const all = q.count('request_duration_seconds', { where, by: ['work'] });
  const failed = q.count('request_duration_seconds', {
    where: { ...where, outcome: 'error' },
    by: ['work'],
  });
  return {
    title: 'Requests by work',
    panels: line(
      requestRate(context, byWork),
      latencyBy(context, byWork),
      timeseries({
        key: 'errors',
        title: 'Errors by work',
        description:
          'Share of requests that failed. Good is 0 and in any case under what the work promises; the logs of a point say why.',
        unit: 'percentunit',
        min: 0,
        queries: [{ expr: share(failed, all), legend: '{{work}}' }],
        ...staysUnder(...failureBounds(definition)),
        links: pointLinks('work'),
      }),
    ),
  };
}

function pipeline(context: DashboardContext): Row {
  return {
    title: 'Pipeline',
    panels: line(
      stageBars(context, {
        quantile: 0.5,
        description:
          'Median time of each stage over the chosen time, longest first: what most requests wait for. Open a stage for its components.',
      }),
      stageBars(context, {
        quantile: 0.99,
        description:
          '99 % of the runs of each stage end within this, longest first. A stage that is long here and short in the median waits for something: open it and look at its stores.',
      }),
      timeseries({
        key: 'stage-time',
        title: 'Time by stage',
        description:
          'Mean time of the stages upon each other: what a request is made of. The part that grew is where to look.',
        unit: 's',
        min: 0,
        isStacked: true,
        queries: [
          {
            expr: context.q.mean('stage_duration_seconds', { where, by: ['stage'] }),
            legend: '{{stage}}',
          },
        ],
        links: pointLinks('stage'),
      }),
    ),
  };
}

function stageBars(
  { q }: DashboardContext,
  { quantile, description }: { readonly quantile: number; readonly description: string },
): Panel {
  const narrowing = { where, by: ['stage'], window: '$__range' } as const;
  const time = q.quantile(quantile, 'stage_duration_seconds', narrowing);
  return bars({
    key: `stage-p${quantile * 100}`,
    title: `Stage latency p${quantile * 100}`,
    description,
    unit: 's',
    min: 0,
    queries: [{ expr: `sort_desc(${known(time)})`, legend: '{{stage}}', isInstant: true }],
    links: [dashboardLink('stage')],
  });
}

function degradations(context: DashboardContext): Row {
  const { q, definition } = context;
  const ended = (outcome: string) =>
    q.count('request_duration_seconds', { where: { ...where, outcome }, by: ['work'] });
  return {
    title: 'Fallbacks and empty answers',
    panels: line(
      fallbacks(context, where),
      degradedShare(context, byWork),
      stagesNotOk(context),
      timeseries({
        key: 'empty',
        title: 'Empty answers by work',
        description:
          'Share of answers without a single item. Good is 0 and in any case under what the work promises; the candidate funnel of Pipeline stage says where they were lost.',
        unit: 'percentunit',
        min: 0,
        queries: [{ expr: share(ended('empty'), ended('!=error')), legend: '{{work}}' }],
        ...staysUnder(...emptyBounds(definition)),
        links: pointLinks('work'),
      }),
    ),
  };
}

function stagesNotOk({ q }: DashboardContext): Panel {
  const by = ['stage'] as const;
  const all = q.count('stage_duration_seconds', { where, by });
  const notOk = q.count('stage_duration_seconds', { where: { ...where, outcome: '!=ok' }, by });
  return timeseries({
    key: 'stages-not-ok',
    title: 'Stages not ok',
    description:
      'Share of the runs of a stage that were partial, skipped, degraded or failed. What is lost in a stage need not change an answer, and is told here first; Pipeline stage has the reasons.',
    unit: 'percentunit',
    min: 0,
    queries: [{ expr: share(notOk, all), legend: '{{stage}}' }],
    links: [dashboardLink('stage')],
  });
}
