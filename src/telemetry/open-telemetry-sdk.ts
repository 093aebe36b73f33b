import type { Attributes, ProxyTracerProvider as ProxyProvider } from '@opentelemetry/api';
import type { AttributeValue } from './otlp.ts';
import type { SpanTarget } from './otlp-environment.ts';

/** What the SDK is started with. */
export interface OpenTelemetrySdkOptions {
  readonly resource: Readonly<Record<string, string>>;
  /** Undefined: contexts are propagated and no span is made. */
  readonly target: SpanTarget | undefined;
}

/** The running SDK, for spans that others make through the OpenTelemetry API. */
export interface OpenTelemetrySdk {
  /** The resource of its spans. */
  readonly resource: Readonly<Record<string, AttributeValue>>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts `@opentelemetry/sdk-node`: W3C propagation of trace context and baggage, an async context, spans
 * of outgoing calls by `fetch` and `undici`, and a batch processor for them where there is a target. Its
 * packages are loaded here, off the start-up path. Answers undefined where the process has a tracer
 * provider already, which then stays in charge.
 */
export async function startOpenTelemetrySdk({
  resource: attributes,
  target,
}: OpenTelemetrySdkOptions): Promise<OpenTelemetrySdk | undefined> {
  const api = await import('@opentelemetry/api');
  const provider = api.trace.getTracerProvider() as ProxyProvider;
  const delegate = () => provider.getDelegate?.();
  if (delegate() !== new api.ProxyTracerProvider().getDelegate()) return undefined;
  const [{ NodeSDK }, { defaultResource, resourceFromAttributes }, { UndiciInstrumentation }] =
    await Promise.all([
      import('@opentelemetry/sdk-node'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/instrumentation-undici'),
    ]);
  const resource = defaultResource().merge(resourceFromAttributes(attributes));
  const undici = new UndiciInstrumentation();
  const sdk = new NodeSDK({
    resource,
    // The resource is whole already, and ours must be the same.
    autoDetectResources: false,
    instrumentations: [undici],
    // Left out, these would send metrics and logs to localhost:4318.
    metricReaders: [],
    logRecordProcessors: [],
    ...(target === undefined
      ? { spanProcessors: [] }
      : { traceExporter: await exporterFor(target) }),
  });
  sdk.start();
  return {
    resource: plainAttributes(resource.attributes),
    flush: async () => {
      await (delegate() as { forceFlush?: () => Promise<void> } | undefined)?.forceFlush?.();
    },
    async close() {
      undici.disable();
      await sdk.shutdown().catch(() => {});
      for (const part of [api.trace, api.context, api.propagation, api.logs]) part.disable();
    },
  };
}

async function exporterFor({ url, headers, timeoutMs, gzip }: SpanTarget) {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
  type Options = NonNullable<ConstructorParameters<typeof OTLPTraceExporter>[0]>;
  const compression = (gzip ? 'gzip' : 'none') as NonNullable<Options['compression']>;
  return new OTLPTraceExporter({ url, headers, timeoutMillis: timeoutMs, compression });
}

function plainAttributes(attributes: Attributes): Record<string, AttributeValue> {
  const plain: Record<string, AttributeValue> = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'string' || typeof value === 'boolean') plain[key] = value;
    else if (typeof value === 'number') plain[key] = value;
  }
  return plain;
}
