import type { MetricRow } from './metric-row.ts';

/** Series about who is let in to the query listener. */
export const accessMetrics = {
  access_refused_total: {
    type: 'counter',
    unit: '',
    help: 'Requests that their key, or the lack of one, did not let in, by why and by the name of the key',
    labels: ['reason', 'key'],
    owner: 'access.refused',
    panel: 'Keys turned away',
    watch: 'none',
  },
} as const satisfies Record<string, MetricRow>;
