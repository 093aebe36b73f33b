import { z } from 'zod';
import type { Mistake } from '../domain/errors.ts';

const positive = z.number().positive();
const share = z.number().min(0).max(1);
/** Under 1: without an error budget there is nothing to spend. */
const objective = z.number().gt(0).lt(1);

/** The name of a work, model, algorithm or strategy; a metric label, so short and plain. */
export const nameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, 40 at most');

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
          algorithm: nameSchema.describe('A declared model, or `query`'),
          limit: z.int().min(1).max(2000).default(100).describe('Candidates it may bring'),
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
      .array(z.enum(['user']))
      .default(['user'])
      .describe('What is fetched from the store'),
  }),
  z.strictObject({
    stage: z.literal('score'),
    ...stageBase,
    use: z
      .array(
        z.strictObject({
          algorithm: nameSchema.describe('A declared model, or `query`'),
          weight: z.number().describe('Weight of its normalised score in the blend'),
        }),
      )
      .min(1)
      .max(32)
      .describe('Scorers; their scores are blended'),
  }),
  z.strictObject({
    stage: z.literal('rerank'),
    ...stageBase,
    use: z
      .enum(['mmr', 'score'])
      .default('mmr')
      .describe('Maximal marginal relevance, or the order of the scores'),
    diversity: share
      .default(0.1)
      .describe('0 keeps the order of the scores, 1 looks at diversity alone'),
    vectors: nameSchema
      .default('item2vec')
      .describe('Model whose vectors say how alike two items are'),
    pool: z.int().min(1).max(2000).default(64).describe('Candidates looked at, best first'),
  }),
  z.strictObject({
    stage: z.literal('filter'),
    ...stageBase,
    use: z
      .array(z.enum(['hidden', 'expired', 'seen', 'excluded', 'category']))
      .min(1)
      .describe('Filters, in the order they judge'),
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
  stages: z.array(stageSchema).min(1).max(16).describe('The stages, in the order they run'),
});

export type WorkOptions = z.output<typeof workSchema>;
export type StageOptions = WorkOptions['stages'][number];

/** The algorithms that need no model. */
const builtIn = ['query'];

/**
 * What one schema cannot see: stages that name algorithms nobody declares, stages that stand twice or are
 * missing. Works on unchecked input, so that these mistakes are reported beside all others.
 */
export function crossCheckWorks(input: unknown): Mistake[] {
  const declared = [...Object.keys(recordAt(input, 'models')), ...builtIn];
  return Object.entries(recordAt(input, 'works')).flatMap(([work, value]) => {
    const { stages } = value as { stages?: unknown };
    if (!Array.isArray(stages)) return [];
    return [
      ...wrongStages(stages, `works.${work}.stages`),
      ...stages.flatMap((stage, s) =>
        unknownAlgorithms(stage, declared, `works.${work}.stages.${s}`),
      ),
    ];
  });
}

function wrongStages(stages: readonly unknown[], path: string): Mistake[] {
  const names = stages.map((stage) => (stage as { stage?: unknown } | null)?.stage);
  const twice = names.flatMap((stage, s) =>
    names.indexOf(stage) < s
      ? [{ path: `${path}.${s}`, message: `stage ${stage} stands twice, expected once` }]
      : [],
  );
  const missing = ['intent', 'retrieve', 'score', 'rerank', 'filter']
    .filter((stage) => !names.includes(stage))
    .map((stage) => ({ path, message: `stage ${stage} is missing` }));
  return [...twice, ...missing];
}

function unknownAlgorithms(stage: unknown, declared: readonly string[], path: string): Mistake[] {
  const { use } = (stage ?? {}) as { use?: unknown };
  if (!Array.isArray(use)) return [];
  return use.flatMap((entry, u) => {
    const algorithm = (entry as { algorithm?: unknown } | null)?.algorithm;
    if (typeof algorithm !== 'string' || declared.includes(algorithm)) return [];
    const message = `algorithm ${algorithm} is not declared, expected one of ${declared.join(', ')}`;
    return [{ path: `${path}.use.${u}.algorithm`, message }];
  });
}

function recordAt(input: unknown, key: string): Record<string, unknown> {
  const value = (input as Record<string, unknown> | null)?.[key];
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => typeof inner === 'object' && inner !== null),
  );
}
