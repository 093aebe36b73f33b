import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { happened } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';
import { share } from '../queries/share.ts';

const none = 'where no feature store is configured';
const noSnapshot = 'where no feature store has a snapshot';

/** What stands between the gateway and its feature stores: breakers and snapshots. */
export function featureStores(context: DashboardContext): Row {
  return {
    title: 'Feature stores',
    isCollapsed: true,
    panels: [
      ...line(breakerStates(context), breakerChanges(context)),
      ...line(snapshotHits(context), snapshotMemory(context), snapshotWatch(context)),
    ],
  };
}

function breakerStates({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'store-breakers',
    title: 'Store breakers',
    description:
      'Breaker of each feature store, of the worst instance: 0 closed, 1 trying whether the store is back, 2 open, so that the store is not asked. Good is 0; Store outcomes says how the waves before failed.',
    unit: 'short',
    min: 0,
    queries: [
      { expr: q.level('store_breaker_state', { by: ['store'], of: 'max' }), legend: '{{store}}' },
    ],
    ...staysUnder(2),
    mayBeEmpty: none,
  });
}

function breakerChanges({ definition }: DashboardContext): Panel {
  const changes = happened(dashboardScope(definition), 'store_breaker_changes_total', {
    by: ['store', 'state'],
  });
  return timeseries({
    key: 'breaker-changes',
    title: 'Breaker changes',
    description:
      'Changes of breakers in the window of a point, by the state they came to. open again and again without closed is a store that stays away; both in turn is one that comes and goes.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [{ expr: changes, legend: '{{store}} {{state}}' }],
    mayBeEmpty: none,
  });
}

function snapshotHits({ q }: DashboardContext): Panel {
  const by = { by: ['store'] } as const;
  const hits = q.rate('snapshot_reads_total', { ...by, where: { outcome: 'hit' } });
  return timeseries({
    key: 'snapshot-hits',
    title: 'Snapshot hits',
    description:
      'Share of the keys that the local snapshot of a store answered. Near 1 is good where few rows are read often; it falls after a restart, when the snapshot is emptied, and when it is too small.',
    unit: 'percentunit',
    min: 0,
    queries: [{ expr: share(hits, q.rate('snapshot_reads_total', by)), legend: '{{store}}' }],
    mayBeEmpty: noSnapshot,
  });
}

function snapshotMemory({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'snapshot-memory',
    title: 'Snapshot memory',
    description:
      'Memory of the local snapshots, roughly, of the largest instance. A line that stays at `maxBytes` with falling hits is a snapshot that is too small.',
    unit: 'bytes',
    min: 0,
    queries: [
      { expr: q.level('snapshot_size_bytes', { by: ['store'], of: 'max' }), legend: '{{store}}' },
    ],
    mayBeEmpty: noSnapshot,
  });
}

function snapshotWatch({ q, definition }: DashboardContext): Panel {
  const drops = happened(dashboardScope(definition), 'snapshot_drops_total', { by: ['store'] });
  return timeseries({
    key: 'snapshot-watch',
    title: 'Snapshot watch',
    description:
      'Whether the store tells its snapshot of changes, of the worst instance, and how often a snapshot was emptied because some may have been missed. Good is 1 and no drops; at 0 rows are kept for `maxUnwatchedMs` only.',
    unit: 'short',
    min: 0,
    queries: [
      {
        expr: q.level('snapshot_watch_live', { by: ['store'], of: 'min' }),
        legend: '{{store}} told',
      },
      { expr: drops, legend: '{{store}} emptied' },
    ],
    mayBeEmpty: noSnapshot,
  });
}
