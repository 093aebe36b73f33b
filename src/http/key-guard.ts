import type { Access, Caller, Credentials, Demand } from '../access/access.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { bearerToken } from './control-token.ts';
import type { Handle } from './door.ts';
import { type HttpContext, type RequestHead, requestHeader } from './env.ts';
import type { RouteDocument } from './routes.ts';

/** Lets a request in and answers who asks, or throws; see `Access.admit`. */
export type Admit = (c: RequestHead) => Caller;

/** A handler that is told who asks. */
export type KeyedHandle = (
  c: HttpContext,
  visit: Parameters<Handle>[1],
  caller: Caller,
) => ReturnType<Handle>;

/** What stands before the routes of the query listener. */
export interface KeyGuard {
  /** The check of a route that has its own way of failing. */
  admitFor(demand: Demand): Admit;
  /** Puts the check before a handler; its door answers what it throws. */
  wrap(demand: Demand, handle: KeyedHandle): Handle;
  /** The document of a route behind it, with what it adds where keys are configured. */
  document(document: RouteDocument): RouteDocument;
}

/** What any call that needs a key may be answered with. */
export const keyErrors = [
  'SL_UNAUTHORISED',
  'SL_FORBIDDEN',
  'SL_RATE_LIMITED',
  'SL_QUOTA_EXCEEDED',
] as const satisfies readonly ErrorCode[];

/**
 * Makes the guard of the query listener. It comes before body, path and parameters are looked at, so that nobody without
 * a key learns what exists.
 *
 * @example
 * const guard = createKeyGuard(gateway.access);
 * const handle = guard.wrap({ scope: 'read' }, (c, visit, { tenant }) => json({ tenant }, visit));
 */
export function createKeyGuard(access: Access): KeyGuard {
  const admitFor =
    (demand: Demand): Admit =>
    (c) =>
      access.admit(access.isOpen ? nothing : credentialsOf(c), demand);
  return {
    admitFor,
    wrap(demand, handle) {
      const admit = admitFor(demand);
      return (c, visit) => handle(c, visit, admit(c));
    },
    document(document) {
      if (access.isOpen) return document;
      const errors = new Set<ErrorCode>([...document.errors, ...keyErrors]);
      return { ...document, errors: [...errors], needsKey: true };
    },
  };
}

const nothing: Credentials = { presented: undefined, address: '' };

/** What a request shows of its caller; `X-API-Key` goes before `Authorization: Bearer`. Cookies and the URL are not asked. */
export function credentialsOf(c: RequestHead): Credentials {
  return {
    presented: requestHeader(c, 'x-api-key') ?? bearerToken(requestHeader(c, 'authorization')),
    address: c.env?.incoming?.socket.remoteAddress ?? '',
  };
}
