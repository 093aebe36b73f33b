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
    gate: gateSchema.describe(
      'What a new generation must hold against the current one; one that does not waits to be promoted',
    ),
  })
  .prefault({});

export type GenerationsOptions = z.output<typeof generationsSchema>;
export type GateOptions = GenerationsOptions['gate'];
