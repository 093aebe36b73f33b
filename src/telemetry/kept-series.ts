import { within } from './bounded-map.ts';
import type { FactSeries } from './fact-series.ts';
import type { Counter, MetricSet } from './metric-set.ts';

/** Binds the series of the lists that the Gorse API keeps. */
export function createKeptSeries(set: MetricSet) {
  const works = new Map<string, Map<string, Counter>>();
  return {
    'list.asked': ({ work, result }) => {
      const results = within(works, work, () => new Map<string, Counter>());
      within(results, result, () => set.counter('kept_list_lookups_total', { work, result })).add(
        1,
      );
    },
    'lists.kept': ({ lists, bytes }) => {
      set.gauge('kept_lists').set(lists);
      set.gauge('kept_lists_size_bytes').set(bytes);
    },
  } satisfies FactSeries;
}
