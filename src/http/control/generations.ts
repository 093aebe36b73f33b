import { z } from 'zod';
import type { ChangeReport } from '../../changes/changes.ts';
import type { ReloadReport } from '../../changes/steering.ts';
import type { Gateway } from '../../gateway.ts';
import type { LiveGeneration } from '../../pipeline/generations/live-generation.ts';
import type { HttpContext } from '../env.ts';
import { parse } from '../errors.ts';
import { isoTime } from '../instant.ts';
import { readJson } from '../json-body.ts';

const beforeAfter = z.strictObject({ before: z.number(), after: z.number() });

const comparisonSchema = z
  .strictObject({
    requests: z.int().meta({ description: 'Recorded requests that both generations answered' }),
    overlap: z.number().meta({ description: 'Mean share of items in common, 0 to 1' }),
    rank_agreement: z
      .number()
      .nullable()
      .meta({ description: "Mean of Kendall's tau over the items in common, -1 to 1" }),
    median_ms: beforeAfter,
    degraded: beforeAfter.meta({ description: 'Share of answers that were degraded' }),
  })
  .meta({ id: 'GenerationComparison', description: 'How it answers the same requests' });

const triggerSchema = z.enum([
  'start',
  'control',
  'file',
  'announcement',
  'retraining',
  'training',
  'rollback',
]);
const versionsSchema = z.record(z.string(), z.string());
const reasonsSchema = z
  .array(z.string())
  .meta({ description: 'Why it was not published by itself; empty when it was' });

const generationSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['current', 'staged', 'kept', 'draining']),
    trigger: triggerSchema,
    built_at: z.iso.datetime(),
    published_at: z.iso.datetime().nullable(),
    requests: z.int().meta({ description: 'Requests that it answers now' }),
    works: z.array(z.string()),
    models: versionsSchema.meta({ description: 'Versions of the models that are loaded' }),
    versions: versionsSchema.meta({ description: 'Versions of what else is loaded, as tables' }),
    reasons: reasonsSchema,
    comparison: comparisonSchema.nullable(),
  })
  .meta({ id: 'Generation' });

/** The answer of `GET /control/generations` and of what promotes and rolls back. */
export const generationsSchema = z.strictObject({
  generations: z
    .array(generationSchema)
    .meta({ description: 'The current one first; staged and kept ones can become current' }),
});

/** The path parameter of a generation. */
export const generationParams = z.object({
  id: z.string().meta({ description: 'An id that `GET /control/generations` lists' }),
});

/** The body of `POST /control/reload`. */
export const reloadBodySchema = z
  .strictObject({
    force: z
      .boolean()
      .default(false)
      .meta({ description: 'Publishes whatever the comparison says' }),
    hold: z
      .boolean()
      .default(false)
      .meta({ description: 'Publishes in no case: it waits to be promoted' }),
  })
  .meta({ id: 'Reload' });

/** The answer of `POST /control/reload` and of a table that is read again. */
export const reloadSchema = z
  .strictObject({
    outcome: z.enum(['published', 'held', 'unchanged']),
    generation: z.string(),
    reasons: reasonsSchema,
    comparison: comparisonSchema.nullable(),
    needs_restart: z
      .array(z.string())
      .meta({ description: 'Changed keys of the configuration that hold from the next start on' }),
  })
  .meta({ id: 'ReloadReport', description: 'What became of a change' });

/** The generations in memory, the current one first. */
export function listGenerations({ generations }: Gateway): z.output<typeof generationsSchema> {
  return { generations: generations.all().map(showGeneration) };
}

/** Builds the next generation from the configuration as it is now. Throws `SL_GENERATION_FAILED`, `SL_GENERATIONS_FULL`. */
export async function reload(
  gateway: Gateway,
  c: HttpContext,
): Promise<z.output<typeof reloadSchema>> {
  const body = await readJson(c, gateway.config.http.bodyLimitBytes);
  return showReport(
    await gateway.steering.reload({ trigger: 'control', ...parse(reloadBodySchema, body) }),
  );
}

/** Reads a table again and publishes it with what else has changed. Throws as `reload` does. */
export async function updateTable(
  gateway: Gateway,
  name: string,
): Promise<z.output<typeof reloadSchema>> {
  return showReport(await gateway.steering.reload({ trigger: 'control', reread: name }));
}

/** Makes a generation in memory the current one. Throws `SL_NOT_FOUND`. */
export async function publishGeneration(
  gateway: Gateway,
  id: string,
  trigger: 'control' | 'rollback',
): Promise<z.output<typeof generationsSchema>> {
  await gateway.steering.publish(id, trigger);
  return listGenerations(gateway);
}

function showGeneration(live: LiveGeneration): z.output<typeof generationSchema> {
  const { generation, origin, state, publishedAtMs, requests } = live;
  const { id, works, models, versions } = generation;
  return {
    id,
    state,
    trigger: origin.trigger,
    built_at: isoTime(origin.builtAtMs),
    published_at: publishedAtMs === undefined ? null : isoTime(publishedAtMs),
    requests,
    works: [...works.keys()],
    models: Object.fromEntries(
      [...models].flatMap(([name, slot]) => ('model' in slot ? [[name, slot.model.version]] : [])),
    ),
    versions: { ...versions },
    reasons: [...origin.heldBack],
    comparison: showComparison(origin.comparison),
  };
}

function showReport(report: ReloadReport): z.output<typeof reloadSchema> {
  const { outcome, generation, reasons, comparison, needsRestart } = report;
  return {
    outcome,
    generation,
    reasons: [...reasons],
    comparison: showComparison(comparison),
    needs_restart: [...needsRestart],
  };
}

function showComparison(
  comparison: ChangeReport['comparison'],
): z.output<typeof comparisonSchema> | null {
  if (comparison === undefined) return null;
  const { requests, overlap, rankAgreement = null, medianMs, degraded } = comparison;
  return { requests, overlap, rank_agreement: rankAgreement, median_ms: medianMs, degraded };
}
