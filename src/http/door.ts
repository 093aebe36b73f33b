import type { Clock } from '../domain/clock.ts';
import { adoptRequestId } from '../telemetry/context.ts';
import type { Emit } from '../telemetry/facts.ts';
import { type HttpContext, requestHeader } from './env.ts';
import { asClientError, problem } from './errors.ts';

/** What a door gives to the handler behind it. */
interface Visit {
  readonly requestId: string;
  /** Headers for the answer, should the handler throw. */
  readonly failureHeaders: Record<string, string>;
}

/** Answers a request; what it throws becomes the answer of `problem`. */
export type Handle = (c: HttpContext, visit: Visit) => Response | Promise<Response>;

/** Wraps the handler of a route. */
export type Door = (route: string, handle: Handle) => (c: HttpContext) => Promise<Response>;

/** What a door is made with. */
interface DoorOptions {
  readonly emit: Emit;
  readonly clock: Clock;
  /** The answer to a request that failed; `problem` unless given. */
  readonly refuse?: typeof problem;
}

/**
 * Makes the wrapper of all routes but recommend: it gives the request its id, turns failures into
 * answers and says `http.finished`.
 */
export function createDoor({ emit, clock, refuse = problem }: DoorOptions): Door {
  return (route, handle) => async (c) => {
    const startedAt = clock.monotonic();
    const requestId = adoptRequestId(requestHeader(c, 'x-request-id'), emit);
    const visit: Visit = { requestId, failureHeaders: {} };
    let errorType = '';
    let response: Response;
    try {
      response = await handle(c, visit);
    } catch (cause) {
      const error = asClientError(cause);
      errorType = error.code;
      if (error.status >= 500) emit('server.failed', { code: error.code, cause });
      response = refuse(error, { requestId, headers: visit.failureHeaders });
    }
    const { status } = response;
    const seconds = (clock.monotonic() - startedAt) / 1000;
    emit('http.finished', { method: c.req.method, route, status, seconds, errorType });
    return response;
  };
}
