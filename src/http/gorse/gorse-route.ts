import { z } from 'zod';
import type { Scope } from '../../access/access-schema.ts';
import type { Door, Handle } from '../door.ts';
import type { HttpContext, RequestHead } from '../env.ts';
import { type App, addRoute, honoPath, type RouteDocument } from '../routes.ts';
import type { Namespace } from './namespace.ts';

/** Whoever calls, once the key is judged. */
export interface Caller {
  /** The ids it may name. */
  readonly namespace: Namespace;
  /** Whether it may put rows in where a route that reads does so on request. */
  readonly mayWrite: boolean;
}

/** A request of somebody who may make it. */
export interface Visit {
  readonly requestId: string;
  readonly failureHeaders: Record<string, string>;
  readonly caller: Caller;
}

/** Answers a request of the Gorse API; what it throws is told as text. */
export type GorseHandle = (c: HttpContext, visit: Visit) => Response | Promise<Response>;

/** One route of the Gorse API. */
export interface GorseRoute {
  readonly method: RouteDocument['method'];
  /** Each path leads to the handler, with a slash at its end too; the first stands in the document. */
  readonly paths: readonly string[];
  readonly operationId: string;
  readonly summary: string;
  /** Absent for routes that need no key. */
  readonly scope?: Scope;
  readonly query?: z.ZodObject;
  readonly body?: RouteDocument['body'];
  readonly uploads?: RouteDocument['uploads'];
  readonly success: {
    readonly description: string;
    readonly schema?: z.ZodType;
    readonly type?: string;
    readonly example?: unknown;
  };
  /** Statuses beside 200, 401, 403, 429 and 500, with what they mean. */
  readonly failures?: Readonly<Record<number, string>>;
}

/** Finds out who calls and whether they may; throws where they may not. */
export type Admit = (c: RequestHead, scope: Scope) => Caller;

/** What routes are added with. */
export interface GorseDoors {
  readonly door: Door;
  readonly admit: Admit;
  /** Whether keys are configured. */
  readonly hasKeys: boolean;
  /** Stands for callers of routes that need no key. */
  readonly anybody: Caller;
}

/** Adds a route to the app under each of its paths, and once to the document. */
export function addGorseRoute(
  app: App,
  route: GorseRoute,
  { handle, doors }: { readonly handle: GorseHandle; readonly doors: GorseDoors },
): void {
  const { paths, scope } = route;
  const guarded: Handle = (c, visit) => {
    const caller = scope === undefined ? doors.anybody : doors.admit(c, scope);
    return handle(c, { ...visit, caller });
  };
  addGorseHandler(app, route, { handler: doors.door(paths[0], guarded), doors });
}

/** Adds a route to the app and the document, with a handler that has a door of its own. */
export function addGorseHandler(
  app: App,
  route: GorseRoute,
  {
    handler,
    doors,
  }: {
    readonly handler: (c: HttpContext) => Response | Promise<Response>;
    readonly doors: Pick<GorseDoors, 'hasKeys'>;
  },
): void {
  const { method, paths, scope, success, failures = {} } = route;
  const needsKey = scope !== undefined && doors.hasKeys;
  const [path, ...aliases] = paths;
  addRoute(
    app,
    {
      ...{ method, path, operationId: route.operationId, tag: 'gorse', needsKey },
      summary: route.summary,
      ...(aliases.length > 0 && { description: `Also at ${aliases.join(', ')}` }),
      ...paramsOf(path),
      ...(route.query && { query: route.query }),
      ...(route.body && { body: route.body }),
      ...(route.uploads && { uploads: route.uploads }),
      success: { status: 200, ...success },
      others: textAnswers({
        ...(route.body && { 408: 'A body that came too slowly' }),
        ...failures,
        ...(needsKey && keyFailures),
        ...(scope === 'admin' && !needsKey && { 403: 'Nobody is admin where there are no keys' }),
        500: 'A failure inside',
      }),
      errors: [],
      hasPlainErrors: true,
    },
    handler,
  );
  for (const path of paths) {
    const plain = honoPath(path);
    if (path !== paths[0]) app.on(method.toUpperCase(), plain, handler);
    app.on(method.toUpperCase(), `${plain}/`, handler);
  }
}

const keyFailures = {
  401: 'No key, or a wrong one',
  403: 'A key that is not for this',
  429: 'Too much',
};

/** Each parameter of the path, as text. */
function paramsOf(path: string): Pick<RouteDocument, 'params'> {
  const names = [...path.matchAll(/\{([\w-]+)\}/g)].map(([, name]) => name);
  if (names.length === 0) return {};
  return { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) };
}

function textAnswers(
  failures: Readonly<Record<number, string>>,
): NonNullable<RouteDocument['others']> {
  const text = { 'text/plain': { schema: { type: 'string' } as const } };
  return Object.fromEntries(
    Object.entries(failures).map(([status, description]) => [
      status,
      { description, content: text },
    ]),
  );
}
