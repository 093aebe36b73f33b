import { expect, test } from 'vitest';
import { SightlineError } from '../../src/domain/errors.ts';
import type { Retriever, Scorer } from '../../src/pipeline/algorithm.ts';
import { filters } from '../../src/pipeline/algorithms/filters.ts';
import type { Stage } from '../../src/pipeline/stage.ts';
import { featuresStage } from '../../src/pipeline/stages/features.ts';
import { filterStage } from '../../src/pipeline/stages/filter.ts';
import { rerankStage } from '../../src/pipeline/stages/rerank.ts';
import { buildWork } from '../../src/pipeline/work.ts';
import { stageOutcomes } from '../../src/telemetry/request-record.ts';
import { bring, createShop, lowFirst, openTestWork, served, shopItem } from './test-work.ts';

const broken = (name: string): Retriever => ({
  name,
  limit: 5,
  retrieve() {
    throw new Error('disk on fire', { cause: new Error('smoke') });
  },
});

const reasons = (record: { degradations: readonly { reason: string }[] }) =>
  record.degradations.map(({ reason }) => reason);

test('a healthy request serves the best-scored candidates and names no degradation', () => {
  const { recommend, record } = openTestWork({});
  expect(recommend({}, served)).toEqual(['I0', 'I1', 'I2', 'I3', 'I4']);
  expect(record).toMatchObject({
    outcome: 'ok',
    strategy: 'by-number',
    requested: 5,
    returned: 5,
    degradations: [],
  });
  expect(record.fallbackReason).toBeNull();
});

test('every stage leaves its counts in the record', () => {
  const { recommend, record, work } = openTestWork({});
  recommend({}, served);
  expect(work.layout.stages.map(({ stage }) => stage)).toEqual([
    'intent',
    'retrieve',
    'features',
    'score',
    'rerank',
    'filter',
  ]);
  expect([...record.stageIn.subarray(0, 6)]).toEqual([0, 0, 8, 8, 8, 8]);
  expect([...record.stageOut.subarray(0, 6)]).toEqual([0, 8, 8, 8, 8, 5]);
});

test('one broken retriever costs its own candidates and is named with its cause', () => {
  const { recommend, record } = openTestWork({
    retrievers: [broken('bad'), bring('good', [1, 2, 3, 4, 5, 6])],
  });
  expect(recommend({}, served)).toEqual(['I1', 'I2', 'I3', 'I4', 'I5']);
  expect(record.outcome).toBe('fallback');
  expect(record.degradations[0]).toMatchObject({
    stage: 'retrieve',
    component: 'bad',
    reason: 'plugin.error',
    action: 'skip_component',
  });
  expect((record.degradations[0].cause as Error).cause).toBeInstanceOf(Error);
  expect(stageOutcomes[record.stageOutcome[1]]).toBe('partial');
});

test.each([
  ['SL_MODEL_UNAVAILABLE', 'model.unavailable'],
  ['SL_MODEL_CORRUPT', 'model.unavailable'],
  ['SL_TRAINING_FAILED', 'model.unavailable'],
  ['SL_NOTHING_TO_LEARN', 'model.not_ready'],
  ['SL_MODEL_VERSION', 'model.version_mismatch'],
] as const)('a retriever whose model is missing for %s is left out as %s', (code, reason) => {
  const unavailable = new SightlineError(code, 'model item2vec cannot be had');
  const { recommend, record } = openTestWork({
    retrievers: [{ ...broken('item2vec'), unavailable }, bring('good', [1, 2, 3, 4, 5])],
  });
  recommend({}, served);
  expect(record.fallbackReason).toBe(reason);
});

test('when all retrievers fail the popularity list is served', () => {
  const { recommend, record } = openTestWork({ retrievers: [broken('bad')] });
  expect(recommend({}, served)).toEqual(['I20', 'I21', 'I22', 'I23', 'I24']);
  expect(record).toMatchObject({ outcome: 'fallback', strategy: 'popularity' });
  expect(record.fallbackReason).toBe('plugin.error');
});

