import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import { isLoopback } from '../../domain/loopback.ts';
import { createTokenBucket, type TokenBucket } from '../../domain/token-bucket.ts';
import { bearerToken, createTokenCheck, type IsToken } from '../control-token.ts';
import type { Handle } from '../door.ts';
import { type HttpContext, requestHeader } from '../env.ts';

/** Guards of the control port: one for routes that read, one for routes that change state or show people's data. */
export interface Guards {
  reads(handle: Handle): Handle;
  changes(handle: Handle): Handle;
}

/** What the guards need beside the token. */
export interface GuardOptions {
  readonly clock: Clock;
  /** Changes a second in the long run; ten times as many may come at once. */
  readonly changesPerSecond: number;
}

/** Calls without the right token: a typing mistake is forgiven, guessing is slow. */
const failedCalls = { burst: 10, perSecond: 0.2 } as const;
const burstSeconds = 10;

/**
 * Makes the guards. With a token, changes need it and reads do not. Without one, nobody may change
 * anything, and only callers on the same machine may read. Both answer `SL_UNAUTHORISED` otherwise.
 * Too many changes, or too many calls without the right token, are `SL_RATE_LIMITED` for a while; a call that
 * is refused for the latter is not looked at. This machine and all others are counted apart, so that whoever
 * guesses from elsewhere does not lock out an operator at the machine.
 */
export function createGuards(
  token: string | undefined,
  { clock, changesPerSecond }: GuardOptions,
): Guards {
  const isToken = createTokenCheck(token);
  const failed = {
    here: createTokenBucket({ ...failedCalls, clock }),
    elsewhere: createTokenBucket({ ...failedCalls, clock }),
  };
  const changed = createTokenBucket({
    burst: Math.max(1, changesPerSecond * burstSeconds),
    perSecond: changesPerSecond,
    clock,
  });
  return {
    reads: (handle) => (c, visit) => {
      if (isToken === undefined && !isLocal(c))
        throw refused(
          'reading from another machine needs a control token, which is not configured',
        );
      return handle(c, visit);
    },
    changes: (handle) => (c, visit) => {
      const failures = isLocal(c) ? failed.here : failed.elsewhere;
      demand(failures, 'too many calls came without the right token');
      try {
        checkToken(c, isToken);
      } catch (cause) {
        failures.take();
        throw cause;
      }
      demand(changed, 'too many changes came at once');
      changed.take();
      return handle(c, visit);
    },
  };
}

function demand(bucket: TokenBucket, message: string): void {
  const secondsLeft = bucket.secondsLeft();
  if (secondsLeft === 0) return;
  const retryAfterSeconds = Math.ceil(secondsLeft);
  throw new SightlineError('SL_RATE_LIMITED', message, { retryAfterSeconds });
}

function checkToken(c: HttpContext, isToken: IsToken | undefined): void {
  if (isToken === undefined)
    throw refused('changing state needs a control token, which is not configured');
  if (!isToken(bearerToken(requestHeader(c, 'authorization'))))
    throw refused('token is missing or wrong, expected the control token');
}

/** Whether the caller is on this machine; a call without a socket comes from this process. */
function isLocal(c: HttpContext): boolean {
  const incoming = c.env?.incoming;
  if (incoming === undefined) return true;
  return isLoopback(incoming.socket.remoteAddress ?? '');
}

function refused(message: string): SightlineError {
  return new SightlineError('SL_UNAUTHORISED', message, { path: 'authorization' });
}
