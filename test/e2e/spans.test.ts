import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, propagation, trace } from '@opentelemetry/api';
import { afterAll, afterEach, expect, test } from 'vitest';
import { adoptContext, runInTrace } from '../../src/telemetry/context.ts';
import { type OpenTelemetry, openTelemetry } from '../../src/telemetry/open-telemetry.ts';
import { startSpan } from '../../src/telemetry/start-span.ts';
import { finishedRecord, layout } from '../telemetry/finished-record.ts';
import { openSpanSink, type SpanSink } from '../telemetry/span-sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-spans-'));
afterAll(() => rmSync(folder, { recursive: true }));
const logFile = join(folder, 'spans.log');
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const part of opened.splice(0)) await part.close();
});

async function open(variables: Record<string, string> = {}) {
  const sink = await openSpanSink();
  const telemetry = openTelemetry({
    serviceName: 'sightline',
    serviceVersion: '1.2.3',
    metrics: true,
    traces: true,
    events: false,
    requestLog: 'all',
    level: 'info',
    maxLabelValues: 50,
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      ...variables,
    },
    logDestination: logFile,
  });
  opened.push(telemetry, sink);
  await telemetry.flush();
  return { sink, telemetry };
}

/** A request of the test layout that runs now. */
function begin(telemetry: OpenTelemetry, headers: Parameters<typeof adoptContext>[1] = {}) {
  const record = telemetry.begin(layout);
  adoptContext(record, headers, telemetry.emit);
  const { stageStart, stageEnd } = finishedRecord();
  const at = record.startedAt;
  stageStart.forEach((start, s) => {
    record.stageStart[s] = start === 0 ? 0 : at + start - 1000;
  });
  stageEnd.forEach((end, s) => {
    record.stageEnd[s] = end === 0 ? 0 : at + end - 1000;
  });
  record.route = '/v1/recommend/{work}';
  record.endedAt = at + 12.345;
  return record;
}

async function openRemote() {
  const headers: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ close: () => server.close() });
  return { headers, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/scores` };
}

const byName = (sink: SpanSink, name: string) => sink.spans().find((span) => span.name === name);

test('one trace id is in the record, the log line, the spans and the exemplar', async () => {
  const { sink, telemetry } = await open();
  const before = Date.now();
  const record = begin(telemetry);
  const { traceId, spanId, requestId } = record;
  telemetry.finish(record);
  await telemetry.flush();
  const spans = sink.spans();
  expect(spans.map((span) => span.traceId)).toEqual(Array(5).fill(traceId));
  expect(spans[0].spanId).toBe(spanId);
  expect(Math.abs(Number(spans[0].start / 1_000_000n) - before)).toBeLessThan(100);
  const line = JSON.parse(readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1) ?? '');
  expect(line).toMatchObject({ trace_id: traceId, span_id: spanId, request_id: requestId });
  const { body } = await telemetry.expose('application/openmetrics-text');
  expect(body).toContain(`# {trace_id="${traceId}"}`);
});

test('a dry run sends its spans and leaves no line, series or exemplar', async () => {
  const { sink, telemetry } = await open();
  const record = begin(telemetry);
  record.isDryRun = true;
  record.route = '/control/pipelines/{work}/explain';
  const { traceId } = record;
  expect(telemetry.trace(record)).toBe(true);
  await telemetry.flush();
  const [server, ...stages] = sink.spans();
  expect(server).toMatchObject({ traceId, name: 'POST /control/pipelines/{work}/explain' });
  expect(server.attributes).toMatchObject({ 'sightline.dry_run': 'explain' });
  expect(stages.map(({ parentSpanId }) => parentSpanId)).toEqual(Array(4).fill(server.spanId));
  expect(readFileSync(logFile, 'utf8')).not.toContain(traceId);
  const { body } = await telemetry.expose('application/openmetrics-text');
  expect(body).not.toContain(traceId);
  expect(body).not.toMatch(/request_duration_seconds_count/);
});

