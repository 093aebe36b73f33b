import type { Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';

/** How far the vectors of models move from version to version. */
export function vectors({ q }: DashboardContext): Row {
  return {
    title: 'Vectors',
    panels: line(
      timeseries({
        key: 'embedding-drift',
        title: 'Embedding drift',
        description:
          'Mean cosine distance of the vectors of items in the version that a model was last published with from those in the version before, after the rotation that brings them closest. 0 is the same but for a rotation. Compare a model with itself: far over what its trainings usually do is other data or other options; learning single items anew comes near 0.',
        unit: 'percentunit',
        min: 0,
        queries: [
          {
            expr: q.level('embedding_drift_ratio', { by: ['model'], of: 'max' }),
            legend: '{{model}}',
          },
        ],
        links: [{ title: 'Data and model freshness', to: { dashboard: 'freshness' } }],
        mayBeEmpty: 'until a model with vectors takes the place of another one',
      }),
    ),
  };
}
