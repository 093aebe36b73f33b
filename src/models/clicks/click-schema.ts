import { z } from 'zod';

/** What may be set of both kinds. */
export const clickSchema = z.strictObject({
  dimensions: z.int().multipleOf(4).min(4).max(128).default(16).describe('Numbers of an embedding'),
  epochs: z
    .int()
    .min(1)
    .max(500)
    .default(30)
    .describe('Passes at most; the hold-out ends most fits sooner'),
  patience: z
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe('Passes without a better hold-out before it ends'),
  holdout: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.1)
    .describe(
      'Share of the events, drawn evenly with their negatives, that decides when to stop and calibrates',
    ),
  batchRows: z
    .int()
    .min(1)
    .max(65_536)
    .default(4096)
    .describe('Examples of a step at most; a fiftieth of all where that is less'),
  learningRate: z.number().positive().max(1).default(0.01).describe('Step of the first pass'),
  decay: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('Weight of half the squared embedding, for each time that its feature occurs'),
  window: z
    .int()
    .min(1)
    .max(200)
    .default(20)
    .describe(
      'Events before an event that count as its history, and clicks that a query is answered by',
    ),
  negatives: z
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe('Negatives drawn for each event, where the data hold no reads'),
  sampling: z
    .enum(['uniform', 'popularity'])
    .default('uniform')
    .describe('What negatives are drawn in proportion to'),
  keptReads: z
    .number()
    .positive()
    .max(1)
    .default(1)
    .describe(
      'Share of what was seen and left that the data hold as reads; probabilities are those with all of it',
    ),
  idDropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.1)
    .describe(
      "Share of the examples that are learnt without the user's id, and without the item's: others are met later",
    ),
  maxEvents: z
    .int()
    .min(1)
    .max(20_000_000)
    .default(500_000)
    .describe('The latest events that are learnt from'),
  seed: z.int().default(1).describe('Decides every random draw'),
});

/** What may be set of DeepFM beside that. */
export const deepSchema = clickSchema.extend({
  hidden: z
    .array(z.int().multipleOf(8).min(8).max(1024))
    .min(1)
    .max(6)
    .default([128, 64])
    .describe('Units of each hidden layer'),
  dropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.4)
    .describe('Share of hidden units that a step leaves out'),
  decay: z
    .number()
    .min(0)
    .max(1)
    .default(0.003)
    .describe('Smaller than that of the machine alone: the network is the other half'),
  scan: z
    .int()
    .min(1)
    .max(100_000)
    .default(2000)
    .describe(
      'Items that the network looks at to retrieve, the best ones by the machine alone; all of a smaller catalogue',
    ),
});

/** Options of a factorisation machine. */
export type ClickOptions = z.output<typeof clickSchema>;

/** Options of DeepFM. */
export type DeepOptions = z.output<typeof deepSchema>;
