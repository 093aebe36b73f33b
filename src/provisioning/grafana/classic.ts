import {
  type Dashboard as ClassicDashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard } from '../dashboards/dashboard.ts';
import { classicAnnotations } from './classic-annotations.ts';
import { classicPanel } from './classic-panel.ts';
import { classicVariables } from './classic-variables.ts';
import type { GrafanaContext } from './context.ts';
import { abovePanels, setMenu, shownTime, tagsOf } from './dashboard-settings.ts';
import { dashboardUid } from './identity.ts';
import { gridColumns } from './layout.ts';
import { panelElement } from './panel-element.ts';
import { type PlacedRow, placeRows } from './placed-rows.ts';

/**
 * A dashboard as classic JSON (schema version 42), which Grafana from version 10 on reads from files. Throws
 * SL_INTERNAL where ids collide or links lead nowhere.
 */
export function classicDashboard(dashboard: Dashboard, context: GrafanaContext): ClassicDashboard {
  const { definition } = context;
  const builder = new DashboardBuilder(dashboard.title)
    .uid(dashboardUid(definition, dashboard.key))
    .description(dashboard.description)
    .tags(tagsOf(definition))
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: shownTime.from, to: shownTime.to })
    .refresh(shownTime.refresh)
    .variables(classicVariables(dashboard, definition))
    .annotations(classicAnnotations(context))
    .links([abovePanels(setMenu(menu(), definition))]);
  for (const placed of placeRows(dashboard)) addRow(builder, { placed, dashboard, context });
  return builder.build();
}

/** An open row is followed by its panels, a closed one holds them. */
function addRow(
  builder: DashboardBuilder,
  {
    placed,
    dashboard,
    context,
  }: { placed: PlacedRow; dashboard: Dashboard; context: GrafanaContext },
): void {
  const { row, id, y } = placed;
  const panels = placed.panels.map((panel) =>
    classicPanel(panelElement(panel, dashboard, context), {
      ...panel.place,
      y: y + 1 + panel.place.y,
    }),
  );
  const heading = new RowBuilder(row.title).id(id).gridPos({ x: 0, y, w: gridColumns, h: 1 });
  if (row.repeat !== undefined) heading.repeat(row.repeat);
  if (row.isCollapsed) for (const panel of panels) heading.withPanel(panel);
  builder.withRow(heading.collapsed(row.isCollapsed === true));
  if (!row.isCollapsed) for (const panel of panels) builder.withPanel(panel);
}

const menu = () => new DashboardLinkBuilder('Dashboards').type(DashboardLinkType.Dashboards);
