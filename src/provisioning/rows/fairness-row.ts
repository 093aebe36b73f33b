import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { share } from '../queries/share.ts';

const where = { segment: '=~$segment', work: '=~$work' } as const;
/** A segment with fewer requests in the window says nothing about itself. */
const fewest = 50;
const narrowing = { where, by: ['segment'], window: '30m' } as const;
const windowSeconds = 1800;
const ofSegment = { where: { segment: where.segment }, by: ['segment'] } as const;

/** How far apart the segments are that are served best and worst. */
export function fairnessRow({ q }: DashboardContext): Row {
  const all = q.count('request_duration_seconds', narrowing);
  const degraded = { ...narrowing, where: { ...where, outcome: '!=ok' } };
  const mayBeEmpty = `until a segment has ${fewest} requests in 30 minutes`;
  const ofEnough = (expr: string) =>
    `(${expr} and on (segment) ${all} * ${windowSeconds} >= ${fewest})`;
  return {
    title: 'Fairness between the chosen segments',
    panels: line(
      gap({
        key: 'latency-gap',
        title: 'Latency gap',
        description: `Latency (p95) of the slowest and of the fastest segment, and the gap between them, of segments with ${fewest} requests in 30 minutes. A gap that grows is slow for some only: Slowest segments says for whom.`,
        unit: 's',
        expr: ofEnough(q.quantile(0.95, 'request_duration_seconds', narrowing)),
        mayBeEmpty,
      }),
      gap({
        key: 'degraded-gap',
        title: 'Gap of degraded answers',
        description: `Share of degraded answers of the worst and of the best segment, and the gap between them, of segments with ${fewest} requests in 30 minutes. Good is next to 0: Most degraded segments says for whom it is not.`,
        unit: 'percentunit',
        expr: ofEnough(share(q.count('request_duration_seconds', degraded), all)),
        mayBeEmpty,
      }),
      gap({
        key: 'freshness-gap',
        title: 'Gap of session freshness',
        description:
          'Session freshness of the freshest and of the least fresh segment, and the gap between them. What is learnt from fresh sessions serves some segments worse where the gap is wide.',
        unit: 'short',
        expr: q.level('session_freshness_ratio', ofSegment),
        mayBeEmpty: 'until sessions have clicks',
      }),
    ),
  };
}

function gap({
  expr,
  ...panel
}: Pick<Panel, 'key' | 'title' | 'description' | 'unit' | 'mayBeEmpty'> & {
  readonly expr: string;
}): Panel {
  return timeseries({
    ...panel,
    min: 0,
    queries: [
      { expr: `max(${expr}) - min(${expr})`, legend: 'gap' },
      { expr: `max(${expr})`, legend: 'greatest' },
      { expr: `min(${expr})`, legend: 'least' },
    ],
  });
}
