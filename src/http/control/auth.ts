import { SightlineError } from '../../domain/errors.ts';
import { bearerToken, createTokenCheck } from '../control-token.ts';
import type { Handle } from '../door.ts';
import { type HttpContext, requestHeader } from '../env.ts';

/** Guards of the control port: one for routes that read, one for routes that change state. */
export interface Guards {
  reads(handle: Handle): Handle;
  changes(handle: Handle): Handle;
}

/**
 * Makes the guards. With a token, changes need it and reads do not. Without one, nobody may change
 * anything, and only callers on the same machine may read. Both answer `SL_UNAUTHORISED` otherwise.
 */
export function createGuards(token: string | undefined): Guards {
  const isToken = createTokenCheck(token);
  return {
    reads: (handle) => (c, visit) => {
      if (isToken === undefined && !isLocal(c))
        throw refused(
          'reading from another machine needs a control token, which is not configured',
        );
      return handle(c, visit);
    },
    changes: (handle) => (c, visit) => {
      if (isToken === undefined)
        throw refused('changing state needs a control token, which is not configured');
      if (!isToken(bearerToken(requestHeader(c, 'authorization'))))
        throw refused('token is missing or wrong, expected the control token');
      return handle(c, visit);
    },
  };
}

/** Whether the caller is on this machine; a call without a socket comes from this process. */
function isLocal(c: HttpContext): boolean {
  const incoming = c.env?.incoming;
  if (incoming === undefined) return true;
  return /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/.test(incoming.socket.remoteAddress ?? '');
}

function refused(message: string): SightlineError {
  return new SightlineError('SL_UNAUTHORISED', message, { path: 'authorization' });
}
