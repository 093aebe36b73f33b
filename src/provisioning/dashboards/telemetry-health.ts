import type { CounterName } from '../../telemetry/metrics.ts';
import { createContext, type DashboardContext } from '../panels/context.ts';
import { current } from '../panels/current.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { happened } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';
import { losses } from '../rows/loss-row.ts';
import { pushes } from '../rows/push-row.ts';
import { collector, manySeries, scrapes, versions } from '../rows/scrape-rows.ts';
import type { Panel } from './dashboard.ts';
import type { DashboardMaker } from './index.ts';

const eventsOff = 'until events flow, or where `telemetry.events` is off';

/** Whether what the other dashboards show can be believed: losses, cardinality, scrapes, the way of events. */
export const telemetryHealth: DashboardMaker = (definition) => {
  const context = createContext(definition);
  return {
    key: 'telemetry-health',
    title: 'Telemetry health',
    description:
      'Whether the other dashboards can be believed: what telemetry was lost, how many series there are, how scrapes go, how long events take to the signals, which versions speak.',
    variables: [],
    rows: [
      { title: 'At a glance', panels: line(...lostInRange(context), ...loadNow(context)) },
      scrapes(context),
      losses(context),
      {
        title: 'Events on their way to the signals',
        panels: line(ringEvents(context), ringLag(context), feedbackEvents(context)),
      },
      pushes(context),
      collector(context),
      versions(context),
    ],
  };
};

function lostInRange({ definition }: DashboardContext): Panel[] {
  const panel = (name: CounterName, options: Pick<Panel, 'key' | 'title' | 'description'>) => {
    const lost = happened(dashboardScope(definition), name, { window: '$__range' });
    return current(`${lost} or vector(0)`, {
      ...options,
      unit: 'short',
      decimals: 0,
      ...staysUnder(1),
    });
  };
  return [
    panel('events_dropped_total', {
      key: 'dropped-in-range',
      title: 'Telemetry dropped',
      description:
        'Events, spans and log lines that were lost in the time shown. Good is 0; Dropped telemetry says where.',
    }),
    panel('label_overflow_total', {
      key: 'overflow-in-range',
      title: 'Label overflow',
      description:
        'Label sets beyond the cap in the time shown, which read __other__. Good is 0; Label overflow below says of which metric.',
    }),
    panel('observations_rejected_total', {
      key: 'rejected-in-range',
      title: 'Values rejected',
      description:
        'Values that were no finite number in the time shown. Good is 0, anything else is a defect: Rejected values says of which metric.',
    }),
  ];
}

function loadNow({ q }: DashboardContext): Panel[] {
  return [
    current(q.level('series', { of: 'max' }), {
      key: 'series-now',
      title: 'Series',
      description:
        'Time series of the instance that has most. Red where a scrape becomes a burden; Series and samples shows since when.',
      unit: 'short',
      ...staysUnder(manySeries),
    }),
    current(q.level('ring_lag_max_seconds', { of: 'max' }), {
      key: 'ring-lag-now',
      title: 'Ring lag',
      description:
        'Longest time an event just waited for the signals, of the worst instance. Good is under 1 s; see Ring lag below.',
      unit: 's',
      ...staysUnder(1),
      mayBeEmpty: eventsOff,
    }),
  ];
}

function ringEvents({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'ring-events',
    title: 'Ring events',
    description:
      'Events a second that the signals took from the ring, by kind. It follows the traffic; nothing here while there is traffic is a worker that stands still.',
    unit: 'eps',
    min: 0,
    isStacked: true,
    queries: [{ expr: q.rate('ring_events_total', { by: ['kind'] }), legend: '{{kind}}' }],
    mayBeEmpty: eventsOff,
  });
}

function ringLag({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'ring-lag',
    title: 'Ring lag',
    description:
      'Mean and longest time that events spent in the ring, of the worst instance. Over 1 s the worker is behind; when the ring is full, Dropped telemetry counts what is lost.',
    unit: 's',
    min: 0,
    queries: [
      { expr: q.level('ring_lag_seconds', { of: 'max' }), legend: 'mean' },
      { expr: q.level('ring_lag_max_seconds', { of: 'max' }), legend: 'longest' },
    ],
    ...staysUnder(1),
    mayBeEmpty: eventsOff,
  });
}

function feedbackEvents({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'feedback-events',
    title: 'Feedback events',
    description:
      'Feedback a second by what became of it. accepted is good; rejected over a tenth is a caller that sends wrong items or times, see its answers.',
    unit: 'eps',
    min: 0,
    isStacked: true,
    queries: [
      { expr: q.rate('feedback_events_total', { by: ['outcome'] }), legend: '{{outcome}}' },
    ],
    mayBeEmpty: 'until feedback comes',
  });
}
