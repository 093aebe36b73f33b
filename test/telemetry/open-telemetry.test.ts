import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { openEventRing } from '../../src/telemetry/event-ring.ts';
import { type OpenTelemetry, openTelemetry } from '../../src/telemetry/open-telemetry.ts';
import { fillRecord, layout } from './finished-record.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-telemetry-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const opened: OpenTelemetry[] = [];
afterEach(async () => {
  for (const telemetry of opened.splice(0)) await telemetry.close();
});

type Options = Partial<Parameters<typeof openTelemetry>[0]>;

function open(options: Options = {}) {
  const file = join(folder, `${files++}.log`);
  const telemetry = openTelemetry({
    serviceName: 'shop',
    serviceVersion: '1.2.3',
    metrics: true,
    traces: false,
    events: true,
    requestLog: 'all',
    level: 'info',
    maxLabelValues: 50,
    environment: {},
    clock: { now: () => 1_795_226_400_000, monotonic: () => 2000 },
    logDestination: file,
    ...options,
  });
  opened.push(telemetry);
  const log = async () => {
    await telemetry.flush();
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const serve = () => telemetry.finish(fillRecord(telemetry.begin(layout)));
  const scrape = async () => (await telemetry.expose('application/openmetrics-text')).body;
  return { telemetry, log, serve, scrape, file };
}

test('a finished request is one log line, series with exemplars and ring events', async () => {
  const { telemetry, log, serve, scrape } = open();
  serve();
  expect(await log()).toMatchObject([
    { msg: 'request', work: 'home', trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' },
  ]);
  const body = await scrape();
  // The exemplar has the time at which the request ended.
  expect(body).toMatch(
    /request_duration_seconds_bucket\{work="home".*\} 1 # \{trace_id="4bf92f3577b34da6a3ce929d0e0e4736"\} 0\.0123\d* 1795226399\.012/,
  );
  expect(body).toContain(
    'sightline_fallback_total{work="home",stage="retrieve",reason="model.unavailable"} 1 # {trace_id=',
  );
  expect(body).toContain('sightline_build_info{version="1.2.3"');
  const reader = openEventRing(telemetry.events?.ring.shared ?? new SharedArrayBuffer(0));
  expect(reader.drain(() => {})).toBe(4);
});

test('a request that is not logged has series and ring events, but no line', async () => {
  const { telemetry, log, scrape } = open();
  const record = fillRecord(telemetry.begin(layout));
  record.isUnlogged = true;
  record.traceId = '';
  telemetry.finish(record);
  expect(await log()).toEqual([]);
  const body = await scrape();
  expect(body).toMatch(/request_duration_seconds_count\{work="home".*\} 1/);
  expect(body).not.toMatch(/request_duration_seconds_bucket.*trace_id/);
  expect(telemetry.begin(layout).isUnlogged).toBe(false);
  const reader = openEventRing(telemetry.events?.ring.shared ?? new SharedArrayBuffer(0));
  expect(reader.drain(() => {})).toBe(4);
});

test('facts become series and lines of the same log', async () => {
  const { telemetry, log, scrape } = open();
  telemetry.emit('server.listening', { listener: 'query', url: 'http://127.0.0.1:8080' });
  telemetry.emit('context.replaced', { part: 'baggage' });
  telemetry.log.warn({ answer: 42 }, 'hand-written');
  expect(await log()).toMatchObject([
    { level: 'info', msg: 'server.listening', url: 'http://127.0.0.1:8080' },
    { level: 'warn', msg: 'hand-written', answer: 42 },
  ]);
  expect(await scrape()).toContain('sightline_context_replaced_total{part="baggage"} 1');
});

test('feedback goes into the ring', () => {
  const { telemetry } = open();
  telemetry.feedback({ key: 'k', type: 'click', item: 'A', atMs: 1 }, 3);
  const reader = openEventRing(telemetry.events?.ring.shared ?? new SharedArrayBuffer(0));
  expect(reader.drain((batch) => expect(batch.item(0)).toBe(3))).toBe(1);
});

test('with everything off nothing is recorded, and the facts of the process are still logged', async () => {
  const off = { metrics: false, traces: false, events: false, requestLog: 'none' } as const;
  const { telemetry, log, serve, scrape } = open(off);
  serve();
  telemetry.emit('context.replaced', { part: 'baggage' });
  telemetry.feedback({ key: 'k', type: 'click', item: 'A', atMs: 1 }, 3);
  telemetry.emit('server.draining', { inFlight: 1 });
  expect(await log()).toMatchObject([{ msg: 'server.draining', in_flight: 1 }]);
  expect(telemetry.events).toBeUndefined();
  expect(await scrape()).not.toMatch(/work="home"|baggage/);
});

test('the log level holds for requests and facts alike', async () => {
  const { telemetry, log, serve } = open({ level: 'error' });
  serve();
  telemetry.emit('server.draining', { inFlight: 1 });
  await telemetry.flush();
  telemetry.emit('server.failed', { code: 'SL_INTERNAL', cause: new Error('why') });
  expect(await log()).toMatchObject([{ msg: 'server.failed', cause: ['Error: why'] }]);
});

test('the log level may be changed while it runs, and the audit trail is written at every level', async () => {
  const { telemetry, log, serve } = open();
  telemetry.logLevel.set('error');
  expect(telemetry.logLevel.get()).toBe('error');
  serve();
  telemetry.emit('server.draining', { inFlight: 1 });
  await telemetry.flush();
  telemetry.emit('log.level_changed', { from: 'info', to: 'error', reason: 'asked' });
  telemetry.logLevel.set('info');
  telemetry.emit('server.draining', { inFlight: 2 });
  expect(await log()).toEqual([
    expect.objectContaining({ level: 'info', msg: 'log.level_changed', to: 'error' }),
    expect.objectContaining({ msg: 'server.draining', in_flight: 2 }),
  ]);
});

test('close records what was handed over and writes it', async () => {
  const { telemetry, serve, file } = open();
  for (let i = 0; i < 100; i++) serve();
  await telemetry.close();
  opened.pop();
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(101);
});

test('a log file that cannot be opened is named at the start', () => {
  expect(() => open({ logDestination: join(folder, 'absent', 'x.log') })).toThrow(
    expect.objectContaining({ code: 'SL_CONFIG_INVALID' }),
  );
});

test.skipIf(!existsSync('/dev/full'))('log lines that are lost are counted', async () => {
  const { telemetry, serve, scrape } = open({ logDestination: '/dev/full' });
  for (let i = 0; i < 3; i++) serve();
  await telemetry.close();
  opened.pop();
  expect(await scrape()).toContain('sightline_events_dropped_total{reason="log_write"} 3');
});

test('without an endpoint traces cost nothing and load nothing', async () => {
  const { telemetry, log, serve } = open({ traces: true });
  serve();
  expect(await log()).toHaveLength(1);
  await telemetry.close();
  opened.pop();
});

test('a tracing wish that cannot be met is said once', async () => {
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  };
  const { log } = open({ traces: true, environment });
  expect(await log()).toMatchObject([{ level: 'warn', msg: 'tracing.limited' }]);
});
