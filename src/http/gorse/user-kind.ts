import { z } from 'zod';
import type { Labels } from '../../domain/labels.ts';
import type { User } from '../../domain/user.ts';
import type { Gateway } from '../../gateway.ts';
import { attributes, createRowReader, labels, optional, text } from './go-json.ts';
import type { Namespace } from './namespace.ts';
import { rowId } from './row-id.ts';
import type { GorseRowKind, RowPlace } from './row-kind.ts';
import { commentSchema, idSchema, labelsSchema, shownLabels } from './row-schemas.ts';

interface UserInput {
  readonly UserId: string;
  /** Undefined for none in imports: then the attributes show. */
  readonly Labels: Labels | undefined;
  readonly Comment: string;
  /** Of imports alone. */
  readonly Segment?: string | undefined;
  readonly Attributes?: User['attributes'] | undefined;
}

interface UserPatch {
  readonly Labels: Labels | undefined;
  readonly Comment: string | undefined;
}

const inputSchema = z
  .looseObject({
    UserId: idSchema,
    Labels: labelsSchema.optional(),
    Comment: commentSchema.optional(),
  })
  .meta({ id: 'GorseUserInput', description: 'A user to put in or replace' });

const patchSchema = z
  .looseObject({ Labels: labelsSchema.optional(), Comment: commentSchema.nullable().optional() })
  .meta({ id: 'GorseUserPatch', description: 'What of a user changes; null for what stays' });

/** A user as the Gorse API shows it. */
export const gorseUserSchema = z
  .strictObject({ UserId: z.string(), Labels: labelsSchema, Comment: z.string() })
  .meta({ id: 'GorseUser', description: 'Somebody who receives recommendations' });

const example = { UserId: 'U1', Labels: { country: 'PL', interests: ['hiking'] }, Comment: 'VIP' };

/** The users in the Gorse API. What Gorse cannot say, as the segment, stays when a user is replaced. */
export function createUserKind(gateway: Gateway): GorseRowKind<'users', UserInput, UserPatch> {
  const fields = { UserId: rowId, Labels: labels, Comment: text };
  return {
    ...{ table: 'users', singular: 'user', listName: 'Users', unknown: 'SL_USER_UNKNOWN' },
    schemas: { input: inputSchema, patch: patchSchema, shown: gorseUserSchema },
    examples: { input: example, patch: { Comment: 'moved' }, shown: example },
    readInput: createRowReader<UserInput>(fields),
    readImport: createRowReader<UserInput>({
      ...fields,
      Labels: optional(labels),
      Segment: optional(text),
      Attributes: optional(attributes),
    }),
    readPatch: createRowReader<UserPatch>({ Labels: optional(labels), Comment: optional(text) }),
    idOf: ({ UserId }) => UserId,
    toRow,
    blank: (id) => ({ id, attributes: {}, labels: null }),
    merge: (user, { Labels = user.labels, Comment = user.comment }) => ({
      ...user,
      labels: Labels,
      comment: Comment,
    }),
    show: showGorseUser,
    put: (users) => gateway.putUsers(users),
    forget: (id) => gateway.forgetUser(id),
  };
}

function toRow(
  { UserId, Labels, Comment, Segment, Attributes }: UserInput,
  { namespace, before }: RowPlace<'users'>,
): User {
  return {
    id: namespace.inner(UserId),
    segment: Segment || before?.segment,
    attributes: Attributes ?? before?.attributes ?? {},
    labels: Labels,
    comment: Comment,
  };
}

/** A row as the Gorse API shows it. */
export function showGorseUser(user: User, namespace: Namespace): z.output<typeof gorseUserSchema> {
  return {
    UserId: namespace.outer(user.id),
    Labels: shownLabels(user),
    Comment: user.comment ?? '',
  };
}

/** All of a row, as imports read it: with what Gorse has no word for, where there is some. */
export function showWholeUser(user: User, namespace: Namespace): object {
  const { segment, attributes, labels = null } = user;
  return {
    ...showGorseUser(user, namespace),
    Labels: labels,
    ...(segment !== undefined && { Segment: segment }),
    ...(Object.keys(attributes).length > 0 && { Attributes: attributes }),
  };
}
