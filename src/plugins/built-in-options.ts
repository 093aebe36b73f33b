import { z } from 'zod';
import { scoreTransforms } from '../pipeline/algorithms/score-transform.ts';
import { nameSchema } from '../pipeline/work-schema.ts';

const feature = nameSchema.describe('A feature that the features stage of the work declares');
const field = z
  .string()
  .max(200)
  .default('')
  .describe('Path of names inside its values, as `price.net`; without one the value itself');
const table = z.string().min(1).max(64).describe('A global table, by item id');
const transform = z
  .enum(scoreTransforms)
  .default('none')
  .describe('`log` is ln(1 + x); `reciprocal` is 1 / x, for what is better when it is less');
const missing = z
  .number()
  .default(0)
  .describe('The number of candidates that have none; a score of 0 is no opinion');
const unjudged = z.enum(['keep', 'drop']);
const bound = z.number().optional();
const plain = z.union([z.string().max(200), z.number(), z.boolean()]);

/** Options of the scorer `feature`. */
export const featureScorerOptions = z.strictObject({ feature, field, transform, missing });

/** Options of the filter `feature`. */
export const featureFilterOptions = z
  .strictObject({
    feature,
    field,
    is: z
      .union([plain.transform((value) => [value]), z.array(plain).min(1).max(100)])
      .optional()
      .describe('Keeps items with this value, or one of these'),
    atLeast: bound.describe('Keeps items with this number or more'),
    atMost: bound.describe('Keeps items with this number or less'),
    onMissing: unjudged
      .default('drop')
      .describe('What becomes of items without such a value: `keep` or `drop`'),
    onFailed: unjudged
      .optional()
      .describe('The same where the store did not answer in time; as `onMissing` by default'),
  })
  .refine(
    ({ is, atLeast, atMost }) => is !== undefined || atLeast !== undefined || atMost !== undefined,
    {
      message: 'needs one of is, atLeast, atMost',
    },
  )
  .refine(({ is, atLeast, atMost }) => is === undefined || (atLeast ?? atMost) === undefined, {
    message: 'has is beside atLeast or atMost, expected one of them',
  });

/** Options of the scorer `table`. */
export const tableScorerOptions = z.strictObject({ table, transform, missing });

/** Options of the filters `allow-list` and `block-list`. */
export const listFilterOptions = z.strictObject({ table });

const decay = (byDefault: number) => z.number().min(0).max(1).default(byDefault);

/** Options of the stage `replacement`. */
export const replacementOptions = z.strictObject({
  positiveDecay: decay(0.8).describe('Share of the score that is left of what the user wanted'),
  readDecay: decay(0.6).describe('Share of the score that is left of what the user only saw'),
});
