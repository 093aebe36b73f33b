import { steady } from '../rules/proof-series.ts';
import { type AlertMaker, query } from './symptom.ts';

/** Feature stores that are not asked, and snapshots that are not told of changes. */
export const featureStoreSymptoms: AlertMaker = (context) => [
  ...breakerOpen(context),
  ...snapshotUnwatched(context),
];

const store = 'catalogue';

const breakerOpen: AlertMaker = ({ q }) => {
  const state = q.level('store_breaker_state', { by: ['store'], of: 'max' });
  const series = (value: number) => ({
    [q.select('store_breaker_state', { store })]: steady(value),
  });
  return [
    {
      alert: 'SightlineStoreBreakerOpen',
      expr: `${state} == 2`,
      severity: 'warning',
      forSeconds: 60,
      keepFiringForSeconds: 300,
      summary: 'A feature store is not asked, as its reads fail.',
      description: 'The breaker of feature store {{ $labels.store }} has been open for a minute.',
      dashboard: { key: 'freshness', panel: 'store-breakers' },
      runbook: {
        meaning:
          'More than `breaker.failureShare` of the last waves of reads failed, so an instance asks the store only every `breaker.openMs` whether it is back.',
        impact:
          'These requests are answered without the features of that store, or with those that its snapshot holds.',
        diagnosis: `How the waves failed: ${query(q.count('store_fetch_duration_seconds', { by: ['store', 'outcome'] }))}. \`timeout\`: the store takes longer than its \`timeoutMs\`. \`unavailable\`: it is away, or the way to it. \`error\`: it says something that nobody can read; was its form, its password or its version changed? An instance that nobody asks keeps its breaker open.`,
        mitigation:
          'Bring the store back; the breaker closes by itself. Where the store is just slower than it was, raise its `timeoutMs`.',
      },
      proof: {
        firing: { series: series(2), atMinutes: 5, labels: { store }, value: 2 },
        silent: { series: series(1), atMinutes: 5 },
      },
    },
  ];
};

const snapshotUnwatched: AlertMaker = ({ q }) => {
  const live = q.level('snapshot_watch_live', { by: ['store'], of: 'min' });
  const series = (value: number) => ({
    [q.select('snapshot_watch_live', { store })]: steady(value),
  });
  return [
    {
      alert: 'SightlineSnapshotUnwatched',
      expr: `${live} == 0`,
      severity: 'warning',
      forSeconds: 300,
      keepFiringForSeconds: 300,
      summary: 'A snapshot of features is not told of changes.',
      description:
        'Feature store {{ $labels.store }} has not told its snapshot of changes for five minutes.',
      dashboard: { key: 'freshness', panel: 'snapshot-watch' },
      runbook: {
        meaning:
          'The connection over which Redis tells an instance which keys have changed is down, or the user may not use `CLIENT TRACKING`.',
        impact:
          'Rows are kept for `snapshot.maxUnwatchedMs` only, so far more reads reach the store. Answers are right.',
        diagnosis: `${query(live)} by store. Is the store up: [SightlineStoreFailing](#sightlinestorefailing)? If it is, look at its log and at the rights of its user: \`CLIENT\`, \`SUBSCRIBE\` and the channel \`__redis__:invalidate\`.`,
        mitigation: 'Bring the store back, or give its user these rights.',
      },
      proof: {
        firing: { series: series(0), atMinutes: 10, labels: { store }, value: 0 },
        silent: { series: series(1), atMinutes: 10 },
      },
    },
  ];
};
