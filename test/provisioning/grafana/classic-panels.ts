import type {
  Dashboard as ClassicDashboard,
  Panel as ClassicPanel,
  GridPos,
  RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type {
  Dashboard as ManifestSpec,
  PanelKind,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import type { Manifest } from '@grafana/grafana-foundation-sdk/resource';

/** A panel of classic JSON with the heading that it stands under. */
export interface UnderHeading {
  readonly panel: ClassicPanel;
  readonly row: RowPanel;
}

/** Headings and panels of classic JSON as they stand in it. */
export function topLevel({ panels = [] }: ClassicDashboard): (ClassicPanel | RowPanel)[] {
  return panels;
}

/** Whether it is a heading. */
export function isHeading(panel: ClassicPanel | RowPanel): panel is RowPanel {
  return panel.type === 'row';
}

/** The panels of classic JSON, in open rows and in closed ones. */
export function classicPanels(dashboard: ClassicDashboard): UnderHeading[] {
  const found: UnderHeading[] = [];
  let row: RowPanel | undefined;
  for (const panel of topLevel(dashboard)) {
    if (isHeading(panel)) {
      const heading = panel;
      row = heading;
      found.push(...heading.panels.map((nested) => ({ panel: nested, row: heading })));
    } else if (row !== undefined) found.push({ panel, row });
  }
  return found;
}

/** What a manifest says of a dashboard. */
export function specOf(manifest: Manifest): ManifestSpec {
  return manifest.spec;
}

/** The panels of a manifest, by the keys of the model. */
export function elementsOf(manifest: Manifest): Record<string, PanelKind> {
  return specOf(manifest).elements as Record<string, PanelKind>;
}

/** Whether two places of the grid have a cell in common. */
export function overlaps(one: GridPos, other: GridPos): boolean {
  const apart =
    one.x + one.w <= other.x ||
    other.x + other.w <= one.x ||
    one.y + one.h <= other.y ||
    other.y + other.h <= one.y;
  return !apart;
}
