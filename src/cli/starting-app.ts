import { errorCodes } from '../domain/errors.ts';
import type { Served } from '../http/listen.ts';

/** A listener's app that can be put in its place later. */
export interface LateApp extends Served {
  set(app: Served): void;
}

/**
 * An app that says it is starting until the real one is set. It lets the ports be taken before minutes of
 * training, and tells a living process from a ready one: `/healthz` is 200, everything else 503.
 *
 * @example
 * const app = createLateApp();
 * app.set(createQueryApp(gateway));
 */
export function createLateApp(): LateApp {
  let served: Served = { fetch: answerStarting };
  return {
    fetch: (request, env) => served.fetch(request, env),
    answerEarly: (incoming, outgoing) => served.answerEarly?.(incoming, outgoing) ?? false,
    set: (app) => {
      served = app;
    },
  };
}

function answerStarting(request: Request): Response {
  const { pathname } = new URL(request.url);
  if (pathname === '/healthz') return Response.json({ status: 'ok' });
  const headers = { 'retry-after': '1' };
  if (pathname === '/readyz') {
    return Response.json({ ready: false, reasons: ['starting'] }, { status: 503, headers });
  }
  const { status, advice } = errorCodes.SL_STARTING;
  const body = { code: 'SL_STARTING', message: advice, path: null, request_id: '' };
  return Response.json(body, { status, headers });
}
