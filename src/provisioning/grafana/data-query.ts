import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type DataQueryKind,
  type PanelQueryKind,
  TargetBuilder,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import {
  QueryV2Builder as LokiBuilder,
  QueryEditorMode as LokiEditorMode,
} from '@grafana/grafana-foundation-sdk/loki';
import {
  QueryV2Builder as PrometheusBuilder,
  PromQueryFormat,
  QueryEditorMode,
} from '@grafana/grafana-foundation-sdk/prometheus';
import {
  SearchTableType,
  QueryV2Builder as TempoBuilder,
} from '@grafana/grafana-foundation-sdk/tempo';
import type { Panel, Query, Source } from '../dashboards/dashboard.ts';
import { chosenUid, sourceOf } from './data-sources.ts';

/** Traces and log lines shown at most. */
const maxTraces = 20;
const maxLines = 200;

/**
 * The id of a query by its place: a letter, or a number with a letter before it.
 *
 * @example refIdOf(2) // 'C'
 */
export function refIdOf(place: number): string {
  return place < 26 ? String.fromCharCode(65 + place) : `Q${place}`;
}

/** The queries of a panel. */
export function panelQueries(panel: Panel): Builder<PanelQueryKind>[] {
  return panel.queries.map((query, place) =>
    new TargetBuilder().query(dataQuery(query, panel)).refId(refIdOf(place)).hidden(false),
  );
}

function dataQuery(query: Query, panel: Panel): Builder<DataQueryKind> {
  const source = sourceOf(query, panel);
  return makers[source](query, panel).datasource({ name: chosenUid(source) });
}

const makers = {
  prometheus: prometheusQuery,
  loki: ({ expr, legend }: Query) => {
    const builder = new LokiBuilder()
      .expr(expr)
      .queryType('range')
      .editorMode(LokiEditorMode.Code)
      .maxLines(maxLines);
    return legend === undefined ? builder : builder.legendFormat(legend);
  },
  tempo: ({ expr }: Query) =>
    new TempoBuilder()
      .filters([])
      .query(expr)
      .queryType('traceql')
      .tableType(SearchTableType.Traces)
      .limit(maxTraces),
} satisfies Record<Source, (query: Query, panel: Panel) => unknown>;

function prometheusQuery(query: Query, { shape }: Panel): PrometheusBuilder {
  const isTable = shape === 'table' || shape === 'alerts';
  // The rows of a table are what is now, not one for each moment.
  const isInstant = isTable || query.isInstant === true;
  const builder = new PrometheusBuilder()
    .expr(query.expr)
    .editorMode(QueryEditorMode.Code)
    .instant(isInstant)
    .range(!isInstant)
    .exemplar(query.hasExemplars === true && !isInstant);
  if (isTable) return builder.format(PromQueryFormat.Table);
  if (shape === 'heatmap') return builder.format(PromQueryFormat.Heatmap).legendFormat('{{le}}');
  return builder.format(PromQueryFormat.TimeSeries).legendFormat(query.legend ?? '__auto');
}
