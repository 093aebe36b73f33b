import { expect, test } from 'vitest';
import type { AssignmentReason } from '../../src/domain/assignment.ts';
import { exportFrame } from '../../src/telemetry/otlp.ts';
import { maxRequestBytes, SpanWriter, spanCount } from '../../src/telemetry/otlp-span.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';
import { type DecodedSpan, decodeSpans } from './decode-spans.ts';
import { finishedRecord, originMs } from './finished-record.ts';

function spansOf(...records: RequestRecord[]): DecodedSpan[] {
  const writer = new SpanWriter();
  writer.setOrigin(originMs);
  const target = Buffer.alloc(records.length * maxRequestBytes);
  let end = 0;
  for (const record of records) end = writer.write(record, target, end);
  const frame = exportFrame({ 'service.name': 'shop' }, { name: 'sightline', version: '1.2.3' });
  return decodeSpans(Buffer.concat([frame.opening(end), target.subarray(0, end)]));
}

const nanos = (ms: number) => BigInt(originMs) * 1_000_000n + BigInt(Math.round(ms * 1e6));

test('the server span follows the HTTP conventions and carries the labels of the request', () => {
  const [server] = spansOf(finishedRecord());
  expect(server).toMatchObject({
    name: 'POST /v1/recommend/{work}',
    kind: 2,
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    parentSpanId: 'b7ad6b7169203331',
    traceState: 'vendor=1',
    flags: 0x301,
    statusCode: 0,
    start: nanos(1000),
    end: nanos(1012.345),
    resource: { 'service.name': 'shop' },
    scope: { name: 'sightline', version: '1.2.3' },
  });
  expect(server.attributes).toEqual({
    'http.request.method': 'POST',
    'url.scheme': 'http',
    'url.path': '/v1/recommend/home',
    'http.route': '/v1/recommend/{work}',
    'http.response.status_code': 200,
    'sightline.request.id': 'req-1',
    'sightline.work': 'home',
    'sightline.strategy': 'blend',
    'sightline.segment': 'de',
    'sightline.catalog': 'shoes',
    'sightline.variant': 'ranking/b',
    'feature_flag.key': 'ranking',
    'feature_flag.result.variant': 'b',
    'feature_flag.result.reason': 'split',
    'feature_flag.provider.name': 'sightline',
    'sightline.generation': 'g7',
    'sightline.outcome': 'fallback',
    'sightline.fallback.reason': 'model.unavailable',
    'sightline.items.requested': 20,
    'sightline.items.returned': 3,
  });
});

test('a dry run says so on its server span, so that the collector keeps its trace', () => {
  const record = finishedRecord();
  record.isDryRun = true;
  const [server, ...stages] = spansOf(record);
  expect(server.attributes['sightline.dry_run']).toBe('explain');
  for (const { attributes } of stages) expect(attributes).not.toHaveProperty('sightline.dry_run');
});

test('a request that shows an anomaly says so on its server span alone', () => {
  const record = finishedRecord();
  record.anomaly = 'a-1';
  const [server, ...stages] = spansOf(record);
  expect(server.attributes).toMatchObject({
    'sightline.anomaly': 'a-1',
    'sightline.generation': 'g7',
    'sightline.items.returned': 3,
  });
  for (const stage of stages) expect(stage.attributes).not.toHaveProperty('sightline.anomaly');
});

test('a forced variant is marked, and reasons read as the conventions have them', () => {
  const record = finishedRecord();
  const reasonsOf = (reason: AssignmentReason) => {
    record.assignment = { ...record.assignment!, reason };
    const { attributes } = spansOf(record)[0];
    return [attributes['feature_flag.result.reason'], attributes['sightline.experiment.override']];
  };
  expect(reasonsOf('forced')).toEqual(['forced', 'ranking/b']);
  expect(reasonsOf('targeting_match')).toEqual(['targeting_match', undefined]);
  expect(reasonsOf('no_key')).toEqual(['default', undefined]);
  expect(reasonsOf('killed')).toEqual(['disabled', undefined]);
  expect(reasonsOf('late')).toEqual(['error', undefined]);
});

test('a request of a work without experiment says nothing of flags, and none says its key', () => {
  const record = finishedRecord();
  expect(JSON.stringify(spansOf(record)[0].attributes)).not.toContain('visit-1');
  record.assignment = undefined;
  const names = Object.keys(spansOf(record)[0].attributes);
  expect(names.filter((name) => /flag|variant/.test(name))).toEqual([]);
});

