import { z } from 'zod';
import type { Clock } from '../../domain/clock.ts';
import type { Item } from '../../domain/item.ts';
import type { Gateway } from '../../gateway.ts';
import { identifier, label } from '../identifier.ts';
import { instant, isoTime } from '../instant.ts';
import { attributesPatchSchema, attributesSchema, mergeAttributes } from './attributes.ts';
import { noteFields, noteInputs, readNotes, showNotes } from './labels.ts';
import type { RowKind } from './row-kind.ts';

const hidden = z.boolean().meta({ description: 'Hidden items are never served, on any path' });
const categories = z.array(label).max(100);
const expiresAt = instant.nullable().meta({ description: 'After this the item is never served' });

/** An item as it is put in. */
const itemInputSchema = z
  .strictObject({
    id: identifier,
    catalog: label.default('default'),
    categories: categories.default([]),
    attributes: attributesSchema.default({}),
    hidden: hidden.default(false),
    published_at: instant.optional().meta({ description: 'Now when left out' }),
    expires_at: expiresAt.optional(),
    ...noteInputs,
  })
  .meta({ id: 'ItemInput', description: 'An item to put in or replace' });

/** What of an item may change; what is left out stays. */
const itemPatchSchema = z
  .strictObject({
    catalog: label.optional(),
    categories: categories.optional(),
    attributes: attributesPatchSchema.optional(),
    hidden: hidden.optional(),
    published_at: instant.optional(),
    expires_at: expiresAt.optional(),
    ...noteInputs,
  })
  .meta({ id: 'ItemPatch', description: 'What of an item changes' });

/** An item as it is read. */
const itemSchema = z
  .strictObject({
    id: z.string(),
    catalog: z.string(),
    categories: z.array(z.string()),
    attributes: attributesSchema,
    hidden: z.boolean(),
    published_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable(),
    ...noteFields,
  })
  .meta({ id: 'Item', description: 'One thing that can be recommended' });

/** The row of an item that was put in. */
function toItem(input: z.output<typeof itemInputSchema>, nowMs: number): Item {
  const { published_at = nowMs, expires_at, ...rest } = input;
  const expiresAtMs = expires_at ?? undefined;
  return { ...rest, ...readNotes(input), publishedAtMs: published_at, expiresAtMs };
}

/** The row after a change. */
function mergeItem(item: Item, patch: z.output<typeof itemPatchSchema>): Item {
  const { catalog, categories, hidden, attributes, published_at, expires_at } = patch;
  return {
    ...item,
    catalog: catalog ?? item.catalog,
    categories: categories ?? item.categories,
    attributes: mergeAttributes(item.attributes, attributes),
    hidden: hidden ?? item.hidden,
    publishedAtMs: published_at ?? item.publishedAtMs,
    ...readNotes(patch, item),
    expiresAtMs: expires_at === undefined ? item.expiresAtMs : (expires_at ?? undefined),
  };
}

/** A row as it is shown. */
function showItem(item: Item): z.output<typeof itemSchema> {
  const { id, catalog, categories, attributes, hidden, publishedAtMs, expiresAtMs } = item;
  return {
    id,
    catalog,
    categories: [...categories],
    attributes,
    hidden,
    published_at: isoTime(publishedAtMs),
    expires_at: expiresAtMs === undefined ? null : isoTime(expiresAtMs),
    ...showNotes(item),
  };
}

/** The items of the catalogue, as a keyed table of the query port. */
export function createItemKind(
  gateway: Gateway,
  clock: Clock,
): RowKind<'items', typeof itemInputSchema, typeof itemPatchSchema> {
  return {
    table: 'items',
    singular: 'item',
    unknown: 'SL_ITEM_UNKNOWN',
    input: itemInputSchema,
    patch: itemPatchSchema,
    shown: itemSchema,
    examples: {
      input: {
        id: 'A1',
        catalog: 'shoes',
        categories: ['boots'],
        attributes: { colour: 'brown', price: 129 },
      },
      patch: { hidden: true },
      shown: {
        id: 'A1',
        catalog: 'shoes',
        categories: ['boots'],
        attributes: { colour: 'brown', price: 129 },
        hidden: true,
        published_at: '2026-01-31T09:00:00.000Z',
        expires_at: null,
      },
    },
    toRow: (input) => toItem(input, clock.now()),
    merge: mergeItem,
    show: showItem,
    put: (items) => gateway.putItems(items),
    remove: (id) => gateway.deleteItem(id),
  };
}
