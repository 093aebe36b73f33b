import type { Clock } from '../domain/clock.ts';
import type { FactSeries } from './fact-series.ts';
import type { MetricSet } from './metric-set.ts';

/** Binds the series of generations and global tables. */
export function createGenerationSeries(set: MetricSet, clock: Clock) {
  let before: string | undefined;
  return {
    'generation.published': ({ generation }) => {
      if (before !== undefined) set.remove('generation_info', { generation: before });
      before = generation;
      set.gauge('generation_info', { generation }).set(1);
      set.gauge('generation_published_timestamp_seconds').set(clock.now() / 1000);
    },
    'generations.changed': (live) => {
      for (const [state, generations] of Object.entries(live))
        set.gauge('generations_live', { state }).set(generations);
    },
    'generation.changed': ({ trigger, outcome, seconds }) => {
      set.counter('generation_changes_total', { trigger, outcome }).add(1);
      set.histogram('generation_change_duration_seconds').observe(seconds);
    },
    'table.loaded': ({ table, keys, bytes }) => {
      set.gauge('table_keys', { table }).set(keys);
      set.gauge('table_size_bytes', { table }).set(bytes);
      set.counter('table_loads_total', { table, outcome: 'loaded' }).add(1);
      set.counter('table_loads_total', { table, outcome: 'failed' }).add(0);
    },
    'table.failed': ({ table }) =>
      set.counter('table_loads_total', { table, outcome: 'failed' }).add(1),
  } satisfies FactSeries;
}
