import type { FactSeries } from './fact-series.ts';
import { breakerStates } from './fact-values.ts';
import type { MetricSet } from './metric-set.ts';

/** Binds the series that the facts of feature stores feed. */
export function createFeatureStoreSeries(set: MetricSet) {
  const begun = new Set<string>();
  const changes = (store: string, state: string) =>
    set.counter('store_breaker_changes_total', { store, state });
  const show = (store: string, state: (typeof breakerStates)[number]) =>
    set.gauge('store_breaker_state', { store }).set(breakerStates.indexOf(state));
  // A counter that begins at 0 shows its first increment as a rate.
  const begin = (store: string) => {
    begun.add(store);
    for (const state of breakerStates) changes(store, state).add(0);
  };
  return {
    'breaker.changed': ({ store, to }) => {
      changes(store, to).add(1);
      show(store, to);
    },
    'breaker.measured': ({ store, state }) => {
      if (!begun.has(store)) begin(store);
      show(store, state);
    },
    'snapshot.measured': ({ store, hits, misses, dropped, bytes, isLive }) => {
      set.counter('snapshot_reads_total', { store, outcome: 'hit' }).add(hits);
      set.counter('snapshot_reads_total', { store, outcome: 'miss' }).add(misses);
      set.counter('snapshot_drops_total', { store }).add(dropped);
      set.gauge('snapshot_size_bytes', { store }).set(bytes);
      if (isLive !== undefined) set.gauge('snapshot_watch_live', { store }).set(isLive ? 1 : 0);
    },
  } satisfies FactSeries;
}
