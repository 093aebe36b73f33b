import type { MetricRow } from './metric-row.ts';

/** Series about the lists that the Gorse API keeps. */
export const keptMetrics = {
  kept_list_lookups_total: {
    type: 'counter',
    unit: '',
    help: 'Questions of the Gorse API that a kept list may answer, by what became of them',
    labels: ['work', 'result'],
    owner: 'list.asked',
    panel: 'Kept lists',
    watch: 'none',
  },
  kept_lists: {
    type: 'gauge',
    unit: '',
    help: 'Lists that are kept',
    labels: [],
    owner: 'lists.kept',
    panel: 'Number of kept lists',
    watch: 'none',
  },
  kept_lists_size_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Memory of the lists that are kept, about',
    labels: [],
    owner: 'lists.kept',
    panel: 'Memory of kept lists',
    watch: 'none',
  },
} as const satisfies Record<string, MetricRow>;
