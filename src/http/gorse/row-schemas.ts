import { z } from 'zod';
import type { Item } from '../../domain/item.ts';
import type { Labels } from '../../domain/labels.ts';
import type { User } from '../../domain/user.ts';

/** An id, in the document. */
export const idSchema = z.string().min(1).max(512);

/** Labels, in the document. */
export const labelsSchema = z
  .any()
  .meta({ description: 'Null, text, a number, a list of either, or names with any of these' });

/** A comment, in the document. */
export const commentSchema = z.string().meta({ description: 'Free text for people' });

/** A time that may be written in many forms, in the document. */
export const lenientTimeSchema = z.string().meta({
  description: 'A time in any usual form, RFC 3339 or the epoch in seconds as text among them',
});

/** What answers how many rows a call was about. */
export const successSchema = z
  .strictObject({ RowAffected: z.int() })
  .meta({ id: 'GorseSuccess', description: 'How many rows the call was about' });

/** Labels of a row as they are shown: those that the Gorse API brought, else the attributes that others gave. */
export function shownLabels({ labels, attributes }: Item | User): Labels | Item['attributes'] {
  if (labels !== undefined) return labels;
  return Object.keys(attributes).length > 0 ? attributes : null;
}
