import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { dashboardLink } from '../panels/point-links.ts';
import { noClicks } from '../panels/quality-panels.ts';

const view = {
  where: { strategy: '=~$strategy', catalog: '=~$catalog' },
  by: ['strategy', 'catalog'],
} as const;

/** What comes of what is served. */
export function servedItems(context: DashboardContext): Row {
  return {
    title: 'What comes of served items',
    panels: line(
      ratio(context, 'click_through_ratio'),
      ratio(context, 'positive_feedback_ratio'),
      outcomes(context),
    ),
  };
}

const ratios = {
  click_through_ratio: {
    key: 'click-through',
    title: 'Click-through',
    description:
      'Share of the answers that were clicked, over the last hour of those whose feedback is no longer waited for. Higher is better; compare a strategy with its own past, as it depends on where answers are shown.',
    mayBeEmpty: noClicks,
  },
  positive_feedback_ratio: {
    key: 'positive-feedback',
    title: 'Positive feedback',
    description:
      'Of the served items that somebody read or wanted, the share that somebody wanted, as `signals.requests` says. Higher is better; a fall while Click-through holds is a promise that items do not keep.',
    mayBeEmpty: 'until feedback says that a served item was read or wanted',
  },
} as const;

function ratio({ q }: DashboardContext, name: keyof typeof ratios): Panel {
  return timeseries({
    ...ratios[name],
    unit: 'percentunit',
    min: 0,
    queries: [{ expr: q.level(name, view), legend: '{{strategy}} {{catalog}}' }],
    links: [dashboardLink('strategy'), dashboardLink('catalog')],
  });
}

function outcomes({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'served-outcomes',
    title: 'What comes of served items',
    description:
      'Served items a second by the best that came of them until they were no longer waited for: positive, read, clicked, or passed over. Where all but passed vanishes at once, feedback no longer finds its answers: see Joined feedback.',
    unit: 'eps',
    min: 0,
    isStacked: true,
    queries: [
      {
        expr: q.rate('judged_exposures_total', { where: view.where, by: ['outcome'] }),
        legend: '{{outcome}}',
      },
    ],
    mayBeEmpty: noClicks,
  });
}
