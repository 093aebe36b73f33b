import { type Span, trace } from '@opentelemetry/api';
import { runInTrace } from './context.ts';
import type { RequestRecord } from './request-record.ts';

/**
 * Starts a span in the trace of a record, as a child of its span, and makes it the parent of what the record's run
 * calls from now on. Where no spans are sent it costs a few microseconds and changes nothing. The caller ends it.
 *
 * @example startSpan(record, 'shadow home-next').end()
 */
export function startSpan(record: RequestRecord, name: string): Span {
  const span = runInTrace(record, () => trace.getTracer('sightline').startSpan(name));
  if (span.isRecording()) record.spanId = span.spanContext().spanId;
  return span;
}
