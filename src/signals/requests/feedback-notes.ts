import type { Feedback } from '../../domain/feedback.ts';
import { parseFeedbackRule } from '../../domain/feedback-rule.ts';
import { noteBits } from '../../telemetry/ring-event.ts';

/** Which feedback means what, in rules as of `parseFeedbackRule`. */
export interface FeedbackMeaning {
  readonly positive?: readonly string[] | undefined;
  readonly read?: readonly string[] | undefined;
  readonly clickTypes: readonly string[];
  readonly conversionTypes: readonly string[];
}

/** The rules that models learn by. */
interface LearntRules {
  readonly positive: readonly string[];
  readonly read: readonly string[];
  readonly negative?: readonly string[] | undefined;
}

/**
 * Makes what says of an event whether it is positive, read, both or neither, as `noteBits`. It is decided where the value
 * of the event is known, as events of the ring have none. Rules that are left out are those that models learn by; where
 * these name none, clicks say that an item was read, and clicks and conversions that are not read say that it was wanted. What is negative by
 * the rules that models learn by was read and not wanted. O(rules) an event.
 *
 * @example
 * const notesOf = createFeedbackNotes({ clickTypes: ['click'], conversionTypes: ['cart'] }, { positive: ['rating>=4'], read: ['rating'] });
 * notesOf({ type: 'rating', value: 5 }); // noteBits.positive | noteBits.read
 */
export function createFeedbackNotes(
  { positive, read, clickTypes, conversionTypes }: FeedbackMeaning,
  learnt: LearntRules,
): (event: Pick<Feedback, 'type' | 'value'>) => number {
  const reads = read ?? (learnt.read.length > 0 ? learnt.read : clickTypes);
  const others = [...clickTypes, ...conversionTypes].filter((type) => !reads.includes(type));
  const positives = positive ?? (learnt.positive.length > 0 ? learnt.positive : others);
  const rules = [
    ...positives.map((text) => ({ rule: parseFeedbackRule(text), bit: noteBits.positive })),
    ...reads.map((text) => ({ rule: parseFeedbackRule(text), bit: noteBits.read })),
  ];
  const negatives = (learnt.negative ?? []).map(parseFeedbackRule);
  return (event) => {
    if (negatives.some((rule) => rule?.matches(event))) return noteBits.read;
    let notes = 0;
    for (const { rule, bit } of rules) if (rule?.matches(event)) notes |= bit;
    return notes;
  };
}
