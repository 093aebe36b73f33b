import { z } from 'zod';
import { stageNames } from '../../domain/degradation.ts';
import { faultLimits, matchLabels, scoreModes } from './fault.ts';

const value = z.string().min(1).max(128);

/** What the values of a fault may be, whatever their fields are called where they are read. */
export const faultValues = {
  name: z.string().min(1).max(80).describe('For people'),
  match: z
    .partialRecord(z.enum(matchLabels), value)
    .default({})
    .describe('The requests that carry each of these values; all requests when it is empty'),
  share: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Share of the matching requests that are struck'),
  afterSeconds: z
    .number()
    .min(0)
    .max(faultLimits.afterSeconds)
    .default(0)
    .describe('Seconds from now until it begins'),
  forSeconds: z
    .number()
    .positive()
    .max(faultLimits.forSeconds)
    .describe('Seconds after which it ends by itself'),
  rampSeconds: z
    .number()
    .min(0)
    .max(faultLimits.forSeconds)
    .default(0)
    .describe('Seconds in which it grows from nothing'),
  delayMs: z.number().positive().max(faultLimits.delayMs).describe('Milliseconds lost'),
  mode: z
    .enum(scoreModes)
    .default('inverted')
    .describe('Scores with the worst first, in random order, or not finite'),
  stage: z.enum(stageNames).describe('The stage it is in'),
  store: value
    .optional()
    .describe('The store whose reads it strikes; all stores when it is left out'),
};
