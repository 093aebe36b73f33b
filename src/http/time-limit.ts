import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

const isLifted = Symbol('time limit lifted');

interface LongRequest extends IncomingMessage {
  [isLifted]?: boolean;
}

/** How long a connection with such a request may be silent. */
const idleMs = 60_000;

/**
 * Lets a request take as long as it needs while something moves: uploads and downloads whose caller is known to be allowed.
 * A connection that is silent for a minute is closed.
 */
export function liftTimeLimit(incoming: IncomingMessage): void {
  (incoming as LongRequest)[isLifted] = true;
  incoming.setTimeout(idleMs, () => incoming.destroy());
}

/** The time limit of the bodies of requests, where Node's own, which holds for all of them, is too strict for some. */
export interface BodyTimes {
  /** Told of every request, once its headers are there. */
  begin(incoming: IncomingMessage): void;
  stop(): void;
}

/** What a time limit is made with. */
export interface BodyTimesOptions {
  readonly requestMs: number;
  /** Refuses a request whose body did not come in time. */
  readonly onLate: (socket: Socket) => void;
}

/** Looks at the last request of every connection once a second, or as often as the limit; O(connections). */
export function watchBodyTimes({ requestMs, onLate }: BodyTimesOptions): BodyTimes {
  const last = new Map<Socket, { readonly incoming: LongRequest; readonly sinceMs: number }>();
  const look = () => {
    const deadline = performance.now() - requestMs;
    for (const [socket, { incoming, sinceMs }] of last) {
      if (socket.destroyed || incoming.complete) last.delete(socket);
      else if (sinceMs < deadline && !incoming[isLifted]) {
        last.delete(socket);
        onLate(socket);
      }
    }
  };
  const timer = setInterval(look, Math.min(1000, requestMs));
  timer.unref();
  return {
    begin: (incoming) => {
      last.set(incoming.socket, { incoming, sinceMs: performance.now() });
    },
    stop: () => clearInterval(timer),
  };
}
