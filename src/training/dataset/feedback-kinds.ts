import type { Feedback } from '../../domain/feedback.ts';
import { parseFeedbackRule } from '../../domain/feedback-rule.ts';
import type { LearningOptions } from './learning-schema.ts';

/** What feedback says: somebody wanted an item, only saw it, or something that is not learnt. */
export type FeedbackKind = 'positive' | 'read' | 'other';

/**
 * Makes what tells the kinds of feedback apart, by the rules that models learn by: where no type is positive by name,
 * all are that are not read. What is negative was seen, whatever else it is.
 *
 * @example createFeedbackKinds({ positive: ['rating>=4'], read: [] })({ type: 'rating', value: 3 }) // 'other'
 */
export function createFeedbackKinds(
  options: Pick<LearningOptions, 'positive' | 'read'> & Partial<Pick<LearningOptions, 'negative'>>,
): (event: Pick<Feedback, 'type' | 'value'>) => FeedbackKind {
  const rulesOf = (texts: readonly string[]) =>
    texts.map((text) => {
      const rule = parseFeedbackRule(text);
      if (rule !== undefined) return rule;
      throw new RangeError(`rule ${text} is no feedback type with or without a comparison`);
    });
  const positive = rulesOf(options.positive);
  const read = rulesOf(options.read);
  const negative = rulesOf(options.negative ?? []);
  return (event) => {
    if (negative.some((rule) => rule.matches(event))) return 'read';
    if (positive.some((rule) => rule.matches(event))) return 'positive';
    if (read.some((rule) => rule.matches(event))) return 'read';
    return positive.length === 0 ? 'positive' : 'other';
  };
}
