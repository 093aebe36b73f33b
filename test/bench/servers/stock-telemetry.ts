import { createRequire } from 'node:module';
import { type Attributes, context, ProxyTracerProvider, SpanKind, trace } from '@opentelemetry/api';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { pino } from 'pino';
import { degradationReasons } from '../../../src/domain/degradation.ts';
import type { PipelineLayout, StageSlot } from '../../../src/telemetry/layout.ts';
import { createMetricSet } from '../../../src/telemetry/metric-set.ts';
import { type RequestRecord, stageOutcomes } from '../../../src/telemetry/request-record.ts';
import type { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { createTraceBook } from '../../../src/telemetry/trace-book.ts';
import { countRequest, createStockMetrics } from './stock-metrics.ts';
import { describeRequest, StockRecord } from './stock-record.ts';

/**
 * The telemetry that people usually build, behind the product's own contract: spans by the OpenTelemetry
 * SDK (always on, batch processor, OTLP over protobuf from the `OTEL_*` variables) with the HTTP
 * instrumentation, prom-client with labels in each call, and pino. It says the same data about a
 * request as the product does.
 */
export function openStockTelemetry(): Telemetry {
  const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()] });
  sdk.start();
  // The instrumentation patches node:http when CommonJS asks for it; ES imports alone do not.
  createRequire(import.meta.url)('node:http');
  const tracer = trace.getTracer('sightline');
  const metrics = createStockMetrics();
  const log = pino(pino.destination({ dest: 1, sync: false, minLength: 4096 }));
  const pool: StockRecord[] = [];
  return {
    emit: () => {},
    events: undefined,
    metrics: createMetricSet(),
    traces: createTraceBook(),
    feedback: () => {},
    mark: () => {},
    trace: () => false,
    logLevel: { get: () => 'info', set: () => {} },
    begin(layout) {
      const record = pool.pop() ?? new StockRecord();
      record.reset(layout);
      record.startedAt = performance.now();
      record.context = context.active();
      return record;
    },
    finish(record) {
      if (record.endedAt === 0) record.endedAt = performance.now();
      traceRequest(record as StockRecord);
      countRequest(record, metrics);
      log.info(describeRequest(record as StockRecord), 'request');
      pool.push(record as StockRecord);
    },
    expose: async () => {
      const body = await metrics.registry.metrics();
      return { contentType: metrics.registry.contentType, body, chunks: [Buffer.from(body)] };
    },
    flush: () => flushSpans(),
    close: () => sdk.shutdown(),
  };

  function traceRequest(record: StockRecord): void {
    const { layout } = record;
    const server = trace.getSpan(record.context);
    server?.updateName(`${record.method} ${record.route}`);
    server?.setAttribute('http.route', record.route);
    server?.setAttribute('sightline.request.id', record.requestId);
    if (layout === undefined) return;
    server?.setAttributes(workAttributes(record, layout));
    layout.stages.forEach((slot, s) => {
      if (record.stageStart[s] === 0) return;
      const attributes = stageAttributes(record, slot, s);
      const options = { kind: SpanKind.INTERNAL, startTime: record.stageStart[s], attributes };
      tracer.startActiveSpan(`stage ${slot.stage}`, options, record.context, (span) => {
        span.end(record.stageEnd[s]);
      });
    });
  }
}

function workAttributes(record: RequestRecord, { work }: PipelineLayout): Attributes {
  const { strategy, segment, catalog, variant, generation, outcome, fallbackReason } = record;
  return {
    'sightline.work': work,
    'sightline.strategy': strategy,
    'sightline.segment': segment,
    'sightline.catalog': catalog,
    ...(variant === '' ? {} : { 'sightline.variant': variant }),
    'sightline.generation': generation,
    'sightline.outcome': outcome,
    ...(fallbackReason === null ? {} : { 'sightline.fallback.reason': fallbackReason }),
    'sightline.items.requested': record.requested,
    'sightline.items.returned': record.returned,
  };
}

function stageAttributes(record: RequestRecord, slot: StageSlot, s: number): Attributes {
  const reason = degradationReasons[record.stageReason[s]];
  return {
    'sightline.stage': slot.stage,
    'sightline.component': slot.component,
    'sightline.outcome': stageOutcomes[record.stageOutcome[s]],
    ...(reason === 'none' ? {} : { 'sightline.reason': reason }),
    'sightline.candidates.in': record.stageIn[s],
    'sightline.candidates.out': record.stageOut[s],
  };
}

async function flushSpans(): Promise<void> {
  const provider = trace.getTracerProvider();
  const sdkProvider = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  await (sdkProvider as unknown as { forceFlush(): Promise<void> }).forceFlush();
}
