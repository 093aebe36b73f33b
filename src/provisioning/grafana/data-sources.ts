import type { Dashboard, Panel, Query, Source } from '../dashboards/dashboard.ts';
import { dataSourceUids } from './identity.ts';
import { reference } from './reference.ts';

/** A data source as dashboards choose it and as it is provisioned. */
interface DataSource {
  /** The variable that holds the chosen one; the same on every dashboard, so that links carry it along. */
  readonly variable: string;
  readonly label: string;
  /** The provisioned one, which is chosen at first. */
  readonly uid: string;
  readonly name: string;
}

/** The data sources in the order of their variables; the first is on every dashboard. */
export const dataSources: Readonly<Record<Source, DataSource>> = {
  prometheus: dataSource('prometheus', 'Prometheus'),
  tempo: dataSource('tempo', 'Tempo'),
  loki: dataSource('loki', 'Loki'),
};

function dataSource(source: Source, title: string): DataSource {
  return {
    variable: `${source}_datasource`,
    label: `${title} data source`,
    uid: dataSourceUids[source],
    name: `Sightline ${title}`,
  };
}

/** The chosen data source, as Grafana replaces it: `${tempo_datasource}`. */
export function chosenUid(source: Source): string {
  return reference(dataSources[source].variable);
}

/** Where a query of a panel goes: traces and logs panels have data sources of their own. */
export function sourceOf({ source }: Query, { shape }: Panel): Source {
  if (source !== undefined) return source;
  if (shape === 'traces') return 'tempo';
  return shape === 'logs' ? 'loki' : 'prometheus';
}

/** The data sources that a dashboard needs for its queries and links. */
export function sourcesOf({ rows }: Dashboard): Source[] {
  const used = new Set<Source>(['prometheus']);
  for (const panel of rows.flatMap((row) => row.panels)) {
    for (const query of panel.queries) used.add(sourceOf(query, panel));
    for (const { to } of panel.links ?? []) {
      if (to === 'traces') used.add('tempo');
      if (to === 'logs') used.add('loki');
    }
  }
  return (Object.keys(dataSources) as Source[]).filter((source) => used.has(source));
}
