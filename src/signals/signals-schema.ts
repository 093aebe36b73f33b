import { z } from 'zod';
import { parseFeedbackRule } from '../domain/feedback-rule.ts';

const seconds = (byDefault: number) => z.number().positive().max(31_536_000).default(byDefault);
const amount = (byDefault: number, most: number) => z.int().min(1).max(most).default(byDefault);
const types = (byDefault: string[]) =>
  z.array(z.string().min(1).max(64)).max(32).default(byDefault);
const rules = z
  .array(
    z
      .string()
      .max(200)
      .refine(
        (text) => parseFeedbackRule(text) !== undefined,
        'must be a type like `like`, or one with a comparison like `rating>=4`',
      ),
  )
  .max(50)
  .optional();
const catalogs = z.array(z.string().min(1).max(64)).min(1).max(16);

const requestsSchema = z
  .strictObject({
    joinSeconds: seconds(1800).describe('How long the feedback of an answer is waited for'),
    maxRequests: amount(65_536, 1 << 20).describe(
      'Answers that wait at once; the oldest are judged early',
    ),
    clickTypes: types(['click']).describe('Types of feedback that are clicks'),
    conversionTypes: types(['cart', 'purchase']).describe('Types of feedback that are conversions'),
    positive: rules.describe(
      'Feedback that says somebody wanted what was shown, `[like, "rating>=4"]`; left out, that of `training.data`, or else clicks and conversions that are not `read`',
    ),
    read: rules.describe(
      'Feedback that says somebody saw what was shown, `[read]`; left out, that of `training.data`, or else clicks',
    ),
  })
  .prefault({});

const windowSchema = (byDefault: number, what: string) =>
  z.strictObject({ windowSeconds: seconds(byDefault).describe(what) }).prefault({});

const lambda = z
  .union([z.enum(['slow', 'normal', 'instant']), z.number().min(0).max(100)])
  .describe('`slow` .01, `normal` .02, `instant` .05, or a number of your own');

const similaritySchema = z
  .strictObject({
    lambdaPerHour: z
      .strictObject({
        default: lambda.default('normal'),
        catalogs: z
          .record(z.string().min(1).max(64), lambda)
          .default({})
          .describe('Catalogues that differ, by name'),
      })
      .prefault({})
      .describe('How fast similarity fades, of each catalogue'),
    decayingSlope: z
      .number()
      .max(0)
      .default(-0.015)
      .describe('Loss of similarity per event from which an item is learnt anew'),
    decayingNorm: z
      .number()
      .min(0)
      .default(0.3)
      .describe('Only items whose learnt vector is shorter than this'),
    coldEvents: amount(10, 10_000).describe('Events of an item without vector before it is learnt'),
    coldSessions: amount(5, 10_000).describe('Different sessions among them'),
    everySeconds: seconds(30).describe('Time between two retrainings'),
    maxPerReport: amount(20, 1000).describe('Items of one retraining'),
    maxItems: amount(200_000, 1 << 24).describe('Items followed'),
  })
  .prefault({});

const freshnessSchema = z
  .strictObject({
    windowSeconds: seconds(300).describe('Window of a session'),
    maxSessions: amount(100_000, 1 << 22).describe('Sessions followed; the idlest leave'),
  })
  .prefault({});

const driftSchema = z
  .strictObject({
    pairs: z
      .array(
        z.strictObject({
          source: catalogs.describe('Whose past is compared with'),
          target: catalogs.describe('Whose recent clicks are compared'),
        }),
      )
      .max(64)
      .default([])
      .describe('Pairs and unions of catalogues, besides each with itself and each with each'),
    windowSizes: z
      .array(z.int().min(4).max(4096))
      .min(1)
      .max(6)
      .default([8, 32, 128])
      .describe('Numbers of last clicks that are compared'),
    distances: z
      .array(z.enum(['sliced', 'membership', 'sinkhorn']))
      .min(1)
      .max(3)
      .default(['sliced', 'membership'])
      .describe('Which distances are watched'),
    fixedScale: z
      .number()
      .positive()
      .optional()
      .describe('Distance at which the coefficient is 1; what chance allows when absent'),
    margin: z
      .number()
      .min(1)
      .max(100)
      .default(2)
      .describe('Factor from the greatest distance that chance showed to the scale'),
    sinkhorn: z
      .strictObject({
        epsilon: z.number().positive().max(100).default(0.1).describe('Entropic regularisation'),
        maxIterations: amount(500, 100_000).describe('After which it gives up'),
      })
      .prefault({}),
  })
  .prefault({});

/** What `signals:` holds: what is measured of the traffic, and how far back. */
export const signalsSchema = z
  .strictObject({
    vectors: z
      .string()
      .default('item2vec')
      .describe('The declared model whose vectors are compared'),
    retrain: z
      .boolean()
      .default(true)
      .describe('Whether items that are cold or decay are learnt anew from recent sessions'),
    history: z
      .strictObject({
        everySeconds: seconds(10).describe('Time between two moments that are kept'),
        points: amount(360, 10_000).describe('Moments kept of each signal'),
      })
      .prefault({}),
    requests: requestsSchema,
    coverage: windowSchema(3600, 'Window in which distinct items count'),
    exposures: windowSchema(3600, 'Window in which exposures count'),
    served: windowSchema(3600, 'Window in which what came of served items is compared'),
    arms: windowSchema(21_600, 'Window in which the arms of experiments are compared'),
    similarity: similaritySchema,
    freshness: freshnessSchema,
    drift: driftSchema,
  })
  .prefault({});
