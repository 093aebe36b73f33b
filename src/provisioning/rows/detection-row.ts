import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { observed, observedQuantile } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';
import { known } from '../queries/share.ts';

const off = 'where the detector of anomalies is off';

/** What the detector watches and what that costs. */
export function detection(context: DashboardContext): Row {
  return {
    title: 'Detection',
    panels: [
      ...line(watched(context), tickTime(context), attributionTime(context)),
      ...line(attributions(context), ...cube(context)),
    ],
  };
}

function watched({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'watched-series',
    title: 'Watched series',
    description:
      'Series that the detector of an instance looks at, at most. More series mean a higher bar for each; a step up is new labels, and the limit is 5,000 unless configured.',
    unit: 'short',
    min: 0,
    queries: [{ expr: q.level('anomaly_series', { of: 'max' }), legend: 'series' }],
    mayBeEmpty: off,
  });
}

function tickTime({ q, definition }: DashboardContext): Panel {
  return timeseries({
    key: 'tick-time',
    title: 'Time of a look',
    description:
      'Time of one look at all watched series, in a thread of its own. Red from half of the time between two looks on: fewer series or a longer tick.',
    unit: 's',
    min: 0,
    queries: [0.5, 0.99].map((quantile) => ({
      expr: known(q.quantile(quantile, 'anomaly_tick_duration_seconds')),
      legend: `p${quantile * 100}`,
    })),
    ...staysUnder(definition.tickSeconds / 2),
    mayBeEmpty: off,
  });
}

function attributionTime({ definition }: DashboardContext): Panel {
  return timeseries({
    key: 'attribution-time',
    title: 'Time of an attribution',
    description:
      'Median time of a search for the cause of an anomaly, by what came of it, over the last hour, as searches are rare. It grows with the cube; no request waits for it.',
    unit: 's',
    min: 0,
    queries: [
      {
        expr: observedQuantile(dashboardScope(definition), [0.5, 'attribution_duration_seconds'], {
          by: ['outcome'],
          window: '1h',
        }),
        legend: '{{outcome}}',
      },
    ],
    mayBeEmpty: 'while no cause is searched for',
  });
}

function attributions({ definition }: DashboardContext): Panel {
  return timeseries({
    key: 'attributions',
    title: 'Attributions',
    description:
      'Searches for a cause in the window of a point, by what came of them. Unexplained ones are changes that no combination of labels tells apart: everything moved, or a label is missing.',
    unit: 'short',
    min: 0,
    decimals: 0,
    isStacked: true,
    queries: [
      {
        expr: observed(dashboardScope(definition), 'attribution_duration_seconds', {
          by: ['outcome'],
        }),
        legend: '{{outcome}}',
      },
    ],
    mayBeEmpty: 'while no cause is searched for',
  });
}

function cube({ q }: DashboardContext): Panel[] {
  return [
    timeseries({
      key: 'cube',
      title: 'Cube',
      description:
        'Combinations of label values that the cube of counts of an instance holds, at most. It levels off as the labels have closed lists; memory grows with it.',
      unit: 'short',
      min: 0,
      queries: [{ expr: q.level('cube_leaves', { of: 'max' }), legend: 'leaves' }],
      mayBeEmpty: off,
    }),
    timeseries({
      key: 'cube-overflow',
      title: 'Cube overflow',
      description:
        'Counts a second that found no room in the cube under their own labels and are kept together. Good is 0; otherwise a declared label has too many values, and causes in it cannot be named.',
      unit: 'ops',
      min: 0,
      queries: [{ expr: q.rate('cube_overflow_total'), legend: 'overflow' }],
      ...staysUnder(0.001),
      mayBeEmpty: off,
    }),
  ];
}
