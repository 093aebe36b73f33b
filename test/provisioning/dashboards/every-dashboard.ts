import type { Dashboard, Panel, Query } from '../../../src/provisioning/dashboards/dashboard.ts';
import { dashboardsOf } from '../../../src/provisioning/dashboards/index.ts';
import type { Definition } from '../../../src/provisioning/source/definition.ts';
import { exampleDefinition } from '../example-definition.ts';

const aboutItself = [
  'freshness',
  'drift',
  'experiments',
  'anomalies',
  'runtime',
  'telemetry-health',
  'own-metrics',
];

/** The dashboards that show how the gateway itself fares. */
export function inspectionDashboards(definition: Definition): Dashboard[] {
  return dashboardsOf(definition).filter(({ key }) => aboutItself.includes(key));
}

const ownMetric = {
  unit: '',
  help: 'Something of the shop',
  labels: [],
  owner: 'shop',
  panel: 'Shop',
} as const;

const stage = { name: 'retrieve', budgetMs: undefined, slo: {} };

/** Definitions that a generator must get along with, by what they are like. */
export const definitions: Readonly<Record<string, Definition>> = {
  'as shipped': exampleDefinition(),
  'with everything': exampleDefinition({
    environment: 'staging',
    nodes: ['a.internal:8081', 'b.internal:8081'],
    experiments: [
      { name: 'blend', control: 'session-blend', treatment: 'home-blend' },
      { name: 'same', control: 'home-blend', treatment: 'home-blend' },
    ],
    works: exampleDefinition().works.map((work) => ({
      ...work,
      slo: { ...work.slo, coverage: 0.5, freshnessHours: 24 },
      stages: work.stages.map((stage) => ({ ...stage, slo: { freshnessP95Seconds: 3600 } })),
    })),
    ownMetrics: [
      { ...ownMetric, name: 'shop_orders_total', type: 'counter', labels: ['channel'] },
      { ...ownMetric, name: 'shop_basket_bytes', type: 'gauge', unit: 'bytes' },
      { ...ownMetric, name: 'shop_wait_seconds', type: 'histogram', unit: 'seconds', buckets: [1] },
      { ...ownMetric, name: 'shop_busy_seconds_total', type: 'counter', unit: 'seconds' },
    ],
  }),
  'with hardly anything': exampleDefinition({
    works: [
      { name: 'home', strategy: 'home', budgetMs: 100, slo: {}, stages: [stage], models: [] },
    ],
    experiments: [],
    segments: [],
    models: [],
  }),
};

/** The panels of a dashboard, row after row. */
export function panelsOf({ rows }: Dashboard): Panel[] {
  return rows.flatMap(({ panels }) => panels);
}

/** What dashboards ask Prometheus, with where it stands. */
export interface Asked {
  readonly where: string;
  readonly dashboard: Dashboard;
  readonly panel: Panel;
  readonly query: Query;
}

/** Every question of the panels of dashboards to Prometheus. */
export function questionsOf(dashboards: readonly Dashboard[]): Asked[] {
  return dashboards.flatMap((dashboard) =>
    panelsOf(dashboard).flatMap((panel) =>
      panel.queries
        .filter(({ source = 'prometheus' }) => source === 'prometheus')
        .map((query) => ({ where: `${dashboard.key}/${panel.key}`, dashboard, panel, query })),
    ),
  );
}

/** Labels that a text with `{{label}}` names. */
export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(/\{\{\s*([\w.]+)\s*\}\}/g)].map(([, label]) => label);
}
