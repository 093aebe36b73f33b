import { z } from 'zod';
import { assignmentReasons } from '../../domain/assignment.ts';
import { degradationReasons, stageNames } from '../../domain/degradation.ts';
import type { RecommendRequest } from '../../domain/recommend-request.ts';
import { outcomes, stageOutcomes } from '../../telemetry/request-record.ts';
import { identifier, label } from '../identifier.ts';
import type { ParameterKind } from '../query-string.ts';

/** How many items are served when nobody says. */
export const defaultCount = 20;

/** The most items that one answer has. */
export const maxCount = 100;

const { categories, ...shared } = {
  user: identifier.optional().meta({ description: 'Whom it is for' }),
  session: identifier.optional().meta({ description: 'The visit it belongs to' }),
  item: identifier.optional().meta({ description: 'The item that the page shows' }),
  recent: z
    .array(identifier)
    .max(200)
    .optional()
    .meta({ description: 'Items of the session so far, oldest first, if the caller keeps it' }),
  n: z
    .int()
    .min(1)
    .max(maxCount)
    .default(defaultCount)
    .meta({ description: 'How many items are wanted' }),
  query: z
    .string()
    .max(1000)
    .optional()
    .meta({ description: 'Free text, matched to categories and attributes' }),
  catalog: label.optional().meta({ description: 'Only items of this catalogue' }),
  categories: z.array(label).max(100).optional().meta({
    description:
      'Only items of at least one of these categories, or of each of them: see `every_category`',
  }),
  every_category: z.boolean().default(false).meta({
    description: 'Whether an item must be of each of the categories, and not just of one of them',
  }),
  exclude: z
    .array(identifier)
    .max(1000)
    .optional()
    .meta({ description: 'Items that must not be served' }),
  locale: z
    .string()
    .max(35)
    .regex(/^[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8})*$/, 'is no locale, expected one like de-CH')
    .optional()
    .meta({ description: 'Language and region of the reader' }),
  segment: label.optional().meta({ description: 'User segment, instead of the known one' }),
  graph_id: label.optional().meta({ description: 'The graph that a graph model walks' }),
  subgraph_hash: label.optional().meta({
    description:
      'Hash of the part of the graph that concerns the request; experiments by subgraph give equal ones the same variant',
  }),
  timeout_ms: z
    .number()
    .min(0)
    .optional()
    .meta({ description: 'Milliseconds until the answer is due; capped by the work' }),
  explain: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether to say how the list came about' }),
};

const labels = z
  .record(label, label)
  .refine((given) => Object.keys(given).length <= 16, 'has too many labels, expected at most 16')
  .optional()
  .meta({
    description: 'Labels of your own; those declared in `anomaly.labels` tell anomalies apart',
  });

/** The body of `POST /v1/recommend/{work}`. */
export const recommendBodySchema = z
  .strictObject({ ...shared, categories, labels })
  .meta({ id: 'RecommendRequest', description: 'What is asked; every field may be left out' });

/** The parameters of `GET /v1/recommend/{work}`; lists are parameters given several times. */
export const recommendQuerySchema = z.strictObject({ ...shared, category: categories });

/** How the parameters of the GET form are read. */
export const recommendParameters: Readonly<
  Record<keyof z.input<typeof recommendQuerySchema>, ParameterKind>
> = {
  user: 'text',
  session: 'text',
  item: 'text',
  recent: 'list',
  n: 'number',
  query: 'text',
  catalog: 'text',
  category: 'list',
  every_category: 'flag',
  exclude: 'list',
  locale: 'text',
  segment: 'text',
  graph_id: 'text',
  subgraph_hash: 'text',
  timeout_ms: 'number',
  explain: 'flag',
};

/** What of a request stands in its headers. */
export interface AskedByHeader {
  readonly timeoutMs?: number | undefined;
  readonly forcedVariant?: string | undefined;
}

