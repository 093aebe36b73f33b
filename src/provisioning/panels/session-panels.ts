import type { Panel } from '../dashboards/dashboard.ts';
import type { DashboardContext } from './context.ts';
import { heatmap, timeseries } from './panels.ts';
import { dashboardLink } from './point-links.ts';

const ofSegment = { segment: '=~$segment' } as const;
const noSessions = 'until sessions have clicks';

/** Mean freshness of sessions by segment. */
export function sessionFreshness({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'session-freshness',
    title: 'Session freshness',
    description:
      'Mean freshness of the recent sessions by segment: 1 is regular, recent and long enough, 0 is idle or too short to say. A fall over days is traffic that changed, or clicks that arrive late; see Segment.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [
      {
        expr: q.level('session_freshness_ratio', { where: ofSegment, by: ['segment'] }),
        legend: '{{segment}}',
      },
    ],
    links: [dashboardLink('segment')],
    mayBeEmpty: noSessions,
  });
}

/** Median entropy of sessions by segment. */
export function sessionEntropy({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'session-entropy',
    title: 'Session entropy',
    description:
      'Median entropy of the gaps between the clicks of a session, by segment. Low is regular browsing. It should move with the time of day alone; a step is traffic that changed, see Segment.',
    unit: 'bits',
    min: 0,
    queries: [
      {
        expr: q.quantile(0.5, 'session_freshness_entropy_bits', {
          where: ofSegment,
          by: ['segment'],
        }),
        legend: '{{segment}}',
      },
    ],
    links: [dashboardLink('segment')],
    mayBeEmpty: noSessions,
  });
}

/** How the entropies of sessions are spread. */
export function sessionEntropies({ q }: DashboardContext): Panel {
  return heatmap({
    key: 'session-entropies',
    title: 'Session entropy, all sessions',
    description:
      'How the entropies of sessions are spread. Regular browsing is low, bursts and pauses are high; a new band is a new kind of visitor, or machines.',
    unit: 'bits',
    queries: [
      { expr: q.buckets('session_freshness_entropy_bits', { where: ofSegment }), legend: '{{le}}' },
    ],
    mayBeEmpty: noSessions,
  });
}
