import { z } from 'zod';
import type { Config } from '../../config.ts';
import { stageNames } from '../../domain/degradation.ts';
import type { Gateway } from '../../gateway.ts';

/** The answer of `GET /control/pipelines`. */
export const pipelinesSchema = z.strictObject({
  works: z.array(
    z.strictObject({
      work: z.string(),
      surface: z.enum(['user', 'session', 'item']),
      strategy: z.string(),
      budget_ms: z.number(),
      max_budget_ms: z.number(),
      slo: z.strictObject({
        latency_p95_ms: z.number().nullable(),
        availability: z.number().nullable(),
        non_empty: z.number().nullable(),
        coverage: z.number().nullable(),
        freshness_hours: z.number().nullable(),
      }),
      stages: z.array(
        z.strictObject({
          stage: z.enum(stageNames),
          component: z.string(),
          components: z.array(z.string()),
          budget_ms: z.number().nullable(),
        }),
      ),
    }),
  ),
});

/** The path parameter of a work. */
export const workParams = z.object({
  work: z.string().meta({ description: 'A work that `GET /control/pipelines` lists' }),
});

/** Each work with its promises and what runs in it. */
export function listPipelines(gateway: Gateway): z.output<typeof pipelinesSchema> {
  return {
    works: Object.entries(gateway.settings().works).map(([work, settings]) => ({
      work,
      surface: settings.surface,
      strategy: settings.strategy,
      budget_ms: settings.budgetMs,
      max_budget_ms: settings.maxBudgetMs,
      slo: {
        latency_p95_ms: settings.slo.latencyP95Ms ?? null,
        availability: settings.slo.availability ?? null,
        non_empty: settings.slo.nonEmpty ?? null,
        coverage: settings.slo.coverage ?? null,
        freshness_hours: settings.slo.freshnessHours ?? null,
      },
      stages: (gateway.layoutOf(work)?.stages ?? []).map(({ stage, component, components }) => ({
        stage,
        component,
        components: [...components],
        budget_ms: budgetOf(settings, stage),
      })),
    })),
  };
}

const budgetOf = ({ stages }: Config['works'][string], name: string) =>
  stages.find(({ stage }) => stage === name)?.budgetMs ?? null;
