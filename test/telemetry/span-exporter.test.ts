import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Emit } from '../../src/telemetry/facts.ts';
import { openSpanExporter, type SpanExporter } from '../../src/telemetry/span-exporter.ts';
import { finishedRecord, originMs } from './finished-record.ts';
import { openSpanSink, type SpanSink } from './span-sink.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of opened.splice(0)) await part.close();
});

interface Stand {
  readonly exporter: SpanExporter;
  readonly sink: SpanSink;
  /** Dropped spans by reason. */
  readonly dropped: Record<string, number>;
}

async function open(options: Record<string, unknown> = {}): Promise<Stand> {
  const sink = await openSpanSink();
  const dropped: Record<string, number> = {};
  const emit: Emit = (name, fact) => {
    expect(name).toBe('events.dropped');
    const { reason, events } = fact as { reason: string; events: number };
    dropped[reason] = (dropped[reason] ?? 0) + events;
  };
  const exporter = openSpanExporter({
    target: {
      url: `${sink.url}/v1/traces`,
      headers: { 'x-key': 'k' },
      timeoutMs: 500,
      gzip: false,
    },
    resource: Promise.resolve({ 'service.name': 'shop' }),
    version: '1.0.0',
    emit,
    retryMs: [1, 1],
    ...options,
  });
  opened.push(exporter, sink);
  return { exporter, sink, dropped };
}

const add = ({ exporter }: Stand, count = 1) => {
  for (let i = 0; i < count; i++) exporter.add(finishedRecord(), originMs);
};

test('requests are gathered into one post of protobuf with the headers asked for', async () => {
  const stand = await open();
  add(stand, 3);
  await stand.exporter.flush();
  expect(stand.sink.deliveries).toHaveLength(1);
  const [{ path, headers, spans }] = stand.sink.deliveries;
  expect(path).toBe('/v1/traces');
  expect(headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'x-key': 'k' });
  expect(spans).toHaveLength(15);
  expect(spans[0].resource).toEqual({ 'service.name': 'shop' });
  expect(stand.dropped).toEqual({});
});

test('a flush without spans sends nothing', async () => {
  const stand = await open();
  await stand.exporter.flush();
  expect(stand.sink.deliveries).toEqual([]);
});

test('spans leave by themselves after the flush period', async () => {
  const stand = await open({ flushMs: 5 });
  add(stand);
  await stand.sink.arrived(1);
  expect(stand.sink.spans()).toHaveLength(5);
});

test('a batch that is full leaves at once, and each span once', async () => {
  const stand = await open({ batchBytes: 5000 });
  add(stand, 40);
  await stand.exporter.flush();
  expect(stand.sink.deliveries.length).toBeGreaterThan(3);
  expect(stand.sink.spans()).toHaveLength(200);
  expect(new Set(stand.sink.spans().map(({ spanId }) => spanId)).size).toBe(161);
});

test('bodies are compressed where asked for', async () => {
  const sink = await openSpanSink();
  opened.push(sink);
  const stand = await open({
    target: { url: `${sink.url}/v1/traces`, headers: {}, timeoutMs: 500, gzip: true },
  });
  add(stand, 2);
  await stand.exporter.flush();
  expect(sink.deliveries[0].headers['content-encoding']).toBe('gzip');
  expect(sink.spans()).toHaveLength(10);
});

test('a resource that does not fit before the spans is sent all the same', async () => {
  const stand = await open({
    resource: Promise.resolve(
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key.${i}`, 'v'.repeat(250)])),
    ),
  });
  add(stand);
  await stand.exporter.flush();
  expect(Object.keys(stand.sink.spans()[0].resource)).toHaveLength(100);
});

test.each([429, 502, 503, 504])('after a %i the same batch is sent again', async (status) => {
  const stand = await open();
  stand.sink.statuses.push(status);
  add(stand, 2);
  await stand.exporter.flush();
  await stand.sink.arrived(2);
  await stand.exporter.flush();
  expect(stand.sink.deliveries.map((delivery) => delivery.status)).toEqual([status, 200]);
  expect(stand.sink.deliveries[1].spans).toEqual(stand.sink.deliveries[0].spans);
  expect(stand.dropped).toEqual({});
});

test('a refused batch is dropped and counted, and the next one goes', async () => {
  const stand = await open();
  stand.sink.statuses.push(400);
  add(stand);
  await stand.exporter.flush();
  expect(stand.dropped).toEqual({ span_export: 5 });
  add(stand);
  await stand.exporter.flush();
  expect(stand.sink.spans()).toHaveLength(5);
});

test('a receiver that never gets better costs all attempts and then the batch', async () => {
  const stand = await open();
  stand.sink.statuses.push(503, 503, 503);
  add(stand);
  for (let i = 1; i <= 3; i++) {
    await stand.exporter.flush();
    await stand.sink.arrived(i);
  }
  await stand.exporter.flush();
  expect(stand.sink.deliveries).toHaveLength(3);
  expect(stand.dropped).toEqual({ span_export: 5 });
});

test('a dead receiver drops and counts, and close does not wait for retries', async () => {
  const stand = await open({ retryMs: [60_000] });
  await stand.sink.close();
  add(stand, 2);
  await stand.exporter.flush();
  expect(stand.dropped).toEqual({});
  const start = performance.now();
  await stand.exporter.close();
  expect(performance.now() - start).toBeLessThan(400);
  expect(stand.dropped).toEqual({ span_export: 10 });
  opened.splice(0);
});

test('what finds the queue full is dropped and counted', async () => {
  const never = new Promise<never>(() => {});
  const stand = await open({ batchBytes: 2000, queueBytes: 4000, resource: never });
  add(stand, 100);
  const { span_queue_full: dropped } = stand.dropped;
  expect(dropped).toBeGreaterThan(350);
  expect(dropped).toBeLessThan(500);
  expect(dropped % 5).toBe(0);
  opened.shift();
});

test('a receiver that does not answer costs the time limit of the attempt', async () => {
  const silent = createServer((socket) => socket.resume());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const stand = await open({
    target: { url: `http://127.0.0.1:${port}/`, headers: {}, timeoutMs: 20, gzip: false },
    retryMs: [],
  });
  add(stand);
  await stand.exporter.flush();
  expect(stand.dropped).toEqual({ span_export: 5 });
  await new Promise((resolve) => silent.close(resolve));
});
