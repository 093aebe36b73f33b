import type { Feedback } from '../../domain/feedback.ts';
import { createFeedbackKinds } from './feedback-kinds.ts';
import type { LearningOptions } from './learning-schema.ts';

/** Why an event or read is not learnt. */
export type LeftOutReason =
  /** Its type and value are neither positive nor read. */
  | 'type'
  /** Its value or its time is not a number. */
  | 'not-a-number'
  /** More than a day later than now. */
  | 'future'
  /** Older than `feedbackDays`. */
  | 'old'
  | 'hidden-item'
  /** Of an item older than `itemDays`. */
  | 'old-item'
  /** Names neither user nor session, or is a read without a user. */
  | 'nobody'
  | 'repeated'
  | 'long-session'
  /** Older than the newest `maxEvents`. */
  | 'too-many';

/** What an event is learnt as, and how much it counts; or why it is not. */
export type Sifted =
  | { readonly as: 'positive' | 'read'; readonly weight: number }
  | { readonly as: LeftOutReason };

const dayMs = 86_400_000;

/** What a sieve knows beside its options. */
export interface SieveFacts {
  /** Epoch milliseconds; without it no time is too late, and none too old. */
  readonly nowMs?: number | undefined;
  /** Items that are not learnt, and why. */
  readonly excluded: ReadonlyMap<string, 'hidden-item' | 'old-item'>;
}

/**
 * Makes what says of each event whether it is learnt. What is at most a day ahead is: clocks and time zones are wrong by
 * so much; what is later cannot be right.
 *
 * @example createFeedbackSieve(options, { excluded: new Map() })({ type: 'click', item: 'A', atMs: 5 }).as // 'positive'
 */
export function createFeedbackSieve(
  options: LearningOptions,
  { nowMs, excluded }: SieveFacts,
): (event: Omit<Feedback, 'key'>) => Sifted {
  const weights = new Map(Object.entries(options.weights));
  const oldestMs = (nowMs ?? 0) - (options.feedbackDays ?? 0) * dayMs;
  const hasAge = nowMs !== undefined && options.feedbackDays !== undefined;
  const kindOf = createFeedbackKinds(options);
  return (event) => {
    const { atMs, value } = event;
    if (!Number.isFinite(atMs) || !Number.isFinite(value ?? 0)) return { as: 'not-a-number' };
    const as = kindOf(event);
    if (as === 'other') return { as: 'type' };
    if (nowMs !== undefined && atMs > nowMs + dayMs) return { as: 'future' };
    if (hasAge && atMs < oldestMs) return { as: 'old' };
    const reason = excluded.get(event.item);
    if (reason !== undefined) return { as: reason };
    if (event.user === undefined && (as === 'read' || event.session === undefined))
      return { as: 'nobody' };
    return { as, weight: weights.get(event.type) ?? 1 };
  };
}