test('spans of plugins and outgoing calls are children of the request, with one resource', async () => {
  const { sink, telemetry } = await open();
  const remote = await openRemote();
  const headers = {
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
    tracestate: 'vendor=1',
    baggage: 'variant=b',
  };
  const record = begin(telemetry, headers);
  const { spanId } = record;
  await runInTrace(record, async () => {
    await trace.getTracer('plugin').startActiveSpan('plugin work', async (span) => {
      await (await fetch(remote.url)).text();
      span.end();
    });
  });
  telemetry.finish(record);
  await telemetry.flush();

  const [server, plugin, call] = ['POST /v1/recommend/{work}', 'plugin work', 'GET'].map((name) =>
    byName(sink, name),
  );
  expect(server).toMatchObject({ parentSpanId: '00f067aa0ba902b7', traceState: 'vendor=1' });
  expect(plugin).toMatchObject({ traceId: server?.traceId, parentSpanId: spanId });
  expect(call).toMatchObject({ traceId: server?.traceId, parentSpanId: plugin?.spanId });
  expect(remote.headers).toMatchObject([
    {
      traceparent: `00-${server?.traceId}-${call?.spanId}-01`,
      tracestate: 'vendor=1',
      baggage: 'variant=b',
    },
  ]);
  expect(plugin?.resource).toEqual(server?.resource);
  expect(server?.resource).toMatchObject({
    'service.name': 'shop',
    'service.version': '1.2.3',
    'service.instance.id': expect.stringMatching(/^[\da-f-]{36}$/),
    'deployment.environment.name': 'test',
    'telemetry.sdk.language': 'nodejs',
  });
});

test('a started span is a child of the request, and the parent of what its record calls', async () => {
  const { sink, telemetry } = await open();
  const remote = await openRemote();
  const record = begin(telemetry);
  const { traceId, spanId } = record;
  const span = startSpan(record, 'shadow next');
  await runInTrace(record, async () => (await fetch(remote.url)).text());
  span.end();
  await telemetry.flush();
  const shadow = byName(sink, 'shadow next');
  expect(shadow).toMatchObject({ traceId, parentSpanId: spanId });
  expect(byName(sink, 'GET')).toMatchObject({ traceId, parentSpanId: shadow?.spanId });
});

test('where no spans are sent a started span leaves the record as it is', async () => {
  const { sink, telemetry } = await open({ OTEL_TRACES_EXPORTER: 'none' });
  const record = begin(telemetry);
  const { spanId } = record;
  startSpan(record, 'shadow next').end();
  expect(record.spanId).toBe(spanId);
  expect(sink.deliveries).toEqual([]);
});

test('OTEL_TRACES_EXPORTER=none sends no span and still propagates', async () => {
  const { sink, telemetry } = await open({ OTEL_TRACES_EXPORTER: 'none' });
  const remote = await openRemote();
  const record = begin(telemetry);
  const { traceId, spanId } = record;
  await runInTrace(record, async () => (await fetch(remote.url)).text());
  telemetry.finish(record);
  await telemetry.flush();
  expect(sink.deliveries).toEqual([]);
  expect(remote.headers).toMatchObject([{ traceparent: `00-${traceId}-${spanId}-01` }]);
});

test('OTEL_SDK_DISABLED=true leaves the OpenTelemetry API alone', async () => {
  const { sink, telemetry } = await open({ OTEL_SDK_DISABLED: 'true' });
  telemetry.finish(begin(telemetry));
  await telemetry.flush();
  expect(sink.deliveries).toEqual([]);
  expect(propagation.fields()).toEqual([]);
});

test('after a close another telemetry can be opened, and nothing stays registered', async () => {
  for (let i = 0; i < 2; i++) {
    const { sink, telemetry } = await open();
    const record = begin(telemetry);
    runInTrace(record, () => trace.getTracer('plugin').startSpan('plugin work').end());
    telemetry.finish(record);
    await telemetry.close();
    expect(byName(sink, 'plugin work')).toBeDefined();
    expect(sink.spans()).toHaveLength(6);
    expect(propagation.fields()).toEqual([]);
    expect(trace.getSpan(context.active())).toBeUndefined();
    opened.shift();
  }
});

test('a receiver that is away costs spans and nothing else', async () => {
  const { sink, telemetry } = await open({ OTEL_EXPORTER_OTLP_TIMEOUT: '200' });
  await sink.close();
  opened.pop();
  telemetry.finish(begin(telemetry));
  await telemetry.close();
  opened.pop();
  const { body } = await telemetry.expose(undefined);
  expect(body).toContain('sightline_events_dropped_total{reason="span_export"} 5');
});
