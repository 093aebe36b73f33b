import { z } from 'zod';
import type { FeedbackTotal } from '../../../domain/feedback.ts';
import { parseFeedbackRule } from '../../../domain/feedback-rule.ts';
import type { Item } from '../../../domain/item.ts';
import type { Gateway } from '../../../gateway.ts';
import { createFeedbackKinds } from '../../../training/dataset/feedback-kinds.ts';
import { showTime } from '../go-time.ts';
import { gorseItemSchema, showGorseItem } from '../item-kind.ts';
import type { Namespace } from '../namespace.ts';

/** Feedback with the item it is about. */
export const feedbackDetailsSchema = z
  .strictObject({
    FeedbackType: z.string(),
    UserId: z.string(),
    Item: gorseItemSchema,
    Value: z.number(),
    Timestamp: z.string(),
    Comment: z.string(),
  })
  .meta({ id: 'GorseFeedbackDetails', description: 'Feedback with the item it is about' });

/** Which feedback of a user is shown. */
export interface FeedbackAsked {
  readonly user: string;
  /** A type with or without a comparison; what is positive where absent. */
  readonly expression: string | undefined;
  readonly offset: number;
  readonly count: number;
  /** Epoch milliseconds; later feedback does not count yet. */
  readonly untilMs: number;
}

const maxTotals = 100_000;

/** The feedback of a user, the newest first; that on items that are not there is left out. */
export async function showFeedbackDetails(
  { store, config }: Gateway,
  { user, expression, offset, count, untilMs }: FeedbackAsked,
  namespace: Namespace,
): Promise<z.output<typeof feedbackDetailsSchema>[]> {
  const which = { user: namespace.inner(user) };
  const { rows } = await store.feedbackTotals(which, { untilMs, limit: maxTotals });
  const shown = rows
    .filter(meaning(expression, config.training.data))
    .toSorted((a, b) => b.firstAtMs - a.firstAtMs)
    .slice(offset, offset + count);
  const found = await store.mget(
    'items',
    shown.map(({ item }) => item),
  );
  return shown.flatMap((total, i) => {
    const item = found[i];
    return item.state === 'present' ? [show(total, item.row, namespace)] : [];
  });
}

function meaning(
  expression: string | undefined,
  learning: Parameters<typeof createFeedbackKinds>[0],
): (total: FeedbackTotal) => boolean {
  if (expression !== undefined) {
    const rule = parseFeedbackRule(expression);
    return (total) => rule?.matches(total) === true;
  }
  const kindOf = createFeedbackKinds(learning);
  return (total) => kindOf(total) === 'positive';
}

function show(total: FeedbackTotal, item: Item, namespace: Namespace) {
  const { type, user, value, firstAtMs, comment = '' } = total;
  return {
    FeedbackType: type,
    UserId: namespace.outer(user),
    Item: showGorseItem(item, namespace),
    Value: value,
    Timestamp: showTime(firstAtMs),
    Comment: comment,
  };
}
