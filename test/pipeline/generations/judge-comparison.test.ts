import { expect, test } from 'vitest';
import type { Comparison } from '../../../src/pipeline/generations/compare-generations.ts';
import { generationsSchema } from '../../../src/pipeline/generations/generations-schema.ts';
import { judgeComparison } from '../../../src/pipeline/generations/judge-comparison.ts';

const same: Comparison = {
  requests: 20,
  overlap: 1,
  rankAgreement: 1,
  medianMs: { before: 2, after: 2 },
  degraded: { before: 0, after: 0 },
};

const judge = (comparison: Partial<Comparison>, gate: object = {}) =>
  judgeComparison({ ...same, ...comparison }, generationsSchema.parse({ gate }).gate);

test('by default other items in another order pass', () => {
  expect(judge({ overlap: 0, rankAgreement: -1 })).toEqual([]);
  expect(judge({ rankAgreement: undefined })).toEqual([]);
});

test('what an operator asks for is held against it', () => {
  const gate = { minOverlap: 0.5, minRankAgreement: 0.2 };
  expect(judge({ overlap: 0.5, rankAgreement: 0.2 }, gate)).toEqual([]);
  expect(judge({ overlap: 0.49, rankAgreement: 0.1 }, gate)).toEqual([
    'overlap is 0.49, expected at least 0.50',
    'rank agreement is 0.10, expected at least 0.20',
  ]);
});

test('more degraded answers hold it back', () => {
  expect(judge({ degraded: { before: 0.3, after: 0.35 } })).toEqual([]);
  expect(judge({ degraded: { before: 0.1, after: 0.4 } })).toEqual([
    'increase of degraded answers is 0.30, expected at most 0.10',
  ]);
});

test('slower answers hold it back, unless they take hardly longer or are few', () => {
  expect(judge({ medianMs: { before: 2, after: 7 } })).toEqual([
    'latency ratio is 3.50, expected at most 3.00',
  ]);
  expect(judge({ medianMs: { before: 0.1, after: 0.9 } })).toEqual([]);
  expect(judge({ requests: 19, medianMs: { before: 2, after: 7 } })).toEqual([]);
});
