import {
  PanelBuilder,
  type PanelKind,
  QueryGroupBuilder,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import type { Dashboard, Panel } from '../dashboards/dashboard.ts';
import type { GrafanaContext } from './context.ts';
import { panelQueries } from './data-query.ts';
import { hasRoomForSentence } from './field-settings.ts';
import { placeLinks } from './panel-links.ts';
import type { PlacedPanel } from './placed-rows.ts';
import { tableTransformations } from './table-columns.ts';
import { visualization } from './visualization.ts';

/** A panel as both formats have it: queries, transformations, visualization and links, but no place. */
export function panelElement(
  { panel, id }: Pick<PlacedPanel, 'panel' | 'id'>,
  dashboard: Dashboard,
  context: GrafanaContext,
): PanelKind {
  const links = placeLinks(panel, dashboard, context);
  return new PanelBuilder()
    .id(id)
    .title(panel.title)
    .description(descriptionOf(panel))
    .links(links.ofPanel.map((link) => ({ build: () => link })))
    .data(
      new QueryGroupBuilder()
        .targets(panelQueries(panel))
        .transformations(tableTransformations(panel)),
    )
    .visualization(visualization(panel, links))
    .build();
}

/** Where a panel has no room to say why it is empty, its description does. */
function descriptionOf(panel: Panel): string {
  const { description, mayBeEmpty } = panel;
  if (mayBeEmpty === undefined || hasRoomForSentence(panel)) return description;
  return `${description} No data ${mayBeEmpty}.`;
}
