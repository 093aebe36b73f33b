import { expect, test } from 'vitest';
import { RequestRecord } from '../../src/telemetry/request-record.ts';
import { createTraceBook } from '../../src/telemetry/trace-book.ts';
import { finishedRecord, layout } from './finished-record.ts';

const usual = (traceId: string, rest: Partial<RequestRecord> = {}) => {
  const record = new RequestRecord();
  record.reset(layout);
  const times = { startedAt: 1000, endedAt: 1010 };
  return Object.assign(record, { traceId, outcome: 'ok', segment: 'de', ...times, ...rest });
};
const anything = () => true;

test('the slowest matching traces come first, at most as many as asked for', () => {
  const book = createTraceBook();
  book.see(usual('t1', { endedAt: 1020 }), 0);
  book.see(usual('t2', { endedAt: 1090 }), 0);
  book.see(usual('t3', { segment: 'pl', endedAt: 2000 }), 0);
  book.see(usual('t4', { endedAt: 1050 }), 0);
  const isGerman = ({ segment }: { segment: string }) => segment === 'de';
  expect(book.find(isGerman, { sinceMs: 0, limit: 2 })).toEqual(['t2', 't4']);
});

test('traces that ended before the moment are left out', () => {
  const book = createTraceBook();
  book.see(usual('old', { endedAt: 1100 }), 5_000);
  book.see(usual('new', { endedAt: 1200 }), 5_000);
  expect(book.find(anything, { sinceMs: 6_150, limit: 3 })).toEqual(['new']);
});

test('many usual requests do not write over the few unusual ones', () => {
  const book = createTraceBook({ capacity: 4 });
  const unusual = finishedRecord();
  book.see(unusual, 0);
  for (let k = 0; k < 10; k++) book.see(usual(`t${k}`), 0);
  const found = book.find(({ isDegraded }) => isDegraded, { sinceMs: 0, limit: 3 });
  expect(found).toEqual([unusual.traceId]);
  expect(book.find(anything, { sinceMs: 0, limit: 100 })).toHaveLength(5);
});

test('a request that reached no work, or has no trace, is no page', () => {
  const book = createTraceBook();
  book.see(new RequestRecord(), 0);
  book.see(usual(''), 0);
  expect(book.find(anything, { sinceMs: 0, limit: 3 })).toEqual([]);
});
