import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  type DashboardLink,
  type FieldConfigSource,
  PanelBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelKind, PanelQueryKind } from '@grafana/grafana-foundation-sdk/dashboardv2';
import type { Place } from './layout.ts';

/** A panel as classic JSON has it, at its place on the grid. */
export function classicPanel({ spec }: PanelKind, { x, y, w, h }: Place): PanelBuilder {
  const { id, title, description = '', links, data, vizConfig } = spec;
  const { queries, transformations } = data.spec;
  const builder = new PanelBuilder()
    .id(id)
    .type(vizConfig.group)
    .title(title)
    .description(description)
    .gridPos({ x, y, w, h })
    .options(vizConfig.spec.options)
    // The two versions of the schema have enums of their own, of the same values.
    .fieldConfig(vizConfig.spec.fieldConfig as unknown as FieldConfigSource);
  if (queries.length > 0) {
    builder.datasource(panelSource(queries));
    builder.targets(queries.map((query) => ({ build: () => target(query) })));
  }
  if (transformations.length > 0) {
    builder.transformations(
      transformations.map(({ group, spec: { options } }) => ({ id: group, options })),
    );
  }
  // Grafana writes links of panels with no more than this, whatever the type says.
  if (links.length > 0)
    builder.links(links.map((link) => ({ build: () => link as DashboardLink })));
  return builder;
}

function target(query: PanelQueryKind): Dataquery {
  const { query: asked, refId } = query.spec;
  return { refId, datasource: querySource(query), ...asked.spec };
}

function querySource({ spec: { query } }: PanelQueryKind): DataSourceRef {
  return { type: query.group, uid: query.datasource?.name ?? '' };
}

/** The data source of a panel; the queries of a mixed one have their own. */
function panelSource(queries: readonly PanelQueryKind[]): DataSourceRef {
  const [first, ...others] = queries.map(querySource);
  const isMixed = others.some(({ uid }) => uid !== first.uid);
  return isMixed ? { type: 'datasource', uid: '-- Mixed --' } : first;
}
