import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import type { z } from 'zod';
import { type ErrorCode, errorCodes, SightlineError } from '../domain/errors.ts';
import type { Handle } from './door.ts';
import type { HttpContext, HttpEnv } from './env.ts';
import { problemSchema, shorten } from './errors.ts';

/** The kind of app that both listeners serve. */
export type App = OpenAPIHono<HttpEnv>;

type Document = Parameters<App['openAPIRegistry']['registerPath']>[0];

/** Schemas and examples of a body, by media type. */
export type UploadDocument = Readonly<
  Record<string, { readonly schema: z.ZodType; readonly example?: unknown }>
>;

/** One route as the document tells it. */
export interface RouteDocument {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With parameters in braces: `/v1/items/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: { readonly schema: z.ZodType; readonly example: unknown };
  /** A body that is not only JSON, by its media types. */
  readonly uploads?: UploadDocument;
  /** The answer of success. */
  readonly success: {
    readonly status: number;
    readonly description: string;
    readonly type?: string;
    readonly schema?: z.ZodType;
    readonly example?: unknown;
  };
  /** Other answers that are not of the form `Problem`. */
  readonly others?: Document['responses'];
  /** Whether failures are told in plain text, all of them in `others`. */
  readonly hasPlainErrors?: boolean;
  /** Every code that this route may answer with; `SL_INTERNAL` goes without saying. */
  readonly errors: readonly ErrorCode[];
  readonly needsToken?: boolean;
  /** Whether a key of the configuration is needed; the app declares `key` and `bearer`. */
  readonly needsKey?: boolean;
}

/** Adds a route to an app and to its document. */
export function addRoute(app: App, document: RouteDocument, handler: Handler<HttpEnv>): void {
  const { method, path, operationId, tag, summary, description, needsToken, needsKey } = document;
  const { params, query, body, uploads } = document;
  app.openAPIRegistry.registerPath({
    method,
    path,
    operationId,
    summary,
    tags: [tag],
    ...(description !== undefined && { description }),
    ...(needsToken && { security: [{ token: [] }] }),
    ...(needsKey && { security: [{ key: [] }, { bearer: [] }] }),
    request: {
      ...(params && { params: params as never }),
      ...(query && { query: query as never }),
      ...(uploads && { body: { content: uploads as never } }),
      ...(body && { body: { required: true, content: jsonContent(body.schema, body.example) } }),
    },
    responses: {
      [document.success.status]: successOf(document),
      ...document.others,
      ...(document.hasPlainErrors ? {} : problemsOf(document.errors)),
    },
  });
  app.on(method.toUpperCase(), honoPath(path), handler);
}

/**
 * A path with parameters in braces, as the router writes it.
 *
 * @example honoPath('/v1/items/{id}') // '/v1/items/:id'
 */
export const honoPath = (path: string): string =>
  path.replaceAll(/\{([\w-]+)\}/g, (_, name: string) => `:${name.replaceAll('-', '_')}`);

/** Answers what no route does: 405 with the methods of the path, else 404. */
export function createNotFound(app: App): Handle {
  return (c, visit) => {
    const { method, path } = c.req;
    const allowed = allowedMethods(app, path);
    if (allowed.length === 0)
      throw new SightlineError('SL_NOT_FOUND', `nothing is at ${shorten(path, 200)}`);
    const allow = allowed.join(', ');
    visit.failureHeaders.allow = allow;
    const message = `${shorten(path, 200)} has no method ${method}, expected one of ${allow}`;
    throw new SightlineError('SL_METHOD_NOT_ALLOWED', message);
  };
}

/** The methods that routes of the app have at a path. */
export function allowedMethods(app: App, path: string): string[] {
  const found = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(
    // What stands before every route is of every method.
    (method) => app.router.match(method, path)[0].some(([[, route]]) => route.method !== 'ALL'),
  );
  return found.includes('GET') ? ['HEAD', ...found] : found;
}

/** Decodes the last part of the path strictly; broken encoding must not address another id. */
export function lastPathPart(c: HttpContext): string {
  const { url } = c.req.raw;
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  return path.slice(path.lastIndexOf('/') + 1);
}

function successOf({ success }: RouteDocument): Document['responses'][string] {
  const { description, type = 'application/json', schema, example } = success;
  if (schema === undefined) return { description };
  return {
    description,
    headers: { 'x-request-id': { schema: { type: 'string' } } },
    content: { [type]: { schema, ...(example !== undefined && { example }) } },
  };
}

const jsonContent = (schema: z.ZodType, example: unknown) => ({
  'application/json': { schema, example },
});

/** One response a status, with one example a code. */
function problemsOf(codes: readonly ErrorCode[]): Document['responses'] {
  const responses: Document['responses'] = {
    default: {
      description: 'Any other failure',
      content: { 'application/json': { schema: problemSchema } },
    },
  };
  for (const [status, group] of Object.entries(Object.groupBy(codes, statusOf))) {
    responses[status] = {
      description: group!.map((code) => `${code}: ${errorCodes[code].advice}`).join('; '),
      content: {
        'application/json': {
          schema: problemSchema,
          examples: Object.fromEntries(group!.map((code) => [code, { value: exampleOf(code) }])),
        },
      },
    };
  }
  return responses;
}

const statusOf = (code: ErrorCode) => errorCodes[code].status;

const exampleOf = (code: ErrorCode) => ({
  code,
  message: errorCodes[code].advice,
  path: null,
  request_id: '4bf92f3577b34da6a3ce929d0e0e4736',
});
