import type { Matcher } from '../queries/queries.ts';
import type { ExperimentDefinition } from '../source/definition.ts';
import type { DashboardContext } from './context.ts';
import type { Panel, Row } from './dashboard.ts';
import { line } from './line.ts';
import { diversity, novelty, predictionError } from './quality-panels.ts';
import { degradedShare, latencyBy, requestRate } from './traffic-panels.ts';

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
