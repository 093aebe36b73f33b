import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';

const noGorse = 'without the section `gorse`, or where it keeps no lists';

/** The lists that the Gorse API keeps: how often they answer, and what they take. */
export function keptLists(context: DashboardContext): Row {
  return {
    title: 'Kept lists of the Gorse API',
    isCollapsed: true,
    panels: line(asked(context), kept(context), memory(context)),
  };
}

function asked({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'kept-lists-asked',
    title: 'Kept lists',
    description:
      'Questions a second that a kept list may answer. Good is mostly hit. miss: none was kept, or the user did something since; stale: another generation serves, or the catalogue changed; short: too much of it was hidden, expired or excluded. All but hit ask the work.',
    unit: 'ops',
    min: 0,
    isStacked: true,
    queries: [
      {
        expr: q.rate('kept_list_lookups_total', { by: ['work', 'result'] }),
        legend: '{{work}} {{result}}',
      },
    ],
    mayBeEmpty: noGorse,
  });
}

function kept({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'kept-lists',
    title: 'Number of kept lists',
    description:
      'Lists that each instance keeps, of the fullest. Far below the number of users who come back within an hour, `gorse.cache.maxMb` may be too little.',
    unit: 'short',
    min: 0,
    queries: [{ expr: q.level('kept_lists', { of: 'max' }), legend: 'lists' }],
    mayBeEmpty: noGorse,
  });
}

function memory({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'kept-lists-memory',
    title: 'Memory of kept lists',
    description:
      'About what the kept lists take, of the fullest instance. It ends at `gorse.cache.maxMb`, where the list that was idle longest makes room.',
    unit: 'bytes',
    min: 0,
    queries: [{ expr: q.level('kept_lists_size_bytes', { of: 'max' }), legend: 'lists' }],
    mayBeEmpty: noGorse,
  });
}
