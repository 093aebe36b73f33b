import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import type { Feedback, FeedbackTotal } from '../../domain/feedback.ts';
import type { Labels } from '../../domain/labels.ts';
import { isLabel } from '../identifier.ts';
import { createRowReader, labels, lenientTime, number, type ReadField, text } from './go-json.ts';
import { showTime } from './go-time.ts';
import type { Namespace } from './namespace.ts';
import { rowId } from './row-id.ts';
import { commentSchema, idSchema, labelsSchema, lenientTimeSchema } from './row-schemas.ts';

/** One row of feedback as clients send it. */
export interface FeedbackInput {
  readonly FeedbackType: string;
  readonly UserId: string;
  readonly ItemId: string;
  readonly Value: number;
  /** Epoch milliseconds. */
  readonly Timestamp: number;
  readonly Labels: Labels;
  readonly Comment: string;
}

/** An event of somebody who is known. */
export interface UserEvent extends Feedback {
  readonly user: string;
}

/** Feedback to put in, in the document. */
export const feedbackInputSchema = z
  .looseObject({
    FeedbackType: z.string().min(1).max(128),
    UserId: idSchema,
    ItemId: idSchema,
    Value: z.number().optional(),
    Timestamp: lenientTimeSchema.optional(),
    Labels: labelsSchema.optional(),
    Comment: commentSchema.optional(),
  })
  .meta({ id: 'GorseFeedbackInput', description: 'What somebody did with an item' });

/** Feedback as the Gorse API shows it. */
export const gorseFeedbackSchema = z
  .strictObject({
    FeedbackType: z.string(),
    UserId: z.string(),
    ItemId: z.string(),
    Value: z.number().meta({ description: 'Sum of what was sent' }),
    Timestamp: z.iso.datetime().meta({ description: 'Of the earliest' }),
    Updated: z.iso.datetime().meta({ description: 'Of the latest' }),
    Labels: labelsSchema,
    Comment: z.string(),
  })
  .meta({ id: 'GorseFeedback', description: 'What one user did of one kind with one item' });

/** A row of feedback, for the document. */
export const feedbackExample = {
  FeedbackType: 'click',
  UserId: 'U1',
  ItemId: 'A1',
  Value: 2,
  Timestamp: '2026-01-31T09:00:00Z',
  Updated: '2026-01-31T09:05:00Z',
  Labels: null,
  Comment: '',
};

const feedbackType: ReadField<string> = (given, field) => {
  if (isLabel(given)) return given;
  const message = `${field} is no type, expected text of 1 to 128 bytes of UTF-8 without control characters`;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: field });
};

/** Reads one row of feedback; throws `SL_REQUEST_INVALID`. */
export const readFeedbackInput = createRowReader<FeedbackInput>({
  FeedbackType: feedbackType,
  UserId: rowId,
  ItemId: rowId,
  Value: number,
  Timestamp: lenientTime,
  Labels: labels,
  Comment: text,
});

/** The event of a row, with a key of its own. */
export function toEvent(
  { FeedbackType, UserId, ItemId, Value, Timestamp, Labels, Comment }: FeedbackInput,
  { namespace, key }: { readonly namespace: Namespace; readonly key: string },
): UserEvent {
  return {
    key,
    type: FeedbackType,
    item: namespace.inner(ItemId),
    user: namespace.inner(UserId),
    atMs: Timestamp,
    value: Value,
    labels: Labels ?? undefined,
    comment: Comment === '' ? undefined : Comment,
  };
}

/** A total as the Gorse API shows it. */
export function showTotal(
  { type, user, item, value, firstAtMs, lastAtMs, labels, comment }: FeedbackTotal,
  { outer }: Namespace,
): z.output<typeof gorseFeedbackSchema> {
  return {
    FeedbackType: type,
    UserId: outer(user),
    ItemId: outer(item),
    Value: value,
    Timestamp: showTime(firstAtMs),
    Updated: showTime(lastAtMs),
    Labels: labels ?? null,
    Comment: comment ?? '',
  };
}

/** Totals as the Gorse API shows them; those of items outside of the namespace are left out. */
export function showTotals(
  totals: readonly FeedbackTotal[],
  namespace: Namespace,
): z.output<typeof gorseFeedbackSchema>[] {
  const { prefix } = namespace;
  return totals
    .filter(({ item }) => item.startsWith(prefix))
    .map((total) => showTotal(total, namespace));
}
