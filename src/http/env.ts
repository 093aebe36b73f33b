import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

/** What a handler may find beside the request: Node's own objects when a socket is behind it. */
export interface HttpEnv {
  Bindings: Partial<HttpBindings>;
}

/** The context that every handler of this room gets. */
export type HttpContext = Context<HttpEnv>;

/** What is known of a request before it has a context; every context is one. */
export interface RequestHead {
  readonly env: HttpEnv['Bindings'];
  readonly req: {
    readonly method: string;
    readonly path: string;
    /** Asked where no socket is behind the request. */
    readonly raw?: Pick<Request, 'headers'>;
  };
}

/** One request header by its lower-case name; several of the same name read as one, joined by commas. */
export function requestHeader(c: RequestHead, name: string): string | undefined {
  const incoming = c.env?.incoming;
  if (incoming === undefined) return c.req.raw?.headers.get(name) ?? undefined;
  const value = incoming.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
