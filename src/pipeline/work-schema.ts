import { z } from 'zod';
import { featureSchema } from './features/feature-schema.ts';
import { shadowSchema } from './shadow-schema.ts';

const positive = z.number().positive();
/** Under 1: without an error budget there is nothing to spend. */
const objective = z.number().gt(0).lt(1);

/** The name of a work, model, algorithm or strategy; a metric label, so short and plain. */
export const nameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, 40 at most');

const optionsSchema = z
  .record(z.string(), z.unknown())
  .optional()
  .describe('Options of the algorithm; checked by the algorithm itself');

const stageObjectives = {
  availability: objective.optional().describe('Share of runs of the stage that end `ok`'),
  latencyP99Ms: positive.optional().describe('99th percentile of the time of the stage'),
};

const stageBase = {
  budgetMs: positive
    .optional()
    .describe('Milliseconds the stage may take, inside those of the work'),
  slo: z.strictObject(stageObjectives).default({}),
};

const stageSchema = z.discriminatedUnion('stage', [
  z.strictObject({
    stage: z.literal('intent'),
    ...stageBase,
    use: z.literal('rules').default('rules'),
    staleSeconds: positive.default(1800).describe('Sessions idle longer than this are stale'),
    weights: z
      .partialRecord(
        z.enum(['cold', 'returning', 'mid', 'stale']),
        z.record(nameSchema, z.number().min(0)),
      )
      .default({})
      .describe(
        'Multiplies the weight of a scorer in a session state (`cold`, `returning`, `mid`, `stale`): `{ cold: { popular: 3 } }`',
      ),
    fresh: z
      .record(nameSchema, z.number().min(0))
      .default({})
      .describe(
        'Multiplies the weight of a scorer by so much in a session of freshness 1, by 1 in one of freshness 0, and in between in proportion, beside `weights`: `{ session-knn: 1.5 }`',
      ),
    freshnessWindowSeconds: z
      .number()
      .min(1)
      .max(86_400)
      .default(300)
      .describe(
        'Freshness and session entropy are of the events in so many seconds up to the last one; a session idle for longer is not fresh',
      ),
  }),
  z.strictObject({
    stage: z.literal('retrieve'),
    ...stageBase,
    use: z
      .array(
        z.strictObject({
          algorithm: nameSchema.describe('A declared model, `query`, or a retriever of a plugin'),
          limit: z.int().min(1).max(2000).default(100).describe('Candidates it may bring'),
          options: optionsSchema,
        }),
      )
      .min(1)
      .max(32)
      .describe('Retrievers; what they bring is united'),
  }),
  z.strictObject({
    stage: z.literal('features'),
    ...stageBase,
    slo: z
      .strictObject({
        ...stageObjectives,
        freshnessP95Seconds: positive
          .optional()
          .describe('95th percentile of the age of the feature rows read'),
      })
      .default({}),
    use: z
      .array(z.union([z.enum(['user', 'history']), featureSchema]))
      .max(16)
      .default(['user'])
      .describe(
        'What is read: `user`, the row of the user in the main store, `history`, what the user ever did, and features',
      ),
  }),
  z.strictObject({
    stage: z.literal('score'),
    ...stageBase,
    use: z
      .array(
        z.strictObject({
          algorithm: nameSchema.describe(
            'A declared model, `query`, `feature`, `table`, or a scorer of a plugin',
          ),
          weight: z.number().describe('Weight of its normalised score in the blend'),
          options: optionsSchema,
        }),
      )
      .min(1)
      .max(32)
      .describe('Scorers; their scores are blended'),
  }),
  z.strictObject({
    stage: z.literal('rerank'),
    ...stageBase,
    use: nameSchema
      .default('mmr')
      .describe('`mmr` (maximal marginal relevance), `score`, or a reranker of a plugin'),
    options: optionsSchema,
  }),
  z.strictObject({
    stage: z.literal('custom'),
    budgetMs: stageBase.budgetMs,
    use: nameSchema.describe('A stage of a plugin; it stands between `score` and `rerank`'),
    options: optionsSchema,
  }),
  z.strictObject({
    stage: z.literal('filter'),
    ...stageBase,
    use: z
      .array(
        z.union([
          nameSchema,
          z.strictObject({
            algorithm: nameSchema.describe(
              '`hidden`, `expired`, `seen`, `excluded`, `category`, `feature`, `allow-list`, `block-list`, or a filter of a plugin',
            ),
            options: optionsSchema,
          }),
        ]),
      )
      .min(1)
      .max(32)
      .transform((uses) => uses.map((use) => (typeof use === 'string' ? { algorithm: use } : use)))
      .describe('Filters, in the order they judge; a name stands for one without options'),
  }),
]);

/** One work, checked and with every default filled in. */
export const workSchema = z.strictObject({
  surface: z.enum(['user', 'session', 'item']).describe('What it recommends for'),
  strategy: nameSchema.describe('What `strategy` says when nothing was degraded'),
  budgetMs: positive
    .max(60_000)
    .default(100)
    .describe('Milliseconds until the answer is due when the caller does not say'),
  maxBudgetMs: positive
    .max(60_000)
    .default(1000)
    .describe('Milliseconds that the most patient caller may ask for'),
  slo: z
    .strictObject({
      latencyP95Ms: positive.optional().describe('95th percentile of the latency'),
      availability: objective.optional().describe('Share of requests without an error'),
      nonEmpty: objective.optional().describe('Share of answers with at least one item'),
      coverage: objective
        .optional()
        .describe('Least share of a catalogue that is shown, to be held 95 % of the time'),
      freshnessHours: positive
        .optional()
        .describe('Hours that none of its models may be older than, 99 % of the time'),
    })
    .default({}),
  shadow: shadowSchema
    .optional()
    .describe('A work that answers a share of the same requests, after their answers have left'),
  stages: z.array(stageSchema).min(1).max(16).describe('The stages, in the order they run'),
});

export type WorkOptions = z.output<typeof workSchema>;
export type StageOptions = WorkOptions['stages'][number];
