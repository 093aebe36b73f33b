import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { createRecordingTerminal } from '../cli/recording-terminal.ts';
import { type ServingProcess, startServing } from '../cli/serving-process.ts';
import { openSpanSink, type SpanSink } from '../telemetry/span-sink.ts';

let folder: string;
let sink: SpanSink;
let gateway: ServingProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-trace-'));
  sink = await openSpanSink();
  gateway = startServing('sightline.yaml', {
    SIGHTLINE_DATA_FOLDER: join(folder, 'data'),
    SIGHTLINE_MODEL_FOLDER: join(folder, 'models'),
    SIGHTLINE_QUERY_PORT: '0',
    SIGHTLINE_CONTROL_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
  });
  await gateway.ready;
}, 60_000);

afterAll(async () => {
  gateway.stop('SIGTERM');
  await gateway.exit;
  await sink.close();
  rmSync(folder, { recursive: true, force: true });
});

test('one demo day is replayed without a server error, and finds most of what was clicked next', async () => {
  const { query } = await gateway.ready;
  const terminal = createRecordingTerminal();
  const range = ['--from', '2008-08-01', '--to', '2008-08-02', '--limit', '1500', '--json'];
  const code = await main(['replay', '--url', query, '--speed', 'max', ...range], terminal);
  const report = JSON.parse(terminal.written.out);
  expect(code).toBe(0);
  expect(report).toMatchObject({ server_errors: 0, unanswered: 0, rejected: 0 });
  expect(Object.keys(report.statuses)).toEqual(['200']);
  expect(report.hit_rate).toBeGreaterThan(0.6);
}, 60_000);

test('one trace id leads from the answer to the log line, the spans and the exemplar', async () => {
  const { query, control } = await gateway.ready;
  const response = await fetch(`${query}/v1/recommend/similar?item=A13&n=3`, {
    headers: { 'x-request-id': 'follow-me' },
  });
  const { trace_id: traceId } = (await response.json()) as { trace_id: string };
  const scrape = await fetch(`${control}/metrics`, {
    headers: { accept: 'application/openmetrics-text; version=1.0.0' },
  });
  const exemplar = (await scrape.text())
    .split('\n')
    .find(
      (line) =>
        line.startsWith('sightline_request_duration_seconds_bucket') && line.includes(traceId),
    );
  expect(exemplar).toContain('work="similar"');

  gateway.stop('SIGTERM');
  await gateway.exit;
  const lines = gateway.written.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const line = lines.find(({ request_id: id }) => id === 'follow-me');
  expect(line).toMatchObject({ trace_id: traceId, work: 'similar', outcome: 'ok' });

  const spans = sink.spans().filter((span) => span.traceId === traceId);
  const names = spans.map(({ name }) => name).sort();
  expect(names).toEqual([
    'GET /v1/recommend/{work}',
    'stage filter',
    'stage intent',
    'stage rerank',
    'stage retrieve',
    'stage score',
  ]);
  const server = spans.find(({ name }) => name.startsWith('GET'));
  expect(server).toMatchObject({
    spanId: line.span_id,
    attributes: { 'sightline.request.id': 'follow-me' },
  });
  for (const span of spans) if (span !== server) expect(span.parentSpanId).toBe(server?.spanId);
}, 30_000);
