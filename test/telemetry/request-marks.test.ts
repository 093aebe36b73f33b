import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createRequestMarks,
  maxMarks,
  type RequestMark,
} from '../../src/telemetry/request-marks.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';
import { finishedRecord, originMs } from './finished-record.ts';

/** The id that a request of segment `de` is marked with. */
function marked(marks: readonly RequestMark[], record = finishedRecord()): string {
  const { see, mark } = createRequestMarks();
  mark(marks);
  see(record, originMs);
  return record.anomaly;
}

const german: RequestMark = { id: 'a1', shows: ({ segment }) => segment === 'de' };

test('a request that shows what the mark is of carries its id, and another one does not', () => {
  expect(marked([german])).toBe('a1');
  expect(marked([{ id: 'a2', shows: ({ segment }) => segment === 'poland' }])).toBe('');
});

test('a mark sees the labels, the times and what the request suffered', () => {
  marked([
    {
      id: 'a1',
      shows(request) {
        expect(request).toEqual({
          traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
          atMs: originMs + 1012.345,
          seconds: expect.closeTo(0.012345),
          work: 'home',
          strategy: 'blend',
          segment: 'de',
          catalog: 'shoes',
          variant: 'ranking/b',
          firstLabel: '',
          secondLabel: '',
          outcome: 'fallback',
          isDegraded: true,
          isMissingFeatures: false,
        });
        return true;
      },
    },
  ]);
  expect.assertions(1);
});

test('the first mark in force that a request shows is written, whatever comes after', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 2 * maxMarks }), (shown) => {
      const marks = shown.map((shows, k) => ({ id: `a${k}`, shows: () => shows }));
      const first = shown.slice(0, maxMarks).indexOf(true);
      expect(marked(marks)).toBe(first < 0 ? '' : `a${first}`);
    }),
  );
});

test('new marks take the place of all others', () => {
  const { see, mark } = createRequestMarks();
  const seen = () => {
    const record = finishedRecord();
    see(record, originMs);
    return record.anomaly;
  };
  expect(seen()).toBe('');
  mark([german]);
  expect(seen()).toBe('a1');
  mark([{ ...german, id: 'a2' }]);
  expect(seen()).toBe('a2');
  mark([]);
  expect(seen()).toBe('');
});

test('a request that reached no work is not marked', () => {
  const record = new RequestRecord();
  record.reset(undefined);
  record.traceId = 'ab'.repeat(16);
  expect(marked([{ id: 'a1', shows: () => true }], record)).toBe('');
});

test('a record that is used again carries no mark', () => {
  const record = finishedRecord();
  expect(marked([german], record)).toBe('a1');
  record.reset(record.layout);
  expect(record.anomaly).toBe('');
});
