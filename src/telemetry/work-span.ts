import { context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

/** A span of work that no request asked for. */
export interface WorkSpan {
  /** Begins a part of it. */
  child(name: string, attributes?: SpanAttributes): WorkSpan;
  /** Ends it; with an outcome other than a good one it is an error. */
  end(options?: { readonly outcome?: string; readonly isError?: boolean }): void;
}

type SpanAttributes = Readonly<Record<string, string>>;

/**
 * Starts a span that is the root of a trace. Where no spans are sent it costs a few microseconds and does nothing. The
 * caller ends it.
 *
 * @example startWorkSpan('training', { 'sightline.training.trigger': 'timer' }).end({ outcome: 'published' })
 */
export function startWorkSpan(name: string, attributes: SpanAttributes = {}): WorkSpan {
  const tracer = trace.getTracer('sightline');
  return wrap(tracer.startSpan(name, { root: true, attributes }));
}

function wrap(span: Span): WorkSpan {
  return {
    child(name, attributes = {}) {
      const parent = trace.setSpan(context.active(), span);
      return wrap(trace.getTracer('sightline').startSpan(name, { attributes }, parent));
    },
    end({ outcome, isError = false } = {}) {
      if (outcome !== undefined) span.setAttribute('sightline.outcome', outcome);
      if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}
