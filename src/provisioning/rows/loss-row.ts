import type { CounterName, LabelName } from '../../telemetry/metrics.ts';
import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { happened } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';

type Loss = Pick<Panel, 'key' | 'title' | 'description' | 'mayBeEmpty'>;

/** What telemetry lost or had to change, a line a reason. */
export function losses(context: DashboardContext): Row {
  return {
    title: 'Losses',
    panels: [...line(...lost(context)), ...line(...changed(context))],
  };
}

function lost(context: DashboardContext): Panel[] {
  return [
    loss(context, ['events_dropped_total', 'reason'], {
      key: 'dropped',
      title: 'Dropped telemetry',
      description:
        'Events, spans and log lines that were lost in the window of a point. ring_full: signals are behind; signal_memory: more items or sessions than a signal may keep; span_queue_full, span_export: the collector is slow or away; log_write: whoever reads the log.',
      mayBeEmpty: 'while nothing is lost',
    }),
    loss(context, ['metrics_unread_total', 'metric', 'reason'], {
      key: 'unread',
      title: 'Unread metrics',
      description:
        'Metrics that were left out of a scrape in the window of a point, as reading them failed or took too long. They are of code beside the table, such as plugins: mend the one that is named.',
      mayBeEmpty: 'while every metric can be read',
    }),
    loss(context, ['observations_rejected_total', 'metric'], {
      key: 'rejected',
      title: 'Rejected values',
      description:
        'Values that were not finite, or negative for a counter, in the window of a point, by metric. Each is a defect of the code that measures it.',
      mayBeEmpty: 'while every value is a number',
    }),
  ];
}

function changed(context: DashboardContext): Panel[] {
  return [
    loss(context, ['label_overflow_total', 'metric'], {
      key: 'overflow',
      title: 'Label overflow',
      description:
        'Label sets beyond the cap in the window of a point, by metric; they read __other__. Something sends ever new names: of works, segments or catalogues that are not declared.',
      mayBeEmpty: 'while every label has room',
    }),
    loss(context, ['context_replaced_total', 'part'], {
      key: 'replaced-context',
      title: 'Replaced context',
      description:
        'Inbound headers that were invalid and were replaced, in the window of a point. Traces of those requests do not hang together with those of the caller: tell whoever sends them.',
      mayBeEmpty: 'while inbound headers are valid',
    }),
  ];
}

function loss<Name extends CounterName>(
  { definition }: DashboardContext,
  [name, ...by]: readonly [Name, ...LabelName<Name>[]],
  options: Loss,
): Panel {
  return timeseries({
    ...options,
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [
      {
        expr: happened(dashboardScope(definition), name, { by }),
        legend: by.map((label) => `{{${label}}}`).join(' '),
      },
    ],
  });
}
