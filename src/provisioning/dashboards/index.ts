import type { Definition } from '../source/definition.ts';
import { anomalies } from './anomalies.ts';
import { catalog } from './catalog.ts';
import type { Dashboard } from './dashboard.ts';
import { drift } from './drift.ts';
import { experiments } from './experiments.ts';
import { freshness } from './freshness.ts';
import { overview } from './overview.ts';
import { ownMetrics } from './own-metrics.ts';
import { pipelineStage } from './pipeline-stage.ts';
import { runtime } from './runtime.ts';
import { segment } from './segment.ts';
import { strategy } from './strategy.ts';
import { strategyComparison } from './strategy-comparison.ts';
import { telemetryHealth } from './telemetry-health.ts';

/** Makes one dashboard for a gateway. */
export type DashboardMaker = (definition: Definition) => Dashboard;

/** The dashboards, in the order of the menu; one that would have nothing to show is left out. */
const makers: readonly ((definition: Definition) => Dashboard | undefined)[] = [
  overview,
  pipelineStage,
  strategy,
  strategyComparison,
  segment,
  catalog,
  freshness,
  drift,
  experiments,
  anomalies,
  runtime,
  telemetryHealth,
  ownMetrics,
];

/** Every dashboard of a gateway. */
export function dashboardsOf(definition: Definition): Dashboard[] {
  return makers.flatMap((make) => make(definition) ?? []);
}