test('no time at all still gives a full answer from the popularity list', () => {
  const { recommend, record } = openTestWork({});
  expect(recommend({ timeoutMs: 0 }, served)).toEqual(['I20', 'I21', 'I22', 'I23', 'I24']);
  expect(record.fallbackReason).toBe('budget.exhausted');
  expect(stageOutcomes[record.stageOutcome[1]]).toBe('skipped');
});

test('a stage is not started when the budget is spent, and the order of retrieval stands in for scores', () => {
  const slow: Retriever = { ...bring('slow', [9, 8, 7, 6, 5]), name: 'slow' };
  const world = openTestWork({
    retrievers: [
      {
        ...slow,
        retrieve(context, hits, limit) {
          world.clock.advance(99);
          return slow.retrieve(context, hits, limit);
        },
      },
    ],
  });
  expect(world.recommend({}, served)).toEqual(['I9', 'I8', 'I7', 'I6', 'I5']);
  expect(reasons(world.record)).toEqual([
    'budget.exhausted',
    'budget.exhausted',
    'budget.exhausted',
  ]);
});

test('a retriever that never answers is given up when its time is over', async () => {
  const hanging: Retriever = { name: 'hanging', limit: 5, retrieve: () => new Promise(() => {}) };
  const { recommend, record } = openTestWork({
    retrievers: [hanging, bring('good', [1, 2, 3, 4, 5])],
  });
  expect(await recommend({ timeoutMs: 20 }, served)).toEqual(['I1', 'I2', 'I3', 'I4', 'I5']);
  expect(reasons(record)).toContain('timeout.stage');
});

test('a late retriever costs its own candidates only, however its deadline falls between two milliseconds', async () => {
  const hanging: Retriever = { name: 'hanging', limit: 5, retrieve: () => new Promise(() => {}) };
  // The monotonic time moves on at each look, as it does on a real machine.
  const waits = Array.from({ length: 40 }, async (_, i) => {
    let ms = 1000;
    const clock = {
      now: () => ms,
      monotonic: () => {
        ms += 0.01;
        return ms;
      },
    };
    const { recommend, record } = openTestWork({
      clock,
      retrievers: [hanging, bring('good', [1, 2, 3, 4, 5])],
      replace: { features: featuresStage([{ name: 'slow', fetch: () => Promise.resolve() }]) },
    });
    const ids = await recommend({ timeoutMs: 10 + i * 0.01 }, served);
    return { ids, at: record.degradations.map(({ stage, component }) => `${stage}/${component}`) };
  });
  for (const { ids, at } of await Promise.all(waits)) {
    expect(ids).toEqual(['I1', 'I2', 'I3', 'I4', 'I5']);
    expect(at).toEqual(['retrieve/hanging']);
  }
});

test('a run that was given up on is not used for another request', async () => {
  let finish: () => void = () => {};
  const late: Retriever = {
    name: 'late',
    limit: 5,
    retrieve: (_context, hits) =>
      new Promise((resolve) => {
        finish = () => {
          hits.items.fill(29);
          hits.count = 5;
          resolve();
        };
      }),
  };
  const { recommend } = openTestWork({ retrievers: [late] });
  const first = await recommend({ timeoutMs: 20 }, (run) => run);
  finish();
  const second = await recommend({ timeoutMs: 20 }, (run) => run);
  expect(second).not.toBe(first);
});

test('a scorer that writes a value that is not finite has no say', () => {
  const wild: Scorer = {
    ...lowFirst,
    name: 'wild',
    score: (_c, _k, scores) => void scores.fill(Number.NaN),
  };
  const { recommend, record } = openTestWork({ scorers: [wild, lowFirst] });
  expect(recommend({}, served)).toEqual(['I0', 'I1', 'I2', 'I3', 'I4']);
  expect(record.degradations[0]).toMatchObject({
    component: 'wild',
    reason: 'model.invalid_output',
  });
});

test('when every scorer fails the order of retrieval is served', () => {
  const wild: Scorer = {
    ...lowFirst,
    name: 'wild',
    score: (_c, _k, scores) => void scores.fill(Number.POSITIVE_INFINITY),
  };
  const { recommend, record } = openTestWork({ scorers: [wild] });
  expect(recommend({}, served)).toEqual(['I4', 'I3', 'I2', 'I1', 'I0']);
  expect(stageOutcomes[record.stageOutcome[3]]).toBe('degraded');
});

