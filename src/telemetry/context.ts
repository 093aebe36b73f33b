import { context, createTraceState, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Emit } from './facts.ts';
import type { RequestRecord } from './request-record.ts';
import { newSpanId, newTraceId } from './trace-ids.ts';

/** The context headers of a request as they came in, unchecked. */
export interface InboundContext {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  readonly baggage?: string | undefined;
  /** The header `x-request-id`. */
  readonly requestId?: string | undefined;
}

const traceparentForm = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const requestIdForm = /^[A-Za-z0-9._:-]{1,128}$/;
const tracestateForm = /^[\x20-\x7e]{1,512}$/;
const zeroTraceId = '0'.repeat(32);
const zeroSpanId = '0'.repeat(16);

/** A W3C baggage member: a token, `=`, a value of baggage octets, and properties. */
const baggageMember =
  /^[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*=[ \t]*[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*[ \t]*(?:;[\t\x20-\x2b\x2d-\x7e]*)?$/;
const baggageLimitBytes = 8192;
const baggageLimitMembers = 64;

/**
 * Gives a request its identity: trace id, server span id, request id and baggage, from the caller where
 * its headers are well formed (W3C Trace Context level 1, W3C Baggage, `x-request-id` of 1 to 128
 * characters out of `A-Za-z0-9._:-`). What is malformed is replaced by new random values, baggage by
 * nothing, and told as `context.replaced`; what is absent costs nothing. Never throws.
 *
 * @example adoptContext(record, { requestId: 'order-7' }, emit); // record.requestId is 'order-7'
 */
export function adoptContext(record: RequestRecord, inbound: InboundContext, emit: Emit): void {
  record.spanId = newSpanId();
  adoptParent(record, inbound, emit);
  record.requestId = adoptRequestId(inbound.requestId, emit);
  const { baggage } = inbound;
  if (baggage === undefined || baggage === '') return;
  if (isBaggage(baggage)) record.baggage = baggage;
  else emit('context.replaced', { part: 'baggage' });
}

function adoptParent(record: RequestRecord, inbound: InboundContext, emit: Emit): void {
  const { traceparent, tracestate } = inbound;
  const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent);
  if (parent === undefined) {
    record.traceId = newTraceId();
    if (traceparent !== undefined) emit('context.replaced', { part: 'traceparent' });
    return;
  }
  record.traceId = parent.traceId;
  record.parentSpanId = parent.spanId;
  record.traceFlags = parent.flags;
  if (tracestate !== undefined && tracestateForm.test(tracestate)) record.traceState = tracestate;
}

/** The parts of a W3C `traceparent`, or undefined where it is not one. */
function parseTraceparent(
  text: string,
): { traceId: string; spanId: string; flags: number } | undefined {
  // The longest known version is 55 characters; later ones may add fields, within reason.
  if (text.length > 256) return undefined;
  const match = traceparentForm.exec(text);
  if (match === null) return undefined;
  const [, version, traceId, spanId, flags, rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (traceId === zeroTraceId || spanId === zeroSpanId) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

/** The caller's request id where it is well formed, else a new one; see `adoptContext`. */
export function adoptRequestId(requestId: string | undefined, emit: Emit): string {
  if (requestId === undefined) return newTraceId();
  if (requestIdForm.test(requestId)) return requestId;
  emit('context.replaced', { part: 'x-request-id' });
  return newTraceId();
}

function isBaggage(text: string): boolean {
  if (text.length > baggageLimitBytes) return false;
  const members = text.split(',');
  if (members.length > baggageLimitMembers) return false;
  return members.every((member) => baggageMember.test(member));
}

/**
 * Runs `work` inside the trace of a request, so that spans made through the OpenTelemetry API become
 * children of its server span and outgoing calls carry its `traceparent` and baggage. About half a
 * microsecond: for components that call out, not for every request.
 */
export function runInTrace<T>(record: RequestRecord, work: () => T): T {
  const { traceId, spanId, traceState, baggage } = record;
  const spanContext = { traceId, spanId, traceFlags: 1 };
  let active = trace.setSpanContext(
    ROOT_CONTEXT,
    traceState === '' ? spanContext : { ...spanContext, traceState: createTraceState(traceState) },
  );
  if (baggage !== '') active = propagation.extract(active, { baggage });
  return context.with(active, work);
}

/**
 * What a call to a remote store carries on of a request where no OpenTelemetry SDK does it: its `traceparent`, and
 * baggage of our own members alone, at most 300 characters; that of the caller may be meant for nobody else.
 *
 * @example
 * carriedHeaders(record).baggage // 'sightline.request_id=order-7,sightline.work=home'
 */
export function carriedHeaders(record: RequestRecord): Readonly<Record<string, string>> {
  const { traceId, spanId, requestId, layout } = record;
  const work = layout === undefined ? '' : `,sightline.work=${encodeURIComponent(layout.work)}`;
  return {
    traceparent: `00-${traceId}-${spanId}-01`,
    baggage: `sightline.request_id=${requestId}${work}`,
  };
}
