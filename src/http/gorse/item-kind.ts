import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import type { Item } from '../../domain/item.ts';
import type { Labels } from '../../domain/labels.ts';
import type { Gateway } from '../../gateway.ts';
import { isIdentifier } from '../identifier.ts';
import {
  attributes,
  createRowReader,
  flag,
  labels,
  lenientTime,
  optional,
  type ReadField,
  strictTime,
  text,
  texts,
} from './go-json.ts';
import { showTime, zeroTimeMs } from './go-time.ts';
import type { Namespace } from './namespace.ts';
import { rowId } from './row-id.ts';
import type { GorseRowKind, RowPlace } from './row-kind.ts';
import {
  commentSchema,
  idSchema,
  labelsSchema,
  lenientTimeSchema,
  shownLabels,
} from './row-schemas.ts';

interface ItemInput {
  readonly ItemId: string;
  readonly IsHidden: boolean;
  readonly Categories: readonly string[];
  /** Epoch milliseconds. */
  readonly Timestamp: number;
  /** Undefined for none in imports: then the attributes show. */
  readonly Labels: Labels | undefined;
  readonly Comment: string;
  /** Of imports alone. */
  readonly Catalog?: string | undefined;
  readonly ExpiresAt?: number | undefined;
  readonly Attributes?: Item['attributes'] | undefined;
}

type ItemPatch = {
  readonly [Field in 'IsHidden' | 'Categories' | 'Timestamp' | 'Labels' | 'Comment']:
    | ItemInput[Field]
    | undefined;
};

const maxCategories = 1000;
const categoriesSchema = z.array(z.string().min(1).max(512)).max(maxCategories).nullable();

const inputSchema = z
  .looseObject({
    ItemId: idSchema,
    IsHidden: z.boolean().optional(),
    Categories: categoriesSchema.optional(),
    Timestamp: lenientTimeSchema.optional(),
    Labels: labelsSchema.optional(),
    Comment: commentSchema.optional(),
  })
  .meta({ id: 'GorseItemInput', description: 'An item to put in or replace' });

const patchSchema = z
  .looseObject({
    IsHidden: z.boolean().nullable().optional(),
    Categories: categoriesSchema.optional(),
    Timestamp: z.iso.datetime({ offset: true }).nullable().optional(),
    Labels: labelsSchema.optional(),
    Comment: commentSchema.nullable().optional(),
  })
  .meta({ id: 'GorseItemPatch', description: 'What of an item changes; null for what stays' });

/** An item as the Gorse API shows it. */
export const gorseItemSchema = z
  .strictObject({
    ItemId: z.string(),
    IsHidden: z.boolean(),
    Categories: z.array(z.string()).nullable().meta({ description: 'Null for none' }),
    Timestamp: z.iso.datetime(),
    Labels: labelsSchema,
    Comment: z.string(),
  })
  .meta({ id: 'GorseItem', description: 'One thing that can be recommended' });

const example = {
  ItemId: 'A1',
  IsHidden: false,
  Categories: ['boots'],
  Timestamp: '2026-01-31T09:00:00Z',
  Labels: { colour: 'brown', embedding: [0.1, 0.2, 0.3] },
  Comment: 'Brown winter boots',
};

/**
 * The items in the Gorse API. What Gorse cannot say, as the catalogue, the attributes and the end of an item, stays
 * when an item is replaced; the labels then take the place of the attributes in what is shown.
 */
export function createItemKind(gateway: Gateway): GorseRowKind<'items', ItemInput, ItemPatch> {
  const fields = {
    ...{ ItemId: rowId, IsHidden: flag, Categories: categories, Timestamp: lenientTime },
    ...{ Labels: labels, Comment: text },
  };
  return {
    ...{ table: 'items', singular: 'item', listName: 'Items', unknown: 'SL_ITEM_UNKNOWN' },
    schemas: { input: inputSchema, patch: patchSchema, shown: gorseItemSchema },
    examples: { input: example, patch: { IsHidden: true }, shown: example },
    readInput: createRowReader<ItemInput>(fields),
    readImport: createRowReader<ItemInput>({
      ...fields,
      Labels: optional(labels),
      Catalog: optional(text),
      ExpiresAt: optional(lenientTime),
      Attributes: optional(attributes),
    }),
    readPatch: createRowReader<ItemPatch>({
      IsHidden: optional(flag),
      Categories: optional(categories),
      Timestamp: optional(strictTime),
      Labels: optional(labels),
      Comment: optional(text),
    }),
    idOf: ({ ItemId }) => ItemId,
    toRow,
    blank: (id, namespace) => ({
      ...{ id, catalog: namespace.catalog ?? 'default', categories: [], attributes: {} },
      ...{ hidden: false, publishedAtMs: zeroTimeMs, labels: null },
    }),
    merge: mergeItem,
    show: showGorseItem,
    put: (items) => gateway.putItems(items),
    forget: (id) => gateway.forgetItem(id),
  };
}

/** A row as the Gorse API shows it. */
export function showGorseItem(item: Item, namespace: Namespace): z.output<typeof gorseItemSchema> {
  return {
    ItemId: namespace.outer(item.id),
    IsHidden: item.hidden,
    Categories: item.categories.length === 0 ? null : [...item.categories],
    Timestamp: showTime(item.publishedAtMs),
    Labels: shownLabels(item),
    Comment: item.comment ?? '',
  };
}

/** All of a row, as imports read it: with what Gorse has no word for, where there is some. */
export function showWholeItem(item: Item, namespace: Namespace): object {
  const { catalog, expiresAtMs, attributes, labels = null } = item;
  return {
    ...showGorseItem(item, namespace),
    Labels: labels,
    ...(namespace.catalog === undefined && catalog !== 'default' && { Catalog: catalog }),
    ...(expiresAtMs !== undefined && { ExpiresAt: showTime(expiresAtMs) }),
    ...(Object.keys(attributes).length > 0 && { Attributes: attributes }),
  };
}

const categories: ReadField<readonly string[]> = (given, field) => {
  const read = texts(given, field);
  if (read.length <= maxCategories && read.every(isIdentifier)) return read;
  const message = `${field} are wrong, expected at most ${maxCategories} texts of 1 to 512 bytes without control characters`;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: field });
};

function toRow(input: ItemInput, { namespace, before }: RowPlace<'items'>): Item {
  const { ItemId, IsHidden, Categories, Timestamp, Labels, Comment, ...more } = input;
  return {
    id: namespace.inner(ItemId),
    catalog: namespace.catalog ?? (more.Catalog || (before?.catalog ?? 'default')),
    categories: Categories,
    attributes: more.Attributes ?? before?.attributes ?? {},
    hidden: IsHidden,
    publishedAtMs: Timestamp,
    expiresAtMs: more.ExpiresAt ?? before?.expiresAtMs,
    labels: Labels,
    comment: Comment,
  };
}

function mergeItem(item: Item, patch: ItemPatch): Item {
  const { IsHidden, Categories, Timestamp, Labels, Comment } = patch;
  return {
    ...item,
    hidden: IsHidden ?? item.hidden,
    categories: Categories ?? item.categories,
    publishedAtMs: Timestamp ?? item.publishedAtMs,
    labels: Labels ?? item.labels,
    comment: Comment ?? item.comment,
  };
}
