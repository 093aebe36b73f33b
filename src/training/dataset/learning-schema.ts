import { z } from 'zod';
import { parseFeedbackRule } from '../../domain/feedback-rule.ts';

const rule = z
  .string()
  .max(200)
  .refine(
    (text) => parseFeedbackRule(text) !== undefined,
    'must be a type like `purchase`, or one with a comparison like `rating>=4`',
  );
const days = z.number().positive().max(1_000_000);

/** What models learn from what is kept. */
export const learningSchema = z
  .strictObject({
    positive: z
      .array(rule)
      .max(50)
      .default([])
      .describe(
        'Feedback that says somebody wanted an item, by type, with a comparison of its value where wanted: `[purchase, "rating>=4"]`; empty is all that is not `read`',
      ),
    read: z
      .array(rule)
      .max(50)
      .default([])
      .describe(
        'Feedback that only says somebody saw an item: `[exposure]`; models of clicks learn from it what was passed over',
      ),
    negative: z
      .array(rule)
      .max(50)
      .default([])
      .describe(
        'Feedback that says somebody did not want an item: `[hide, "rating<2"]`; it goes before `positive`, and is learnt as what was seen and left',
      ),
    weights: z
      .record(z.string().min(1).max(128), z.number().positive().max(1e6))
      .default({})
      .describe('How much an event of a type counts, 1 unless given: `{ purchase: 5 }`'),
    feedbackDays: days.optional().describe('Older feedback is not learnt; without it all is'),
    itemDays: days
      .optional()
      .describe('Items published longer ago are not learnt; without it all are'),
    hidden: z.boolean().default(false).describe('Whether hidden items are learnt too'),
    halfLifeDays: days
      .optional()
      .describe('Halves the weight of an event with every so many days of age'),
    maxSessionEvents: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(200)
      .describe('Events kept of a session, the first ones'),
    maxEvents: z
      .int()
      .min(1)
      .max(500_000_000)
      .default(20_000_000)
      .describe(
        'Events learnt from at most, the newest; each takes up to 70 bytes of memory while they are read',
      ),
  })
  .prefault({});

/** What models learn from what is kept, with every default filled in. */
export type LearningOptions = z.output<typeof learningSchema>;
