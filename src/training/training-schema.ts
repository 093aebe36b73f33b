import { z } from 'zod';
import { learningSchema } from './dataset/learning-schema.ts';

const gateSchema = z
  .strictObject({
    holdOut: z
      .number()
      .min(0.01)
      .max(0.5)
      .default(0.1)
      .describe('Share of the sessions, the newest ones, that a candidate is judged by'),
    minCases: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(30)
      .describe(
        'Cases that a comparison needs: next clicks to foresee, or users where sessions name them',
      ),
    maxCases: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(2000)
      .describe('Cases that are judged at most, evenly chosen'),
    maxLoss: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        'Share of its NDCG that a candidate may lose; it is worse where the whole 95 % interval of the difference lies below',
      ),
    minCoverage: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Share of the items that must be among the first 20 of some answer'),
    maxCoverageLoss: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('Share of that coverage that a candidate may lose against the current version'),
    maxQueryMs: z
      .number()
      .positive()
      .max(60_000)
      .default(25)
      .describe('Median milliseconds that an answer of the model alone may take'),
  })
  .prefault({});

/** What models learn from, when and how they are trained. */
export const trainingSchema = z
  .strictObject({
    data: learningSchema.describe('What of the feedback models learn from'),
    everyHours: z
      .number()
      .min(0.01)
      .max(500)
      .optional()
      .describe('Trains so long after the last training; never by itself where left out'),
    onEvents: z
      .int()
      .min(1)
      .optional()
      .describe('Trains after so many new events of feedback; never where left out'),
    onImport: z
      .boolean()
      .default(true)
      .describe('Trains when imports and restores under `/api` that brought rows are over'),
    threads: z
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe(
        'Threads that a fit may use, at low priority; as many as there are cores by default',
      ),
    maxMemoryMb: z
      .int()
      .min(16)
      .max(1_048_576)
      .default(4096)
      .describe('Megabytes that a fit may need; a model that needs more is not trained'),
    keepVersions: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe('Newest versions kept of each model, beside the current one and the one before it'),
    gate: gateSchema.describe(
      'What a new version must hold against the current one; one that does not is kept and does not serve',
    ),
  })
  .prefault({});

export type TrainingOptions = z.output<typeof trainingSchema>;
export type ModelGateOptions = TrainingOptions['gate'];
