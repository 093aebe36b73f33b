import { expect, test } from 'vitest';
import type { LogDestination } from '../../src/telemetry/log-destination.ts';
import { createRequestLog } from '../../src/telemetry/request-log.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';
import { finishedRecord, originMs } from './finished-record.ts';

/** Lines in memory, with just the room that each line asks for. */
function createLines(): LogDestination & { readonly lines: string[] } {
  const lines: string[] = [];
  let buffer = Buffer.alloc(0);
  return {
    lines,
    at: 0,
    write: (line) => void lines.push(line),
    room(bytes) {
      buffer = Buffer.alloc(bytes);
      return buffer;
    },
    end(at) {
      expect(at).toBeLessThanOrEqual(buffer.length);
      lines.push(buffer.toString('utf8', 0, at));
    },
    flush: async () => {},
    close: async () => {},
  };
}

function linesOf(
  records: readonly RequestRecord[],
  options: Partial<Parameters<typeof createRequestLog>[0]> = {},
): string[] {
  const destination = createLines();
  const log = createRequestLog({ requests: 'all', level: () => 'info', destination, ...options });
  for (const record of records) log(record, originMs);
  return destination.lines;
}

function plainRecord(): RequestRecord {
  const record = finishedRecord();
  record.degradations = [];
  record.outcome = 'ok';
  return record;
}

test('the line of a degraded request says what was served, by what, why and how fast', () => {
  expect(linesOf([finishedRecord()])).toEqual([
    '{"time":"2026-11-21T02:00:01.012Z","level":"warn","msg":"request","request_id":"req-1"' +
      ',"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"' +
      ',"method":"POST","route":"/v1/recommend/{work}","status":200,"ms":12.345' +
      ',"work":"home","strategy":"blend","segment":"de","catalog":"shoes","variant":"ranking/b"' +
      ',"variant_reason":"split","generation":"g7","outcome":"fallback","n":20,"returned":3,"session_length":4' +
      ',"fallback_reason":"model.unavailable","stages":[' +
      '{"stage":"intent","component":"rules","ms":0.25,"in":0,"out":0,"outcome":"ok"},' +
      '{"stage":"retrieve","component":"union","ms":5.5,"in":0,"out":500,"outcome":"partial"' +
      ',"reason":"model.unavailable","components":{"item2vec":1.5,"popular":4}},' +
      '{"stage":"score","component":"blend","ms":3.501,"in":500,"out":500,"outcome":"ok"},' +
      '{"stage":"filter","component":"chain","ms":1.999,"in":500,"out":3,"outcome":"ok"' +
      ',"components":{"hidden":1,"seen":0.25}}]' +
      ',"degradations":[{"stage":"retrieve","component":"item2vec","path":"home/retrieve/item2vec"' +
      ',"reason":"model.unavailable","action":"skip_component","coverage":0.5' +
      ',"cause":["TypeError: no vectors","RangeError: file ends early"]}]}\n',
  ]);
});

test('a request that went well has no fallback reason and no degradations', () => {
  const line = JSON.parse(linesOf([plainRecord()])[0]);
  expect(line).toMatchObject({ level: 'info', outcome: 'ok', fallback_reason: null });
  expect(line).not.toHaveProperty('degradations');
});

test('the line of a request that shows an anomaly names it, and no other line does', () => {
  const record = plainRecord();
  record.anomaly = 'a-1';
  const [marked, unmarked] = linesOf([record, plainRecord()]).map((line) => JSON.parse(line));
  expect(marked).toMatchObject({ generation: 'g7', anomaly: 'a-1', outcome: 'ok', n: 20 });
  expect(unmarked).not.toHaveProperty('anomaly');
});

test('a stage that never ran is left out', () => {
  const record = plainRecord();
  record.stageStart[0] = 0;
  record.stageStart[2] = 0;
  const line = JSON.parse(linesOf([record])[0]);
  expect(line.stages.map(({ stage }: { stage: string }) => stage)).toEqual(['retrieve', 'filter']);
});

test('a request without a work shows its path only where it has no route', () => {
  const record = new RequestRecord();
  record.reset(undefined);
  Object.assign(record, { requestId: 'r', path: '/etc/passwd\u001b[2J', status: 404 });
  const [line] = linesOf([record]);
  expect(JSON.parse(line)).toEqual({
    time: '2026-11-21T02:00:00.000Z',
    level: 'info',
    msg: 'request',
    request_id: 'r',
    trace_id: '',
    span_id: '',
    method: 'POST',
    path: '/etc/passwd\u001b[2J',
    status: 404,
    ms: 0,
  });
  record.route = '/v1/items/{id}';
  expect(JSON.parse(linesOf([record])[0])).not.toHaveProperty('path');
});

test('the log of degraded requests leaves out what went well', () => {
  const failed = plainRecord();
  failed.status = 503;
  failed.errorType = 'SL_OVERLOADED';
  const lines = linesOf([plainRecord(), finishedRecord(), failed], { requests: 'degraded' });
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(['warn', 'error']);
  expect(JSON.parse(lines[1])).toMatchObject({ status: 503, error_type: 'SL_OVERLOADED' });
});

test('a least severity leaves out lines below it', () => {
  const failed = plainRecord();
  failed.outcome = 'error';
  const records = [plainRecord(), finishedRecord(), failed];
  expect(linesOf(records, { level: () => 'warn' })).toHaveLength(2);
  expect(linesOf(records, { level: () => 'error' })).toHaveLength(1);
});

test('hostile text in any field leaves one line of JSON without control characters', () => {
  const hostile = [
    '"},"level":"fake","x":{"',
    'a\nb\r\u0000\u001b[31m\u009b\u2028',
    '\ud800 lone',
    '\\',
    'é'.repeat(4000),
    '\u0001'.repeat(4000),
  ];
  for (const text of hostile) {
    const record = finishedRecord();
    for (const field of ['requestId', 'method', 'route', 'path', 'strategy', 'segment'] as const) {
      record[field] = text;
    }
    for (const field of ['catalog', 'generation', 'anomaly', 'errorType'] as const) {
      record[field] = text;
    }
    record.assignment = { ...record.assignment!, name: text };
    record.degrade({
      stage: 'score',
      component: text,
      reason: 'plugin.error',
      action: 'partial',
      changedSlate: false,
      coverage: Number.NaN,
      cause: Object.assign(new Error(text), { name: text }),
    });
    const [line] = linesOf([record]);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    const { level, segment, request_id: requestId, degradations } = JSON.parse(line);
    expect(level).toBe('warn');
    expect(segment).toBe(text.slice(0, 256));
    expect(requestId).toBe(text.slice(0, 256));
    expect(degradations[1].component).toBe(text);
  }
});
