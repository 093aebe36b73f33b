import { expect, test } from 'vitest';
import { createPopularWorks } from '../../../src/pipeline/admission/popular-works.ts';
import { createPipeline } from '../../../src/pipeline/pipeline.ts';
import { SessionTable } from '../../../src/stores/session-table.ts';
import { RequestRecord } from '../../../src/telemetry/request-record.ts';
import { bring, createTestClock, openTestWork, served } from '../test-work.ts';

test('popular items are served by the same filters, and no algorithm is asked', () => {
  let asked = 0;
  const retriever = bring('first', [1, 2, 3]);
  const { work, table } = openTestWork({
    retrievers: [
      {
        ...retriever,
        retrieve(context, hits, limit) {
          asked += 1;
          return retriever.retrieve(context, hits, limit);
        },
      },
    ],
    popularity: [9, 8, 7, 6, 5],
  });
  const popular = createPopularWorks()(work);
  const clock = createTestClock();
  const record = new RequestRecord();
  record.reset(popular.layout);
  const request = { n: 3, explain: false, exclude: ['I8'] };
  const pipeline = createPipeline({ table, sessions: new SessionTable(), clock });
  const ids = pipeline.run({ work: popular, request, record }, served);
  expect(ids).toEqual(['I9', 'I7', 'I6']);
  expect(asked).toBe(0);
  expect(record.strategy).toBe('popularity');
});

test('a work has one such form, made once', () => {
  const { work } = openTestWork({});
  const popularOf = createPopularWorks();
  expect(popularOf(work)).toBe(popularOf(work));
  expect(popularOf(work)).toMatchObject({ name: 'test', layout: { work: 'test' } });
});
