import { createContext, type DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { table, text, timeseries } from '../panels/panels.ts';
import { dashboardLink, pointLinks } from '../panels/point-links.ts';
import { sessionEntropies, sessionEntropy, sessionFreshness } from '../panels/session-panels.ts';
import { degradedShare, latencyBy, requestRate, requestShare } from '../panels/traffic-panels.ts';
import { known, share } from '../queries/share.ts';
import { fairnessRow } from '../rows/fairness-row.ts';
import type { Panel, Row } from './dashboard.ts';
import type { DashboardMaker } from './index.ts';

const where = { segment: '=~$segment', work: '=~$work' } as const;
const view = { where, by: 'segment' } as const;

/** Whom the gateway serves how: everything by segment, the worst of them, and how far apart they are. */
export const segment: DashboardMaker = (definition) => {
  const context = createContext(definition);
  const { variables } = context;
  return {
    key: 'segment',
    title: 'Segment',
    description:
      'Whom the gateway serves how. People of no declared segment are `default`, segments beyond the bound on labels `__other__`.',
    variables: [variables.segment, variables.work],
    rows: [
      ...(definition.segments.length === 0 ? [noSegments] : []),
      worst(context),
      fairnessRow(context),
      served(context),
      choices(context),
      {
        title: 'Sessions',
        panels: line(sessionFreshness(context), sessionEntropy(context), sessionEntropies(context)),
      },
    ],
  };
};

const noSegments: Row = {
  title: 'Segments',
  panels: [
    text({
      key: 'no-segments',
      title: 'Segments',
      description: 'Which segments there are.',
      unit: 'none',
      queries: [],
      text: 'No segment is declared, so all requests stand under `default`. Name yours under `segments` in the configuration and send them with users or requests.',
    }),
  ],
};

function worst({ q }: DashboardContext): Row {
  const narrowing = { where, by: ['segment'], window: '$__range' } as const;
  const all = q.count('request_duration_seconds', narrowing);
  const bad = q.count('request_duration_seconds', {
    ...narrowing,
    where: { ...where, outcome: '!=ok' },
  });
  return {
    title: 'Worst segments',
    panels: line(
      worstTable({
        key: 'slowest',
        title: 'Slowest segments',
        description:
          'The ten segments with the longest latency (p95) over the chosen time. A segment far above the next has data or a store of its own that is slow: open it.',
        unit: 's',
        legend: 'Latency p95',
        expr: known(q.quantile(0.95, 'request_duration_seconds', narrowing)),
      }),
      worstTable({
        key: 'most-degraded',
        title: 'Most degraded segments',
        description:
          'The ten segments with the greatest share of answers that were not what was asked for over the chosen time. Good is 0 everywhere: open one to see since when.',
        unit: 'percentunit',
        legend: 'Degraded answers',
        expr: share(bad, all),
      }),
    ),
  };
}

function worstTable({
  expr,
  legend,
  ...panel
}: Pick<Panel, 'key' | 'title' | 'description' | 'unit'> & {
  readonly expr: string;
  readonly legend: string;
}): Panel {
  return table({
    ...panel,
    queries: [{ expr: `topk(10, ${expr})`, legend, isInstant: true }],
    columns: { segment: 'Segment' },
    links: [dashboardLink('segment')],
  });
}

function served(context: DashboardContext): Row {
  return {
    title: 'Served by segment',
    panels: [
      ...line(requestRate(context, view), requestShare(context, view)),
      ...line(latencyBy(context, view), degradedShare(context, view)),
    ],
  };
}

/** What people of the chosen segments ask for and what answers them. */
function choices({ q }: DashboardContext): Row {
  const by = (label: 'strategy' | 'catalog', of: string, description: string) =>
    timeseries({
      key: `requests-by-${label}`,
      title: `Requests by ${of}`,
      description,
      unit: 'reqps',
      min: 0,
      isStacked: true,
      queries: [
        {
          expr: q.count('request_duration_seconds', { where, by: [label] }),
          legend: `{{${label}}}`,
        },
      ],
      links: pointLinks(label),
    });
  return {
    title: 'What the chosen segments get',
    panels: line(
      by(
        'strategy',
        'strategy',
        'Requests a second of the chosen segments by what answered them. Segments should get the same strategies unless somebody decided otherwise; popularity is the last resort.',
      ),
      by(
        'catalog',
        'catalogue',
        'Requests a second of the chosen segments by the catalogue that was asked for. A move is people who want something else; see Drift and signals.',
      ),
    ),
  };
}