test('a reranker that throws leaves the order of the scores', () => {
  const failing = rerankStage(
    {
      name: 'failing',
      rerank() {
        throw new Error('no vectors');
      },
    },
    undefined,
  );
  const { recommend, record } = openTestWork({ replace: { rerank: failing } });
  expect(recommend({}, served)).toEqual(['I0', 'I1', 'I2', 'I3', 'I4']);
  expect(record.fallbackReason).toBe('plugin.error');
});

test('a filter that throws serves nothing that it should have judged', () => {
  const replace: Partial<Record<Stage['name'], Stage>> = {
    filter: filterStage({
      filters: [
        filters.hidden,
        {
          name: 'licence',
          judge() {
            throw new Error('licence server is down');
          },
        },
      ],
      retrievers: ['first'],
      popularity: () => Int32Array.of(20, 21),
      budgetMs: undefined,
    }),
  };
  const { recommend, record } = openTestWork({ replace });
  expect(recommend({}, served)).toEqual([]);
  expect(record.outcome).toBe('empty');
  expect(record.degradations[0]).toMatchObject({ stage: 'filter', component: 'licence' });
});

test('removed items are replaced from the reserve before the popularity list is asked', () => {
  const table = createShop(30);
  for (const i of [0, 1, 2]) table.upsert(shopItem(i, { hidden: true }));
  const { recommend, record } = openTestWork({ table });
  expect(recommend({}, served)).toEqual(['I3', 'I4', 'I5', 'I6', 'I7']);
  expect(record.outcome).toBe('ok');
});

test('a slate that stays short is filled from the popularity list and says so', () => {
  const { recommend, record } = openTestWork({ retrievers: [bring('few', [1, 2])] });
  expect(recommend({}, served)).toEqual(['I1', 'I2', 'I20', 'I21', 'I22']);
  expect(record.degradations).toMatchObject([{ reason: 'candidates.insufficient', coverage: 0.4 }]);
});

test('no item is served twice and no removed item is served, whatever the mix', () => {
  const table = createShop(30);
  for (const i of [3, 21]) table.upsert(shopItem(i, { expiresAtMs: 1 }));
  const { recommend } = openTestWork({
    table,
    retrievers: [bring('a', [1, 2, 3]), bring('b', [2, 1, 20])],
  });
  const ids = recommend({ n: 10, exclude: ['I22'] }, served) as string[];
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).not.toContain('I3');
  expect(ids).not.toContain('I21');
  expect(ids).not.toContain('I22');
});

test('a broken feature fetch is named but changes nothing that is served', async () => {
  const features = featuresStage([
    { name: 'user', fetch: () => Promise.reject(new Error('gone')) },
  ]);
  const { recommend, record } = openTestWork({ replace: { features } });
  expect(await recommend({}, served)).toHaveLength(5);
  expect(record.degradations).toMatchObject([
    { stage: 'features', reason: 'plugin.error', changedSlate: false },
  ]);
  expect(record.outcome).toBe('ok');
});

test('a work whose stages do not find what they need cannot be built, and every gap is listed', () => {
  const { work } = openTestWork({});
  const [, retrieve, , score] = work.stages;
  expect(() => buildWork({ ...work, stages: [score, retrieve] })).toThrowError(
    /stage score needs candidates.*stage retrieve needs intent.*no stage provides the slate/,
  );
});

test('an algorithm that calls out gets the trace and the time left as headers', () => {
  let headers: Readonly<Record<string, string>> = {};
  const world = openTestWork({
    retrievers: [
      {
        ...bring('away', [1]),
        retrieve(context) {
          world.clock.advance(10);
          world.record.traceId = '0af7651916cd43dd8448eb211c80319c';
          world.record.spanId = 'b7ad6b7169203331';
          headers = context.carry();
        },
      },
    ],
  });
  world.recommend({}, served);
  expect(headers).toMatchObject({
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    baggage: expect.stringContaining('sightline.work='),
    'x-sightline-deadline-ms': expect.stringMatching(/^8\d$/),
  });
});
