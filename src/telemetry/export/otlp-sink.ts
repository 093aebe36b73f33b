import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Sink, SinkOptions } from './sink.ts';
import { type Sampled, sampleCount } from './snapshot.ts';

/** OTLP says whose metrics they are in a resource. */
export interface OtlpSinkOptions extends SinkOptions {
  readonly gzip: boolean;
  /** Attributes of the resource. */
  readonly resource: Readonly<Record<string, string>>;
  /** Version of the instrumentation scope. */
  readonly version: string;
}

/** Sends one snapshot; answers why it failed, or nothing. */
type Send = (snapshot: Sampled) => Promise<string | undefined>;

/**
 * Opens a sink of OTLP over HTTP in protobuf, with the exporter of OpenTelemetry, which tries again on 429, 502, 503, 504
 * and network errors within `timeoutMs`. A push lasts until its outcome is known. There is no queue: as everything counts
 * from the start, the next push brings what a failed one did not. Its packages are loaded beside what else is opened.
 */
export function openOtlpSink(options: OtlpSinkOptions): Sink {
  const { clock, report } = options;
  const sender = createSender(options);
  // The pushes tell it.
  sender.catch(() => {});
  return {
    async push(snapshot) {
      const push = { samples: sampleCount(snapshot.metrics), startedAt: clock.monotonic() };
      report.queued(1);
      const failure = await sender.then((send) => send(snapshot)).catch(String);
      report.queued(0);
      if (failure === undefined) report.delivered(push);
      else report.failed(push, failure);
    },
    async flush() {},
    async close() {},
  };
}

async function createSender(options: OtlpSinkOptions): Promise<Send> {
  const [{ defaultResource, resourceFromAttributes }, { createMetricProducer }, exporter] =
    await Promise.all([
      import('@opentelemetry/resources'),
      import('./metric-producer.ts'),
      createExporter(options),
    ]);
  let snapshot: Sampled;
  const producer = createMetricProducer(async () => snapshot, {
    resource: defaultResource().merge(resourceFromAttributes(options.resource)),
    version: options.version,
  });
  return async (next) => {
    snapshot = next;
    const { resourceMetrics } = await producer.collect();
    return exportOnce(exporter, resourceMetrics, options);
  };
}

/** Answers why it failed, or nothing; the receiver's words are left out, as it may tell headers. */
function exportOnce(
  exporter: PushMetricExporter,
  metrics: ResourceMetrics,
  { timeoutMs, schedule }: Pick<SinkOptions, 'timeoutMs' | 'schedule'>,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    // The exporter has no limit for an answer that trickles in.
    const stop = schedule(2 * timeoutMs, () => resolve(`no answer in ${(2 * timeoutMs) / 1000} s`));
    exporter.export(metrics, ({ error }) => {
      stop();
      resolve(error === undefined ? undefined : reasonOf(error));
    });
  });
}

function reasonOf({ code, message }: Error & { readonly code?: number | string }): string {
  if (typeof code === 'number') return `status ${code}`;
  return code ?? message;
}

async function createExporter({ url, headers, timeoutMs, gzip }: OtlpSinkOptions) {
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto');
  type Options = NonNullable<ConstructorParameters<typeof OTLPMetricExporter>[0]>;
  const compression = (gzip ? 'gzip' : 'none') as NonNullable<Options['compression']>;
  return new OTLPMetricExporter({ url, headers, timeoutMillis: timeoutMs, compression });
}
