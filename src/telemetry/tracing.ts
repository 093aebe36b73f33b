import type { Emit } from './facts.ts';
import type { Log } from './log.ts';
import { type OpenTelemetrySdk, startOpenTelemetrySdk } from './open-telemetry-sdk.ts';
import type { TracingPlan } from './otlp-environment.ts';
import type { RecordSink } from './recorder.ts';
import { openSpanExporter } from './span-exporter.ts';

/** What tracing is opened with. */
export interface TracingOptions {
  readonly plan: TracingPlan;
  readonly resource: Readonly<Record<string, string>>;
  readonly version: string;
  readonly emit: Emit;
  readonly log: Log;
}

/** The spans of requests and the SDK beside them. */
export interface Tracing {
  /** Undefined: there is nowhere to send spans, so none is made. */
  readonly add: RecordSink | undefined;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens what the plan asks for: our exporter for the spans of requests and, once it has loaded, the
 * OpenTelemetry SDK for spans of plugins and outgoing calls, both with one resource. Without an endpoint it
 * does nothing. An SDK that does not start is logged; our own spans go out all the same.
 */
export function openTracing({ plan, resource, version, emit, log }: TracingOptions): Tracing {
  const { target } = plan;
  for (const note of plan.notes) log.warn({ note }, 'tracing.limited');
  const starting: Promise<OpenTelemetrySdk | undefined> = plan.sdk
    ? startOpenTelemetrySdk({ resource, target }).catch((cause: unknown) => {
        log.warn(
          { note: `the OpenTelemetry SDK did not start: ${String(cause)}` },
          'tracing.limited',
        );
        return undefined;
      })
    : Promise.resolve(undefined);
  const exporter =
    target === undefined
      ? undefined
      : openSpanExporter({
          target,
          emit,
          version,
          resource: starting.then((sdk) => sdk?.resource ?? resource),
        });
  return {
    add: exporter?.add,
    async flush() {
      const sdk = await starting;
      await Promise.all([exporter?.flush(), sdk?.flush().catch(() => {})]);
    },
    async close() {
      const sdk = await starting;
      await Promise.all([exporter?.close(), sdk?.close()]);
    },
  };
}
