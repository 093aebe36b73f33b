import type { Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { heatmap, timeseries } from '../panels/panels.ts';
import { dashboardLink } from '../panels/point-links.ts';
import { sessionEntropies, sessionEntropy } from '../panels/session-panels.ts';

const ofCatalog = { catalog: '=~$catalog' } as const;

/** Loss of similarity per event from which on an item is learnt anew, unless the configuration says otherwise. */
export const decaying = 0.015;

/** Why no similarity may be known yet. */
export const noReadings = 'until items were clicked ten times';

/** How the neighbourhoods of items fade, and how regular sessions are. */
export function similarity(context: DashboardContext): Row {
  const { q } = context;
  const within = q.within(decaying, 'item_similarity_decay_rate', {
    where: ofCatalog,
    by: ['catalog'],
    window: '1h',
  });
  return {
    title: 'Similarity and sessions',
    panels: [
      ...line(
        heatmap({
          key: 'similarity-decay',
          title: 'Similarity decay',
          description: `How fast clicked items lose their nearest neighbours, per event. Most should be near 0; a band over ${decaying} is items whose neighbourhood fades, which retraining should bring back.`,
          unit: 'none',
          queries: [
            {
              expr: q.buckets('item_similarity_decay_rate', { where: ofCatalog }),
              legend: '{{le}}',
            },
          ],
          mayBeEmpty: noReadings,
        }),
        timeseries({
          key: 'decaying-share',
          title: 'Decaying items',
          description: `Share of the readings that lost more than ${decaying} per event, by catalogue, over the last hour, as there is one reading a click. Retrained items on Data and model freshness should follow it.`,
          unit: 'percentunit',
          min: 0,
          queries: [{ expr: `1 - ${within}`, legend: '{{catalog}}' }],
          links: [dashboardLink('catalog')],
          mayBeEmpty: noReadings,
        }),
      ),
      ...line(sessionEntropies(context), sessionEntropy(context)),
    ],
  };
}
