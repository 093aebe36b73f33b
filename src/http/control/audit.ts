import type { SightlineError } from '../../domain/errors.ts';
import type { Emit, Facts } from '../../telemetry/facts.ts';
import type { Handle } from '../door.ts';
import { type HttpContext, requestHeader } from '../env.ts';
import { asClientError, shorten } from '../errors.ts';

type Call = Facts['control.denied'];

/**
 * Wraps the handler of a route that needs the token, guard and all: each call becomes one fact that says what was
 * asked, by whom and how it ended. The token itself is in none of them.
 */
export function audited(action: string, handle: Handle, emit: Emit): Handle {
  return async (c, visit) => {
    try {
      const response = await handle(c, visit);
      emit('control.changed', { ...callOf(c, action, visit.requestId), outcome: 'done', code: '' });
      return response;
    } catch (cause) {
      tellFailure(asClientError(cause), callOf(c, action, visit.requestId), emit);
      throw cause;
    }
  };
}

function tellFailure({ code, status }: SightlineError, call: Call, emit: Emit): void {
  if (code === 'SL_RATE_LIMITED') emit('control.limited', { action: call.action });
  else if (code === 'SL_UNAUTHORISED')
    emit('control.denied', { ...call, token: call.token === 'missing' ? 'missing' : 'wrong' });
  else emit('control.changed', { ...call, outcome: status < 500 ? 'refused' : 'failed', code });
}

function callOf(c: HttpContext, action: string, requestId: string): Call {
  return {
    action,
    path: shorten(c.req.path, 200),
    requestId,
    address: c.env?.incoming?.socket.remoteAddress ?? '',
    token: requestHeader(c, 'authorization') === undefined ? 'missing' : 'control',
  };
}
