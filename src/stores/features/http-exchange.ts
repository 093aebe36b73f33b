import { isUtf8 } from 'node:buffer';
import { propagation } from '@opentelemetry/api';
import { Pool } from 'undici';
import { SightlineError } from '../../domain/errors.ts';
import type { ReadLimits } from './feature-store.ts';
import type { SourceFailure } from './source-features.ts';

/** How an HTTP service is spoken to. */
export interface HttpExchangeOptions {
  /** Sent with every request; may be secrets. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly connections?: number;
  /** The longest answer. */
  readonly maxAnswerBytes?: number;
  /** Milliseconds until an attempt to connect is given up. */
  readonly connectTimeoutMs?: number;
}

/** Requests of JSON to one origin. */
export interface HttpExchange {
  /** What the requests of one wave have in common; made at its beginning. */
  wave(limits: ReadLimits): HttpWave;
  close(): Promise<void>;
}

/** Requests that end together. */
export interface HttpWave {
  /** GET, or POST of a body; the JSON of the answer. Throws what `httpFailure` reads. */
  ask(path: string, body: string | undefined): Promise<unknown>;
  /** Whether its time is over, or its caller has given up. */
  isOver(): boolean;
}

/** Says how many milliseconds the service has left; a name of our own, as no standard has one. */
const deadlineHeader = 'x-sightline-deadline-ms';

/**
 * Opens connections to an origin, which are made as they are needed and kept. Requests say how much time is left, and
 * carry on the headers of `carry` unless the OpenTelemetry SDK does that. Redirects are not followed.
 */
export function openHttpExchange(
  origin: string,
  {
    headers = {},
    connections = 16,
    maxAnswerBytes = 16 * 1024 * 1024,
    connectTimeoutMs = 2000,
  }: HttpExchangeOptions,
): HttpExchange {
  const pool = new Pool(origin, {
    connections,
    connect: { timeout: connectTimeoutMs },
    maxResponseSize: maxAnswerBytes,
    // The service may have closed what was idle for longer.
    keepAliveTimeout: 4000,
  });
  const fixed = { accept: 'application/json', 'content-type': 'application/json', ...headers };
  return {
    wave(limits) {
      const signal = endOf(limits);
      const all = { ...fixed, ...contextHeaders(limits) };
      return {
        async ask(path, body) {
          const method = body === undefined ? 'GET' : 'POST';
          const request = { path, method, headers: all, body: body ?? null, signal } as const;
          const { statusCode: status, body: answer } = await pool.request(request);
          if (status >= 200 && status < 300)
            return parseJson(Buffer.from(await answer.arrayBuffer()));
          await answer.dump();
          throw new StatusError(status);
        },
        isOver: () => signal.aborted,
      };
    },
    close: () => pool.destroy(),
  };
}

/** An answer that is no success. */
export class StatusError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`status ${status} is no success`);
    this.status = status;
  }
}

function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Error('answer is not UTF-8');
  return JSON.parse(bytes.toString());
}

function contextHeaders({ timeoutMs, carry }: ReadLimits): Readonly<Record<string, string>> {
  const isCarriedBySdk = propagation.fields().length > 0;
  return {
    ...(isCarriedBySdk ? {} : carry),
    [deadlineHeader]: String(Math.max(1, Math.floor(timeoutMs))),
  };
}

/** Aborts when the time is over or the caller gives up. */
function endOf({ timeoutMs, signal }: ReadLimits): AbortSignal {
  const end = AbortSignal.timeout(Math.min(Math.max(0, Math.ceil(timeoutMs)), 2 ** 31 - 1));
  return signal === undefined ? end : AbortSignal.any([signal, end]);
}

/** What the wire says of itself; all else that goes wrong is the answer. */
const wireErrors =
  /^(E[A-Z]+|UND_ERR_(CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT|SOCKET|DESTROYED|CLOSED|RES_CONTENT_LENGTH_MISMATCH))$/;

/** Statuses of a service that will be able again. */
const passing = new Set([408, 429, 502, 503, 504]);

/** Why a request of the store `name` has no answer, without what was asked and answered. */
export function httpFailure(cause: unknown, name: string): SourceFailure {
  const failure = (failed: SourceFailure['failed'], why: string): SourceFailure => ({
    failed,
    cause: new SightlineError('SL_STORE_UNAVAILABLE', `feature store ${name} ${why}`),
  });
  if (cause instanceof StatusError) {
    const failed = passing.has(cause.status) ? 'unavailable' : 'error';
    return failure(failed, `answered status ${cause.status}`);
  }
  const { code = '' } = cause as { code?: string };
  if (wireErrors.test(code)) return failure('unavailable', 'is not connected');
  return failure('error', 'answered something that its mapping does not know');
}
