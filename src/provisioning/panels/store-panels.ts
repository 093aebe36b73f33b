import type { Panel } from '../dashboards/dashboard.ts';
import type { DashboardContext } from './context.ts';
import { timeseries } from './panels.ts';

const noReads = 'until a request reads from a store';

/** How long stores take to answer, and how their answers end. */
export function storePanels({ q }: DashboardContext): Panel[] {
  return [
    timeseries({
      key: 'store-latency',
      title: 'Store latency',
      description:
        'Time of one wave of reads from a store. It should stay far under the budget of the stage that reads; a store that is late is a named degradation, see Pipeline stage.',
      unit: 's',
      min: 0,
      queries: [0.5, 0.95, 0.99].map((quantile) => ({
        expr: q.quantile(quantile, 'store_fetch_duration_seconds', { by: ['store'] }),
        legend: `{{store}} p${quantile * 100}`,
      })),
      mayBeEmpty: noReads,
    }),
    timeseries({
      key: 'store-outcomes',
      title: 'Store outcomes',
      description:
        'Waves of reads a second by how they ended. All should be ok; timeout and unavailable are the store or the way to it, partial is some keys that failed.',
      unit: 'ops',
      min: 0,
      isStacked: true,
      queries: [
        {
          expr: q.count('store_fetch_duration_seconds', { by: ['store', 'outcome'] }),
          legend: '{{store}} {{outcome}}',
        },
      ],
      mayBeEmpty: noReads,
    }),
  ];
}
