import { z } from 'zod';
import { label } from '../identifier.ts';

type Attributes = Readonly<Record<string, string | number | boolean>>;

const maxAttributes = 200;
const value = z.union([z.string().max(1024), z.number(), z.boolean()], {
  error: 'is no attribute value, expected a text of at most 1024 characters, a number or a boolean',
});

const fewEnough = (attributes: object) => Object.keys(attributes).length <= maxAttributes;
const tooMany = `has too many attributes, expected at most ${maxAttributes}`;

/** Named values of an item or user. */
export const attributesSchema = z.record(label, value).refine(fewEnough, tooMany);

/** Changes of attributes: a value replaces, null removes, what is not named stays. */
export const attributesPatchSchema = z.record(label, value.nullable()).refine(fewEnough, tooMany);

/** The attributes after a change, as in JSON Merge Patch (RFC 7396). */
export function mergeAttributes(
  attributes: Attributes,
  patch: z.output<typeof attributesPatchSchema> | undefined,
): Attributes {
  const merged = Object.entries({ ...attributes, ...patch }).filter(([, value]) => value !== null);
  return Object.fromEntries(merged) as Attributes;
}
