import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { SightlineError } from '../domain/errors.ts';
import type { Emit } from '../telemetry/facts.ts';
import { newTraceId } from '../telemetry/trace-ids.ts';
import { problem, problemBody } from './errors.ts';

/** A socket with the answer that is being made on it; Node has no public name for that. */
interface AnsweringSocket extends Duplex {
  readonly bytesRead?: number;
  readonly _httpMessage?: ServerResponse | null;
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** The error of bytes that never became a request; undefined when the client just went away. */
function asWireError(cause: NodeJS.ErrnoException): SightlineError | undefined {
  const { code = '' } = cause;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new SightlineError('SL_REQUEST_TIMEOUT', 'request did not come in time', { cause });
  if (code === 'HPE_HEADER_OVERFLOW')
    return new SightlineError('SL_HEADER_TOO_LARGE', 'headers and URL are too long', { cause });
  if (!code.startsWith('HPE_')) return undefined;
  return new SightlineError('SL_REQUEST_MALFORMED', 'request is not HTTP/1.1', { cause });
}

/** The error of a request whose target or host cannot be read. */
export function asRequestError(cause: unknown): SightlineError {
  const message = 'host header or URL is missing or malformed, expected HTTP/1.1 origin form';
  return new SightlineError('SL_REQUEST_MALFORMED', message, { cause });
}

/** The answer to a request that reached no app. */
export function toProblemResponse(error: SightlineError, emit: Emit): Response {
  tell(error, emit);
  return problem(error, { requestId: newTraceId() });
}

/**
 * Answers bytes that never became a request, and hangs up. Where they follow a whole request that is still
 * being answered, that answer comes first and is the last one; into an answer under way nothing is written.
 */
export function refuseOnWire(
  cause: NodeJS.ErrnoException,
  socket: AnsweringSocket,
  emit: Emit,
): void {
  const error = asWireError(cause);
  if (error === undefined || socket.bytesRead === 0) {
    socket.destroy();
    return;
  }
  tell(error, emit);
  const pending = socket._httpMessage;
  if (pending?.req.complete && !pending.headersSent) {
    pending.shouldKeepAlive = false;
    return;
  }
  if (!socket.writable || pending?.headersSent) {
    socket.destroy();
    return;
  }
  const requestId = newTraceId();
  const body = JSON.stringify(problemBody(error, requestId));
  const head = [
    `HTTP/1.1 ${error.status} ${reasons[error.status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function tell(error: SightlineError, emit: Emit): void {
  const { code, status } = error;
  emit('http.finished', { method: '_OTHER', route: '', status, seconds: 0, errorType: code });
}
