import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { happened } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';

const noTables = 'where no table is configured';

/** How what serves changes: by whom, with which outcome, in which time. */
export function changes(context: DashboardContext): Row {
  return {
    title: 'Changes of what serves',
    panels: line(changed(context), changeTime(context), live(context)),
  };
}

/** The global tables in memory. */
export function tables(context: DashboardContext): Row {
  return {
    title: 'Global tables',
    isCollapsed: true,
    panels: line(tableKeys(context), tableSizes(context), tableLoads(context)),
  };
}

function changed({ definition }: DashboardContext): Panel {
  const times = happened(dashboardScope(definition), 'generation_changes_total', {
    by: ['trigger', 'outcome'],
  });
  return timeseries({
    key: 'generation-changes',
    title: 'Generation changes',
    description:
      'Changes in the window of a point, by what set them off (the control port, a file, another instance, retraining, a roll-back) and what became of them. `held` waits to be promoted; `failed` left the generation before serving.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [{ expr: times, legend: '{{trigger}} {{outcome}}' }],
    mayBeEmpty: 'until something changes',
  });
}

function changeTime({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'generation-change-time',
    title: 'Generation change time',
    description:
      'Median and longest time from the beginning of a change until it was published or given up: loading, building, and the comparison on recorded requests. Requests are answered meanwhile.',
    unit: 's',
    min: 0,
    queries: [0.5, 0.99].map((quantile) => ({
      expr: q.quantile(quantile, 'generation_change_duration_seconds'),
      legend: `p${quantile * 100}`,
    })),
    mayBeEmpty: 'until something changes',
  });
}

function live({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'live-generations',
    title: 'Live generations',
    description:
      'Generations in memory beside the one that serves, of the instance with most. Draining ones should be gone within the longest time of a request; more than that is requests that hang.',
    unit: 'short',
    min: 0,
    queries: [
      { expr: q.level('generations_live', { by: ['state'], of: 'max' }), legend: '{{state}}' },
    ],
  });
}

function tableKeys({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'table-keys',
    title: 'Table keys',
    description:
      'Keys of each table as it was loaded last. A table that suddenly halves was probably cut by whoever writes it.',
    unit: 'short',
    min: 0,
    queries: [{ expr: q.level('table_keys', { by: ['table'], of: 'max' }), legend: '{{table}}' }],
    mayBeEmpty: noTables,
  });
}

function tableSizes({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'table-size',
    title: 'Table size',
    description:
      'Shared memory of each table. While a table is replaced, and as long as former generations are kept, there are several.',
    unit: 'bytes',
    min: 0,
    queries: [
      { expr: q.level('table_size_bytes', { by: ['table'], of: 'max' }), legend: '{{table}}' },
    ],
    mayBeEmpty: noTables,
  });
}

function tableLoads({ definition }: DashboardContext): Panel {
  const loads = happened(dashboardScope(definition), 'table_loads_total', {
    by: ['table', 'outcome'],
  });
  return timeseries({
    key: 'table-loads',
    title: 'Table loads',
    description:
      'Loads in the window of a point by outcome. After a failed one the version before goes on serving; the log line `table.failed` says why.',
    unit: 'short',
    min: 0,
    queries: [{ expr: loads, legend: '{{table}} {{outcome}}' }],
    mayBeEmpty: noTables,
  });
}
