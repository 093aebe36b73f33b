import { z } from 'zod';
import type { ErrorCode } from '../../domain/errors.ts';
import { identifier } from '../identifier.ts';
import type { ParameterKind } from '../query-string.ts';
import type { RouteDocument } from '../routes.ts';
import type { RowKind } from './row-kind.ts';

/** The most rows one POST may bring; the limit of a body usually comes first. */
export const maxRows = 10_000;

/** The parameters of a list. */
export const pageSchema = z.strictObject({
  cursor: z
    .string()
    .max(1000)
    .optional()
    .meta({ description: 'The next_cursor of the page before; none for the first page' }),
  limit: z.int().min(1).max(1000).default(100).meta({ description: 'Rows of a page' }),
});

/** How the parameters of a list are read. */
export const pageParameters: Readonly<Record<keyof z.input<typeof pageSchema>, ParameterKind>> = {
  cursor: 'text',
  limit: 'number',
};

const inputErrors = ['SL_REQUEST_MALFORMED', 'SL_REQUEST_INVALID'] as const;
const bodyErrors = [...inputErrors, 'SL_REQUEST_TOO_LARGE', 'SL_MEDIA_TYPE'] as const;
const readErrors = ['SL_STORE_UNAVAILABLE'] as const;
const writeErrors = ['SL_STORE_UNAVAILABLE', 'SL_STORE_FULL'] as const;
const params = z.object({ id: identifier });

/** The documents of the five routes of a keyed table. */
export function documentRows(
  kind: RowKind,
): Readonly<Record<'put' | 'list' | 'read' | 'change' | 'remove', RouteDocument>> {
  return {
    put: documentPut(kind),
    list: documentList(kind),
    read: documentRead(kind),
    change: documentChange(kind),
    remove: documentRemove(kind),
  };
}

function documentPut({ table, singular, input, examples }: RowKind): RouteDocument {
  return {
    method: 'post',
    path: `/v1/${table}`,
    operationId: `put${title(table)}`,
    tag: table,
    summary: `Put in or replace ${table}`,
    description: `Takes one ${singular} or an array of ${table}; all are durable when it answers.`,
    body: {
      schema: z.union([input, z.array(input).min(1).max(maxRows)]),
      example: [examples.input],
    },
    success: {
      status: 200,
      description: `How many ${table} were put in`,
      schema: z.strictObject({ accepted: z.int() }),
      example: { accepted: 1 },
    },
    errors: [...bodyErrors, ...writeErrors],
  };
}

function documentList({ table, shown, examples }: RowKind): RouteDocument {
  return {
    method: 'get',
    path: `/v1/${table}`,
    operationId: `list${title(table)}`,
    tag: table,
    summary: `List ${table} by id, page by page`,
    query: pageSchema,
    success: {
      status: 200,
      description: `A page of ${table}`,
      schema: z.strictObject({ [table]: z.array(shown), next_cursor: z.string().nullable() }),
      example: { [table]: [examples.shown], next_cursor: null },
    },
    errors: [...inputErrors, ...readErrors],
  };
}

function documentRead(kind: RowKind): RouteDocument {
  return documentOne(kind, {
    method: 'get',
    operationId: `read${title(kind.singular)}`,
    summary: `Read one ${kind.singular}`,
    errors: [...inputErrors, kind.unknown, ...readErrors],
  });
}

function documentChange(kind: RowKind): RouteDocument {
  return documentOne(kind, {
    method: 'patch',
    operationId: `change${title(kind.singular)}`,
    summary: `Change fields of one ${kind.singular}`,
    description: 'What is left out stays. Attributes are merged; null removes one.',
    body: { schema: kind.patch, example: kind.examples.patch },
    errors: [...bodyErrors, kind.unknown, ...writeErrors],
  });
}

function documentRemove(kind: RowKind): RouteDocument {
  return documentOne(kind, {
    method: 'delete',
    operationId: `delete${title(kind.singular)}`,
    summary: `Delete one ${kind.singular}`,
    success: { status: 204, description: 'It is gone' },
    errors: [...inputErrors, kind.unknown, ...writeErrors],
  });
}

function documentOne(
  { table, singular, shown, examples }: RowKind,
  own: Pick<RouteDocument, 'method' | 'operationId' | 'summary'> &
    Partial<RouteDocument> & { readonly errors: readonly ErrorCode[] },
): RouteDocument {
  return {
    path: `/v1/${table}/{id}`,
    tag: table,
    params,
    success: {
      status: 200,
      description: `The ${singular} as it is now`,
      schema: shown,
      example: examples.shown,
    },
    ...own,
  };
}

const title = (word: string) => `${word[0].toUpperCase()}${word.slice(1)}`;
