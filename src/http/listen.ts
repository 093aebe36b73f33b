import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { SightlineError } from '../domain/errors.ts';
import type { Emit } from '../telemetry/facts.ts';
import { holdTickShape } from './tick-shape.ts';
import { watchBodyTimes } from './time-limit.ts';
import { asRequestError, refuseOnWire, toProblemResponse } from './wire-errors.ts';

/** An open port. */
export interface Listener {
  /** With the port that was really taken: `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly port: number;
  /** Requests whose answer has not begun. */
  inFlight(): number;
  /**
   * Stops accepting, drops idle connections, lets requests in flight finish and closes their connections
   * with the answer. What is not done after `drainMs` is cut off. Resolves when everything is closed.
   */
  close(options: { drainMs: number }): Promise<void>;
}

/** How long a client may take, in milliseconds, and how much its headers may hold. */
export interface WireLimits {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  readonly headerBytes: number;
}

const defaultLimits: WireLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 65_000,
  headerBytes: 16_384,
};

/** What a listener serves. */
export interface Served {
  fetch(request: Request, env: object): Response | Promise<Response>;
  /** Comes before anything else. */
  answerEarly?: EarlyAnswer | undefined;
}

/** Answers a request that needs no app, and says whether it did. */
export type EarlyAnswer = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

/** The first of some early answers that answers; undefined where there is none at all. */
export function firstAnswer(
  ...answers: readonly (EarlyAnswer | undefined)[]
): EarlyAnswer | undefined {
  const given = answers.filter((answer) => answer !== undefined);
  if (given.length === 0) return undefined;
  return (incoming, outgoing) => given.some((answer) => answer(incoming, outgoing));
}

/** Where a listener stands and whom it tells. */
export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly name: 'query' | 'control';
  readonly emit: Emit;
  readonly limits?: Partial<WireLimits>;
  /** Whether the app may lift the time limit of single requests, see `liftTimeLimit`. */
  readonly hasLongRequests?: boolean | undefined;
}

/**
 * Opens a port and serves an app on it. Throws `SL_PORT_TAKEN` when something listens there already, and
 * `SL_CONFIG_INVALID` when the host or port cannot be had at all.
 */
export async function openListener(app: Served, options: ListenOptions): Promise<Listener> {
  holdTickShape();
  const state = { draining: false, inFlight: 0 };
  const { emit } = options;
  const listener = getRequestListener((request, env) => app.fetch(request, env), {
    errorHandler: (cause) => toProblemResponse(asRequestError(cause), emit),
  });
  const limits = { ...defaultLimits, ...options.limits };
  const times = options.hasLongRequests
    ? watchBodyTimes({ ...limits, onLate: (socket) => refuseOnWire(lateError(), socket, emit) })
    : undefined;
  // Node's own limit holds for all requests alike.
  const nodeLimits = times === undefined ? limits : { ...limits, requestMs: 0 };
  const server = createServer(serverOptions(state, nodeLimits), (incoming, outgoing) => {
    times?.begin(incoming);
    if (!app.answerEarly?.(incoming, outgoing)) listener(incoming, outgoing);
  });
  server.once('close', () => times?.stop());
  server.on('clientError', (error, socket) => refuseOnWire(error, socket, emit));
  const sockets = trackSockets(server);
  await listen(server, options);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    port,
    inFlight: () => state.inFlight,
    close: ({ drainMs }) => {
      state.draining = true;
      return drain(server, { sockets, drainMs });
    },
  };
}

const lateError = () =>
  Object.assign(new Error('body came too slowly'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });

function serverOptions(state: { draining: boolean; inFlight: number }, limits: WireLimits) {
  const { headersMs, requestMs, keepAliveMs, headerBytes } = limits;

  const countEnd = () => {
    state.inFlight -= 1;
  };

  /** Counts answers and, while draining, lets none of them keep its connection. */
  class CountedResponse extends ServerResponse {
    constructor(...request: ConstructorParameters<typeof ServerResponse>) {
      super(...request);
      state.inFlight += 1;
      // It comes once: a listener that takes itself away again would be made for each answer.
      this.on('close', countEnd);
    }

    override writeHead(...head: unknown[]): this {
      if (state.draining) this.shouldKeepAlive = false;
      return super.writeHead(...(head as Parameters<ServerResponse['writeHead']>));
    }
  }

  return {
    ServerResponse: CountedResponse,
    // A missing host is refused by the request listener, with a body that says so.
    requireHostHeader: false,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    maxHeaderSize: headerBytes,
    connectionsCheckingInterval: Math.min(1000, headersMs, requestMs || 1000),
  };
}

/** Open connections; Node does not count one as idle that never sent anything. */
function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

function listen(server: Server, { host, port, name }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(asListenError(cause)));
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });

  function asListenError(cause: NodeJS.ErrnoException): SightlineError {
    const place = `${host}:${port}`;
    if (cause.code === 'EADDRINUSE') {
      const message = `${name} listener found ${place} taken, expected a free port`;
      return new SightlineError('SL_PORT_TAKEN', message, { cause });
    }
    const message = `${name} listener cannot have ${place}: ${cause.code}`;
    return new SightlineError('SL_CONFIG_INVALID', message, { cause, path: `http.${name}` });
  }
}

function drain(
  server: Server,
  { sockets, drainMs }: { sockets: ReadonlySet<Socket>; drainMs: number },
): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), drainMs);
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    server.closeIdleConnections();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  });
}
