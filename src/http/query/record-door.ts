import type { SightlineError } from '../../domain/errors.ts';
import { adoptContext } from '../../telemetry/context.ts';
import type { RequestRecord } from '../../telemetry/request-record.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { type HttpContext, type RequestHead, requestHeader } from '../env.ts';
import { asClientError } from '../errors.ts';

/** What stands behind a record door. */
export interface Recorded {
  /** The route as spans and series name it. */
  readonly route: string;
  handle(c: HttpContext, record: RequestRecord): Promise<Response>;
  /** The answer to what `handle` threw. */
  refuse(error: SightlineError, record: RequestRecord): Response;
}

const wholeMs = /^\d{1,9}$/;

/** Wraps a handler that recommends: its record begins with the identity of the caller and ends with the status. */
export function createRecordDoor(
  { begin, finish, emit }: Pick<Telemetry, 'begin' | 'finish' | 'emit'>,
  { route, handle, refuse }: Recorded,
): (c: HttpContext) => Promise<Response> {
  const fail = (record: RequestRecord, cause: unknown) => {
    const error = asClientError(cause);
    record.errorType = error.code;
    if (error.status >= 500) record.outcome = 'error';
    // An overload is said by its own fact: a log line for each would be load as well.
    if (error.status >= 500 && error.code !== 'SL_OVERLOADED')
      emit('server.failed', { code: error.code, cause });
    return refuse(error, record);
  };
  return async (c) => {
    const record = beginRecord({ begin, emit }, c, route);
    const response = await handle(c, record).catch((cause) => fail(record, cause));
    record.status = response.status;
    finish(record);
    return response;
  };
}

/** A record of a request that arrives now, with the identity that its caller gave it. */
export function beginRecord(
  { begin, emit }: Pick<Telemetry, 'begin' | 'emit'>,
  c: RequestHead,
  route: string,
): RequestRecord {
  const record = begin(undefined);
  identify(record, { head: c, route }, emit);
  return record;
}

/** Gives a record the identity that a caller gave the request. */
export function identify(
  record: RequestRecord,
  { head: c, route }: { readonly head: RequestHead; readonly route: string },
  emit: Telemetry['emit'],
): void {
  record.method = c.req.method;
  record.route = route;
  record.path = c.req.path;
  const inbound = {
    traceparent: requestHeader(c, 'traceparent'),
    tracestate: requestHeader(c, 'tracestate'),
    baggage: requestHeader(c, 'baggage'),
    requestId: requestHeader(c, 'x-request-id'),
  };
  adoptContext(record, inbound, emit);
}

/** The deadline that a proxy sent along; anything but whole milliseconds is as good as none. */
export function headerTimeoutMs(c: RequestHead): number | undefined {
  const text =
    requestHeader(c, 'x-envoy-expected-rq-timeout-ms') ?? requestHeader(c, 'x-request-timeout-ms');
  return text !== undefined && wholeMs.test(text) ? Number(text) : undefined;
}
