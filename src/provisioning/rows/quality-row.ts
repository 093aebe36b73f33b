import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { dashboardLink } from '../panels/point-links.ts';
import { clickCalibration, coverage, diversity, novelty } from '../panels/quality-panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { noScales } from './domain-row.ts';

/** How good answers are and whether the world moved, by strategy, segment and catalogue. */
export function qualityRow(context: DashboardContext): Row {
  const strategies = { where: {}, by: ['strategy'] } as const;
  return {
    title: 'Quality',
    panels: [
      ...line(
        clickCalibration(context, strategies),
        coverage(context, strategies),
        diversity(context, strategies),
      ),
      ...line(novelty(context, strategies), freshness(context), drift(context)),
    ],
  };
}

function freshness({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'freshness',
    title: 'Session freshness',
    description:
      'How regular and recent the clicks of sessions are, 0 to 1, mean by segment. A fall means that people click less, or that clicks come late; see Segment.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [
      { expr: q.level('session_freshness_ratio', { by: ['segment'] }), legend: '{{segment}}' },
    ],
    mayBeEmpty: 'until sessions have clicks',
    links: [dashboardLink('segment')],
  });
}

function drift({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'drift',
    title: 'Domain drift',
    description:
      'How far the demand of a catalogue is from what it is compared with, the farthest of them. 1 is as far as chance allows at most; above it look at Drift and signals.',
    unit: 'short',
    min: 0,
    queries: [
      {
        expr: q.level('domain_drift_coefficient', { by: ['target'], of: 'max' }),
        legend: '{{target}}',
      },
    ],
    ...staysUnder(1),
    mayBeEmpty: noScales,
    links: [{ title: 'Drift and signals', to: { dashboard: 'drift' } }],
  });
}
