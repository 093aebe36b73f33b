import { z } from 'zod';
import { checkKeyTemplate, featureOwners, maxTemplateLength } from './key-template.ts';

/** The name of a feature or of a store; a metric label, so short and plain. */
const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, 40 at most');

/** One feature that a work declares. */
export const featureSchema = z
  .strictObject({
    feature: name.describe('What algorithms call it'),
    store: name.describe('The store that holds it, one of `features.stores`'),
    key: z
      .string()
      .max(maxTemplateLength)
      .describe(
        'Its key, with `{item}`, `{user}`, `{session}`, `{segment}`, `{catalog}` for what the request has: `item:{item}`',
      ),
    of: z
      .enum(featureOwners)
      .default('candidates')
      .describe(
        'Whom it describes: every one of the candidates, or the one user, session or anchor item',
      ),
    timeoutMs: z
      .number()
      .positive()
      .max(60_000)
      .optional()
      .describe('Milliseconds its store may take, inside those of the stage'),
    maxAgeSeconds: z
      .number()
      .positive()
      .optional()
      .describe('Values read longer ago are used, and named as `feature.stale`'),
    minCoverage: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe('A smaller share of values that are there is named as `feature.missing`'),
  })
  .superRefine(({ key, of }, context) => {
    const message = checkKeyTemplate(key, of);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['key'], message });
  });

export type FeatureOptions = z.output<typeof featureSchema>;
