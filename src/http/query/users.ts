import { z } from 'zod';
import type { User } from '../../domain/user.ts';
import type { Gateway } from '../../gateway.ts';
import { identifier, label } from '../identifier.ts';
import { attributesPatchSchema, attributesSchema, mergeAttributes } from './attributes.ts';
import { noteFields, noteInputs, readNotes, showNotes } from './labels.ts';
import type { RowKind } from './row-kind.ts';

const segment = label.nullable().optional().meta({ description: 'User segment; null for none' });

/** A user as it is put in. */
const userInputSchema = z
  .strictObject({
    id: identifier,
    segment,
    attributes: attributesSchema.default({}),
    ...noteInputs,
  })
  .meta({ id: 'UserInput', description: 'A user to put in or replace' });

/** What of a user may change; what is left out stays. */
const userPatchSchema = z
  .strictObject({ segment, attributes: attributesPatchSchema.optional(), ...noteInputs })
  .meta({ id: 'UserPatch', description: 'What of a user changes' });

/** A user as it is read. */
const userSchema = z
  .strictObject({
    id: z.string(),
    segment: z.string().nullable(),
    attributes: attributesSchema,
    ...noteFields,
  })
  .meta({ id: 'User', description: 'Somebody who receives recommendations' });

/** The row of a user that was put in. */
function toUser(input: z.output<typeof userInputSchema>): User {
  const { id, segment, attributes } = input;
  return { id, segment: segment ?? undefined, attributes, ...readNotes(input) };
}

/** The row after a change. */
function mergeUser(user: User, patch: z.output<typeof userPatchSchema>): User {
  return {
    ...user,
    segment: patch.segment === undefined ? user.segment : (patch.segment ?? undefined),
    attributes: mergeAttributes(user.attributes, patch.attributes),
    ...readNotes(patch, user),
  };
}

/** A row as it is shown. */
function showUser(user: User): z.output<typeof userSchema> {
  const { id, segment, attributes } = user;
  return { id, segment: segment ?? null, attributes, ...showNotes(user) };
}

/** The users, as a keyed table of the query port. */
export function createUserKind(
  gateway: Gateway,
): RowKind<'users', typeof userInputSchema, typeof userPatchSchema> {
  return {
    table: 'users',
    singular: 'user',
    unknown: 'SL_USER_UNKNOWN',
    input: userInputSchema,
    patch: userPatchSchema,
    shown: userSchema,
    examples: {
      input: { id: 'U1', segment: 'new', attributes: { country: 'PL' } },
      patch: { segment: 'vip' },
      shown: { id: 'U1', segment: 'vip', attributes: { country: 'PL' } },
    },
    toRow: toUser,
    merge: mergeUser,
    show: showUser,
    put: (users) => gateway.putUsers(users),
    remove: (id) => gateway.deleteUser(id),
  };
}
