import type { App } from '../../src/http/routes.ts';

/** An answer, with its JSON body read; the type is the caller's claim. */
export interface Called<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** What goes with a request. */
export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a socket would have brought. */
  readonly env?: object;
}

/** Asks an app without a socket. A body that is neither text nor bytes is sent as JSON. */
export async function call<Body = Record<string, unknown>>(
  app: App,
  request: string,
  { body, headers, env }: CallOptions = {},
): Promise<Called<Body>> {
  const [method, path] = request.split(' ', 2);
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await app.request(
    path,
    {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: (raw ? body : JSON.stringify(body)) as string }),
    },
    env,
  );
  const text = await response.text();
  const isJson = text !== '' && response.headers.get('content-type') === 'application/json';
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson ? JSON.parse(text) : text) as Body,
  };
}