test('each stage that ran is a child of the server span with its counts, outcome and reason', () => {
  const [server, ...stages] = spansOf(finishedRecord());
  expect(stages.map(({ name }) => name)).toEqual([
    'stage intent',
    'stage retrieve',
    'stage score',
    'stage filter',
  ]);
  for (const stage of stages) {
    expect(stage).toMatchObject({ traceId: server.traceId, parentSpanId: server.spanId, kind: 1 });
    expect(stage.flags).toBe(0x101);
    expect(stage.statusCode).toBe(0);
  }
  expect(stages[1]).toMatchObject({ start: nanos(1001), end: nanos(1006.5) });
  expect(stages[1].attributes).toEqual({
    'sightline.stage': 'retrieve',
    'sightline.component': 'union',
    'sightline.candidates.in': 0,
    'sightline.candidates.out': 500,
    'sightline.outcome': 'partial',
    'sightline.reason': 'model.unavailable',
  });
  expect(stages[2].attributes).not.toHaveProperty('sightline.reason');
});

test('the ids of all spans differ', () => {
  const spans = spansOf(...Array.from({ length: 200 }, finishedRecord));
  const ids = spans.filter(({ kind }) => kind === 1).map(({ spanId }) => spanId);
  expect(new Set(ids).size).toBe(200 * 4);
});

test('a stage that never ran has no span', () => {
  const record = finishedRecord();
  record.stageStart[2] = 0;
  expect(spansOf(record)).toHaveLength(4);
  expect(spanCount(record)).toBe(4);
});

test('only an answer that is the fault of the server is an error', () => {
  const [refused, failed, named] = [404, 503, 500].map((status) => {
    const record = new RequestRecord();
    record.reset(undefined);
    Object.assign(record, { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), status });
    if (status === 500) record.errorType = 'SL_INTERNAL';
    return spansOf(record)[0];
  });
  expect(refused.statusCode).toBe(0);
  expect(refused.attributes).not.toHaveProperty('error.type');
  expect(failed.statusCode).toBe(2);
  expect(failed.attributes).toMatchObject({ 'error.type': '503' });
  expect(named.attributes).toMatchObject({ 'error.type': 'SL_INTERNAL' });
});

test('a request without work, route or parent has a root span named after its method', () => {
  const record = new RequestRecord();
  record.reset(undefined);
  Object.assign(record, { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), requestId: 'r' });
  Object.assign(record, { method: 'BREW', path: '/nowhere', status: 404 });
  expect(spansOf(record)).toMatchObject([
    {
      name: 'HTTP',
      parentSpanId: '',
      flags: 0x101,
      attributes: {
        'http.request.method': '_OTHER',
        'url.scheme': 'http',
        'url.path': '/nowhere',
        'http.response.status_code': 404,
        'sightline.request.id': 'r',
      },
    },
  ]);
});

test('hostile text of any length stays inside its attribute', () => {
  const record = finishedRecord();
  const texts = [
    'é'.repeat(300),
    '\u0000\u001b[31m"\\',
    '\ud800',
    '𝒳'.repeat(200),
    'a'.repeat(9000),
  ];
  for (const text of texts) {
    Object.assign(record, { segment: text, catalog: text, path: text, requestId: text });
    Object.assign(record, { strategy: text, generation: text, route: text });
    const flag = { experiment: text, variant: text, name: text, provider: text };
    record.assignment = { ...record.assignment!, ...flag, reason: 'forced' };
    record.anomaly = text;
    const [server, ...stages] = spansOf(record, finishedRecord());
    expect(stages).toHaveLength(9);
    expect(server.attributes['sightline.segment']).toBe(text.slice(0, 256).toWellFormed());
    expect(server.attributes['sightline.items.returned']).toBe(3);
  }
});

test('counts beyond 21 bits are cut', () => {
  const record = finishedRecord();
  record.stageIn[1] = 2 ** 30;
  expect(spansOf(record)[2].attributes['sightline.candidates.in']).toBe(2 ** 21 - 1);
});

test('times are exact to the microsecond across the carry of the low half', () => {
  const record = finishedRecord();
  for (let ms = 1; ms < 20_000; ms += 617.123) {
    record.endedAt = ms;
    expect(spansOf(record)[0].end).toBe(nanos(ms));
  }
});

test('labels read the same however many values come and however often', () => {
  const strategies = Array.from({ length: 300 }, (_, at) => `strategy-${at % 150}ü`);
  const records = strategies.map((strategy) => Object.assign(finishedRecord(), { strategy }));
  for (const [at, record] of records.entries())
    expect(spansOf(record)[0].attributes['sightline.strategy']).toBe(strategies[at]);
});
