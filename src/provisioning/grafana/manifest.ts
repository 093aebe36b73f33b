import {
  DashboardAPIVersion,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardKind,
  DashboardLinkBuilder,
  DashboardLinkType,
  GridBuilder,
  GridItemBuilder,
  type Dashboard as ManifestSpec,
  RowBuilder,
  RowRepeatOptionsBuilder,
  RowsBuilder,
  TimeSettingsBuilder,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import {
  type Manifest,
  ManifestBuilder,
  MetadataBuilder,
} from '@grafana/grafana-foundation-sdk/resource';
import type { Dashboard } from '../dashboards/dashboard.ts';
import type { GrafanaContext } from './context.ts';
import { abovePanels, setMenu, shownTime, tagsOf } from './dashboard-settings.ts';
import { folderOf } from './folder.ts';
import { dashboardUid } from './identity.ts';
import { manifestAnnotations } from './manifest-annotations.ts';
import { manifestVariables } from './manifest-variables.ts';
import { panelElement } from './panel-element.ts';
import { type PlacedRow, placeRows } from './placed-rows.ts';

/**
 * A dashboard as a resource of `dashboard.grafana.app/v2`, for Grafana's API and tools. Throws SL_INTERNAL where ids
 * collide or links lead nowhere.
 */
export function manifest(dashboard: Dashboard, context: GrafanaContext): Manifest {
  const { definition } = context;
  return new ManifestBuilder()
    .apiVersion(DashboardAPIVersion)
    .kind(DashboardKind)
    .metadata(
      new MetadataBuilder()
        .name(dashboardUid(definition, dashboard.key))
        .annotations({ 'grafana.app/folder': folderOf(definition).uid }),
    )
    .spec(spec(dashboard, context))
    .build();
}

function spec(dashboard: Dashboard, context: GrafanaContext): ManifestSpec {
  const rows = placeRows(dashboard);
  const builder = new DashboardBuilder(dashboard.title)
    .description(dashboard.description)
    .tags(tagsOf(context.definition))
    .editable(false)
    .cursorSync(DashboardCursorSync.Crosshair)
    .timeSettings(time())
    .variables(manifestVariables(dashboard, context.definition))
    .annotations(manifestAnnotations(context))
    .links([abovePanels(setMenu(menu(), context.definition))])
    .layout(new RowsBuilder().rows(rows.map(rowLayout)));
  for (const placed of rows.flatMap((row) => row.panels)) {
    builder.element(placed.panel.key, { build: () => panelElement(placed, dashboard, context) });
  }
  return builder.build();
}

const time = () =>
  new TimeSettingsBuilder().from(shownTime.from).to(shownTime.to).autoRefresh(shownTime.refresh);

function rowLayout({ row, panels }: PlacedRow): RowBuilder {
  const items = panels.map(({ panel, place: { x, y, w, h } }) =>
    new GridItemBuilder().x(x).y(y).width(w).height(h).name(panel.key),
  );
  const builder = new RowBuilder()
    .title(row.title)
    .collapse(row.isCollapsed === true)
    .layout(new GridBuilder().items(items));
  if (row.repeat !== undefined) builder.repeat(new RowRepeatOptionsBuilder().value(row.repeat));
  return builder;
}

const menu = () =>
  new DashboardLinkBuilder().title('Dashboards').type(DashboardLinkType.Dashboards);
