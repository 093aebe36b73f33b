import { z } from 'zod';
import { assignmentReasons } from '../../domain/assignment.ts';
import {
  degradationSchema,
  explainSchema,
  reason,
  recommendBodySchema,
} from '../query/recommend-schema.ts';

const listed = 20;
const maxListed = 200;
const maxVariants = 16;
const name = z.string().min(1).max(40);
const rank = z.int().min(0);

/** The body of `POST /control/pipelines/{work}/explain`. */
export const explainBodySchema = z
  .strictObject({
    request: recommendBodySchema,
    variants: z
      .record(name, name)
      .refine((given) => Object.keys(given).length <= maxVariants, `has more than ${maxVariants}`)
      .default({})
      .meta({ description: 'Variants instead of the assigned ones, by experiment' }),
    top: z
      .int()
      .min(0)
      .max(maxListed)
      .default(listed)
      .meta({ description: 'The most entries of each list' }),
  })
  .meta({ id: 'ExplainRequest' });

const candidateSchema = z.strictObject({
  id: z.string(),
  score: z.number(),
  retrievers: z.array(z.string()).meta({ description: 'Who brought it' }),
  contributions: z.record(z.string(), z.number()).meta({ description: 'What each scorer gave it' }),
  score_rank: rank.meta({ description: 'Its place by score, 0 is best' }),
  rerank_rank: rank.nullable().meta({ description: 'Its place after rerank; null in the reserve' }),
  slate_rank: rank.nullable().meta({ description: 'Its place in the list; null where it is not' }),
  removed_by: z.string().nullable().meta({ description: 'The filter that removed it' }),
});

/** The answer of `POST /control/pipelines/{work}/explain`. */
export const explainAnswerSchema = z
  .strictObject({
    request_id: z.string(),
    trace_id: z.string(),
    trace_exported: z.boolean().meta({ description: 'Whether spans go anywhere' }),
    work: z.string().meta({ description: 'The work that served: that of the variant' }),
    strategy: z.string(),
    generation: z.string(),
    variant: z
      .strictObject({
        experiment: z.string(),
        variant: z.string(),
        reason: z.enum(assignmentReasons),
      })
      .nullable(),
    fallback_reason: reason.nullable(),
    degradations: z.array(degradationSchema),
    ...explainSchema.omit({ items: true }).shape,
    retrievers: z.array(
      z.strictObject({
        name: z.string(),
        found: z.int(),
        best: z.array(z.strictObject({ id: z.string(), score: z.number() })),
      }),
    ),
    candidates: z.strictObject({
      total: z.int(),
      best: z.array(candidateSchema).meta({ description: 'The best by score, before rerank' }),
    }),
    rerank: z.strictObject({
      ordered: z.int().meta({ description: 'Candidates that it put in order, refills included' }),
      mean_displacement: z.number().meta({
        description:
          'Mean distance between the place by score and that after rerank, of the first n',
      }),
    }),
    filters: z.array(
      z.strictObject({
        name: z.string(),
        summary: z.string().nullable(),
        failed: z.boolean().meta({ description: 'Then it removed what it could not judge' }),
        removed: z
          .int()
          .meta({ description: 'Candidates and popular items, repetitions included' }),
        items: z.array(z.string()).meta({ description: 'The first of them' }),
      }),
    ),
    items: z.array(
      z.strictObject({
        ...explainSchema.shape.items.element.shape,
        score: z.number(),
        source: z.string(),
        because: z
          .array(
            z.strictObject({
              model: z.string(),
              nodes: z.array(z.strictObject({ type: z.string(), id: z.string() })),
              share: z.number().meta({ description: 'Share of the score of this model' }),
            }),
          )
          .meta({ description: 'Ways from what the user did to the item, of models that can say' }),
      }),
    ),
  })
  .meta({
    id: 'DryRunExplanation',
    description: 'What a work would serve, and how it comes to that',
  });

/** What a dry run is told as. */
export type DryRunExplanation = z.output<typeof explainAnswerSchema>;
