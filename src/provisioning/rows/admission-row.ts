import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { share } from '../queries/share.ts';

const notProtected = 'where `protection.enabled` is false';

/** What recommend takes in at once, and what it sheds. */
export function admission(context: DashboardContext): Row {
  return {
    title: 'Admission',
    panels: line(shedShare(context), shed(context), inFlight(context)),
  };
}

function shedShare({ q }: DashboardContext): Panel {
  const part = q.rate('requests_shed_total', { where: { priority: '!=shadow' } });
  return timeseries({
    key: 'shed-share',
    title: 'Share of requests shed',
    description:
      'Share of all recommend requests that got popular items or nothing because of too much load, without shadows, as nobody waits for those. Good is 0; over 1 % more instances are needed, or fewer requests.',
    unit: 'percentunit',
    min: 0,
    queries: [{ expr: share(part, q.count('request_duration_seconds')), legend: 'shed' }],
    ...staysUnder(0.01),
    mayBeEmpty: 'while nobody asks',
  });
}

function shed({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'shed',
    title: 'Shed requests',
    description:
      'Requests shed a second, by class, reason and what they got. shadow and batch go first; shed.concurrency is a dependency that got slow, shed.eventloop a processor that is full: see Event loop delay.',
    unit: 'reqps',
    min: 0,
    isStacked: true,
    queries: [
      {
        expr: q.rate('requests_shed_total', { by: ['priority', 'reason', 'answer'] }),
        legend: '{{priority}} {{reason}} {{answer}}',
      },
    ],
    mayBeEmpty: notProtected,
  });
}

function inFlight({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'in-flight',
    title: 'Requests in flight',
    description:
      'Most requests that ran at once on an instance, beside the limit. The limit sinks when requests get slower than usual while many run; lines that touch are requests being shed.',
    unit: 'short',
    min: 0,
    queries: [
      { expr: q.level('admission_in_flight', { of: 'max' }), legend: 'in flight' },
      { expr: q.level('admission_limit', { of: 'min' }), legend: 'limit' },
    ],
    mayBeEmpty: notProtected,
  });
}
