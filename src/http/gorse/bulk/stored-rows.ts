import type { Feedback, FeedbackTotal } from '../../../domain/feedback.ts';
import type { Item } from '../../../domain/item.ts';
import type { User } from '../../../domain/user.ts';
import type { Namespace } from '../namespace.ts';
import { showTime } from './lenient-time.ts';
import {
  field,
  type RawRow,
  RowMistake,
  readFlag,
  readId,
  readLabels,
  readNames,
  readNumber,
  readText,
  readTime,
} from './row-fields.ts';

/** How rows are read. */
export interface RowReading {
  readonly namespace: Namespace;
  /** Whether ids may have slashes. */
  readonly slashes: boolean;
}

/** Reads a user in Gorse's form; throws `RowMistake`. `Segment` and `Attributes` are ours. */
export function readUser(row: RawRow, { namespace, slashes }: RowReading): User {
  return {
    id: namespace.inner(readId(row, 'UserId', { slashes })),
    segment: readText(row, 'Segment'),
    attributes: readAttributes(row),
    labels: readLabels(row),
    comment: readText(row, 'Comment'),
  };
}

/** A user in Gorse's form, with what Gorse has no word for where there is some. */
export function showUser({ id, segment, attributes, labels, comment }: User, namespace: Namespace) {
  return {
    ...{ UserId: namespace.outer(id), Labels: labels ?? null, Comment: comment ?? '' },
    ...(segment !== undefined && { Segment: segment }),
    ...showAttributes(attributes),
  };
}

/** Reads an item in Gorse's form; throws `RowMistake`. `Catalog`, `ExpiresAt` and `Attributes` are ours. */
export function readItem(row: RawRow, { namespace, slashes }: RowReading): Item {
  return {
    id: namespace.inner(readId(row, 'ItemId', { slashes })),
    catalog: namespace.catalog ?? readText(row, 'Catalog') ?? 'default',
    categories: readNames(row, 'Categories'),
    attributes: readAttributes(row),
    hidden: readFlag(row, 'IsHidden'),
    publishedAtMs: readTime(row, 'Timestamp'),
    expiresAtMs: readText(row, 'ExpiresAt') === undefined ? undefined : readTime(row, 'ExpiresAt'),
    labels: readLabels(row),
    comment: readText(row, 'Comment'),
  };
}

/** An item in Gorse's form, with what Gorse has no word for where there is some. */
export function showItem(item: Item, namespace: Namespace) {
  const { id, catalog, categories, attributes, hidden, publishedAtMs, expiresAtMs } = item;
  return {
    ...{ ItemId: namespace.outer(id), IsHidden: hidden, Categories: categories },
    ...{ Timestamp: showTime(publishedAtMs), Labels: item.labels ?? null },
    Comment: item.comment ?? '',
    ...(namespace.catalog === undefined && catalog !== 'default' && { Catalog: catalog }),
    ...(expiresAtMs !== undefined && { ExpiresAt: showTime(expiresAtMs) }),
    ...showAttributes(attributes),
  };
}

/** Reads feedback in Gorse's form, for the key that it is given; throws `RowMistake`. */
export function readFeedback(
  row: RawRow,
  { namespace, slashes }: RowReading,
): Omit<Feedback, 'key'> & { readonly user: string } {
  return {
    type: readId(row, 'FeedbackType', { slashes }),
    item: namespace.inner(readId(row, 'ItemId', { slashes })),
    user: namespace.inner(readId(row, 'UserId', { slashes })),
    atMs: readTime(row, 'Timestamp'),
    value: readNumber(row, 'Value'),
    labels: readLabels(row),
    comment: readText(row, 'Comment'),
  };
}

/** Feedback in Gorse's form. */
export function showFeedback(total: FeedbackTotal, namespace: Namespace) {
  const { type, user, item, value, firstAtMs, lastAtMs, labels = null, comment = '' } = total;
  return {
    ...{ FeedbackType: type, UserId: namespace.outer(user), ItemId: namespace.outer(item) },
    ...{ Value: value, Timestamp: showTime(firstAtMs), Updated: showTime(lastAtMs) },
    ...{ Labels: labels, Comment: comment },
  };
}

function readAttributes(row: RawRow): Item['attributes'] {
  const attributes = field(row, 'Attributes') ?? {};
  if (typeof attributes !== 'object' || Array.isArray(attributes))
    throw new RowMistake(
      'Attributes is no object, expected names with text, numbers, true or false',
    );
  for (const value of Object.values(attributes))
    if (!(typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)))
      throw new RowMistake(
        'Attributes has another value, expected text, a finite number, true or false',
      );
  return attributes as Item['attributes'];
}

const showAttributes = (attributes: Item['attributes']) =>
  Object.keys(attributes).length > 0 ? { Attributes: attributes } : {};