/** The request that the pipeline gets; the caller's body goes before the proxy's header. */
export function toRecommendRequest(
  asked: z.output<typeof recommendBodySchema>,
  { timeoutMs, forcedVariant }: AskedByHeader,
): RecommendRequest {
  // Named one by one: all requests have one shape, which is also faster than copying the rest.
  return {
    user: asked.user,
    session: asked.session,
    item: asked.item,
    recent: asked.recent,
    n: asked.n,
    query: asked.query,
    catalog: asked.catalog,
    categories: asked.categories,
    everyCategory: asked.every_category,
    exclude: asked.exclude,
    locale: asked.locale,
    segment: asked.segment,
    timeoutMs: asked.timeout_ms ?? timeoutMs,
    labels: asked.labels,
    graphId: asked.graph_id,
    subgraphHash: asked.subgraph_hash,
    forcedVariant,
    explain: asked.explain,
  };
}

/** A reason of the closed list. */
export const reason = z.enum(degradationReasons).exclude(['none']);
const stage = z.enum(stageNames);
const milliseconds = z.number().min(0);

/** One degradation as an answer names it. */
export const degradationSchema = z
  .strictObject({
    stage,
    component: z.string(),
    reason,
    action: z.enum([
      'default_value',
      'skip_stage',
      'skip_component',
      'fallback_component',
      'fallback_pipeline',
      'partial',
    ]),
    coverage: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .meta({ description: 'Share of what was asked that is there' }),
  })
  .meta({ id: 'Degradation', description: 'One thing that made the answer less than asked' });

/** How an answer came about. */
export const explainSchema = z
  .strictObject({
    outcome: z.enum(outcomes),
    intent: z.strictObject({
      surface: z.enum(['user', 'session', 'item']),
      session_state: z.enum(['cold', 'returning', 'mid', 'stale']),
      segment: z.string(),
      catalog: z.string(),
      locale: z.string(),
      categories: z.array(z.string()),
      attributes: z.array(z.string()),
      unmatched: z.array(z.string()),
      anchor: z.string().nullable(),
      recent: z.array(z.string()),
      session_entropy: z.number().min(0).max(1).nullable().meta({
        description:
          'How irregular the gaps between the events of the session are, 0 to 1; null with fewer than two events in the window, or without their times',
      }),
      freshness: z.number().min(0).max(1).nullable().meta({
        description: 'How much the session is under way, 0 to 1; null without its times',
      }),
      weights: z
        .record(z.string(), z.number())
        .meta({ description: 'What the weight of each scorer was multiplied by' }),
    }),
    stages: z.array(
      z.strictObject({
        stage,
        component: z.string(),
        ms: milliseconds,
        in: z.int(),
        out: z.int(),
        outcome: z.enum(stageOutcomes),
        reason: reason.nullable(),
        components: z.array(
          z.strictObject({
            name: z.string(),
            ms: milliseconds,
            count: z.int().meta({ description: 'Candidates brought, or removed by a filter' }),
            outcome: z.enum(stageOutcomes),
          }),
        ),
      }),
    ),
    items: z.array(
      z.strictObject({ id: z.string(), contributions: z.record(z.string(), z.number()) }),
    ),
  })
  .meta({ id: 'Explanation', description: 'How the list came about, stage by stage' });

/** What `explain: true` adds. */
export type Explanation = z.output<typeof explainSchema>;

/** The answer of both forms of recommend. */
export const recommendAnswerSchema = z
  .strictObject({
    request_id: z.string(),
    trace_id: z.string().meta({ description: 'W3C trace id of the request' }),
    work: z.string(),
    strategy: z.string().meta({ description: 'What actually served' }),
    generation: z.string().meta({ description: 'Configuration and models that served' }),
    items: z.array(z.strictObject({ id: z.string(), score: z.number(), source: z.string() })),
    experiment: z
      .strictObject({
        name: z.string(),
        variant: z.string(),
        reason: z.enum(assignmentReasons),
      })
      .optional()
      .meta({
        id: 'AssignedVariant',
        description: 'Which variant served and why, where the work has an experiment',
      }),
    fallback_reason: reason
      .nullable()
      .meta({ description: 'The first degradation that changed what was served' }),
    degradations: z.array(degradationSchema),
    explain: explainSchema.optional(),
  })
  .meta({
    id: 'RecommendAnswer',
    description: 'The list, best first, and what became of the request',
  });
