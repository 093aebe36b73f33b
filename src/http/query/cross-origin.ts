import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { CorsOptions } from '../../access/access-schema.ts';
import type { Door } from '../door.ts';
import type { HttpEnv } from '../env.ts';

/** Headers of requests that pages may set. */
const allowHeaders = [
  ...['content-type', 'accept', 'authorization', 'x-api-key', 'x-api-version', 'x-request-id'],
  ...['traceparent', 'tracestate', 'baggage', 'x-request-timeout-ms'],
  ...['x-sightline-priority', 'x-sightline-when-shed'],
];

/** Headers of answers that pages may read. */
const exposeHeaders = [
  ...['x-request-id', 'retry-after', 'last-modified'],
  ...['x-sightline-generation', 'x-sightline-strategy', 'x-sightline-fallback-reason'],
];

/**
 * Makes the middleware that lets the pages of the configured origins call (CORS). A preflight is answered with 204 before
 * any key is asked for: browsers send none with it. Cookies are never allowed.
 */
export function createCrossOrigin(
  { origins, maxAgeSeconds }: CorsOptions,
  door: Door,
): MiddlewareHandler<HttpEnv> {
  const middleware = cors({
    origin: origins.includes('*') ? '*' : [...origins],
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    maxAge: maxAgeSeconds,
    allowHeaders,
    exposeHeaders,
  });
  const preflight = door('', async (c) => (await middleware(c, async () => {})) as Response);
  return (c, next) => (c.req.method === 'OPTIONS' ? preflight(c) : middleware(c, next));
}
