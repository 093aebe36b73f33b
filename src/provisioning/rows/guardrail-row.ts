import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { diversity, novelty, predictionError } from '../panels/quality-panels.ts';
import { degradedShare, latencyBy, requestRate } from '../panels/traffic-panels.ts';
import type { Matcher } from '../queries/queries.ts';
import type { ExperimentDefinition } from '../source/definition.ts';

/** What must not get worse while an experiment runs, by the strategies of its arms. */
export function guardrails(
  context: DashboardContext,
  { name, control, treatment }: ExperimentDefinition,
): Row {
  const strategies = [...new Set([control, treatment])];
  const strategy: Matcher = `=~${strategies.map(escaped).join('|')}`;
  const view = { where: { strategy }, by: 'strategy' } as const;
  const quality = { where: { strategy }, by: ['strategy'] as const };
  const own = (panel: Panel): Panel => ({ ...panel, key: `${name}-${panel.key}` });
  return {
    title: `Guardrails of ${name}: ${strategies.join(' against ')}`,
    panels: [
      ...line(
        own(requestRate(context, view)),
        own(latencyBy(context, view)),
        own(degradedShare(context, view)),
      ),
      ...line(
        own(predictionError(context, quality)),
        own(diversity(context, quality)),
        own(novelty(context, quality)),
      ),
    ],
  };
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
