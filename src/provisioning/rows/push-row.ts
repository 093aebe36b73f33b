import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { happened } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';
import { known } from '../queries/share.ts';

const legend = '{{destination}}';
const notPushed = 'where metrics are scraped and pushed nowhere';

/** How metrics get to those who have them pushed. */
export function pushes(context: DashboardContext): Row {
  return {
    title: 'Pushed metrics',
    isCollapsed: true,
    panels: line(pushesByOutcome(context), ...pushDelays(context), leftOut(context)),
  };
}

function pushesByOutcome({ definition }: DashboardContext): Panel {
  const pushed = happened(dashboardScope(definition), 'metric_pushes_total', {
    by: ['destination', 'outcome'],
  });
  return timeseries({
    key: 'pushes',
    title: 'Metric pushes',
    description:
      'Pushes in the window of a point, by what became of them. delivered is good; skipped was not made as the one before was not done, dropped left a full queue. The log names the reason of a failure.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [{ expr: pushed, legend: '{{destination}} {{outcome}}' }],
    mayBeEmpty: notPushed,
  });
}

function pushDelays({ q }: DashboardContext): Panel[] {
  const by = { by: ['destination'] } as const;
  const time = known(q.quantile(0.95, 'metric_push_duration_seconds', by));
  const queue = q.level('metric_push_queue', { ...by, of: 'max' });
  return [
    timeseries({
      key: 'push-time',
      title: 'Time of a push',
      description:
        '95 % of the pushes are delivered or given up within this, retries included. Over the time between two pushes they pile up, see Metric push queue.',
      unit: 's',
      min: 0,
      queries: [{ expr: time, legend }],
      mayBeEmpty: notPushed,
    }),
    timeseries({
      key: 'push-queue',
      title: 'Metric push queue',
      description:
        'Pushes that wait for a destination, of the worst instance. Good is under 10; a queue that fills is a destination that is slow or away.',
      unit: 'short',
      min: 0,
      queries: [{ expr: queue, legend }],
      ...staysUnder(10),
      mayBeEmpty: notPushed,
    }),
  ];
}

function leftOut({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'left-out',
    title: 'Samples left out',
    description:
      'Samples a second that the rules of a destination kept back, as configured. Compare with Series and samples for what is left.',
    unit: 'ops',
    min: 0,
    queries: [{ expr: q.rate('metric_samples_left_out_total', { by: ['destination'] }), legend }],
    mayBeEmpty: notPushed,
  });
}
