import { z } from 'zod';

const gateSchema = z
  .strictObject({
    minOverlap: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Mean share of items that the slates of both generations have in common'),
    minRankAgreement: z
      .number()
      .min(-1)
      .max(1)
      .default(-1)
      .describe("Mean Kendall's tau over the items in common"),
    maxLatencyRatio: z
      .number()
      .min(1)
      .default(3)
      .describe('Median time of the new generation divided by that of the current one'),
    maxDegradedIncrease: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('Share of answers that are degraded in the new generation and were not before'),
  })
  .prefault({});

const announceSchema = z.strictObject({
  urls: z
    .array(z.string().max(2048))
    .min(1)
    .max(64)
    .describe('`redis://` or `rediss://` (TLS) of a Redis, or of the nodes of a cluster'),
  channel: z
    .string()
    .regex(/^[\w:.-]{1,128}$/, 'must be letters, digits, _ : . and -, 128 at most')
    .default('sightline:changes')
    .describe('Instances on one channel follow each other'),
  username: z.string().max(256).optional().describe('Who asks; `default` where left out'),
  passwordEnv: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]{0,127}$/, 'must be the name of an environment variable')
    .optional()
    .describe('Environment variable that holds the password'),
});

/** How generations follow each other. */
export const generationsSchema = z
  .strictObject({
    keep: z
      .int()
      .min(0)
      .max(16)
      .default(2)
      .describe('Former generations kept in memory, to roll back to'),
    maxLive: z
      .int()
      .min(3)
      .max(64)
      .default(8)
      .describe(
        'Generations in memory at most: the current one, kept ones, one that waits to be promoted, those that drain',
      ),
    maxDrainSeconds: z
      .number()
      .min(0)
      .max(3600)
      .default(60)
      .describe('Seconds until a former generation is let go although requests still run in it'),
    sampleSize: z
      .int()
      .min(0)
      .max(1000)
      .default(32)
      .describe('Last requests of each work that a new generation is warmed and compared with'),
    watchSeconds: z
      .number()
      .min(0)
      .max(3600)
      .default(2)
      .describe(
        'How often the configuration, models and tables are looked at for changes, which then serve without a restart; 0 never looks',
      ),
    announce: announceSchema
      .optional()
      .describe('Where instances tell each other of changes made on the control port'),
    gate: gateSchema.describe(
      'What a new generation must hold against the current one; one that does not waits to be promoted',
    ),
  })
  .refine(({ keep, maxLive }) => maxLive >= keep + 2, {
    path: ['maxLive'],
    error:
      'must be at least keep + 2: the one that serves, those that are kept, and room for the next',
  })
  .prefault({});

export type GenerationsOptions = z.output<typeof generationsSchema>;
export type AnnounceOptions = NonNullable<GenerationsOptions['announce']>;
export type GateOptions = GenerationsOptions['gate'];
