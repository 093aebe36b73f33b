import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RecommendRequest } from '../../src/domain/recommend-request.ts';
import { createRng } from '../../src/math/rng.ts';
import type { Model } from '../../src/models/model.ts';
import { QueryIndex } from '../../src/pipeline/algorithms/query-index.ts';
import { assembleWork } from '../../src/pipeline/assemble.ts';
import type { Fault } from '../../src/pipeline/faults/fault.ts';
import { createFaults } from '../../src/pipeline/faults.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import { workSchema } from '../../src/pipeline/work-schema.ts';
import { unitePlugins } from '../../src/plugins/unite-plugins.ts';
import { measured } from '../../src/stores/measured.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { SessionTable } from '../../src/stores/session-table.ts';
import type { Emit } from '../../src/telemetry/facts.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';
import { createShop, served } from './test-work.ts';

// Time is that of the fake timers, so nothing is waited for.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** Brings the first ten items and holds low numbers for the likelier ones. */
const lowFirst = {
  ...{ kind: 'low-first', version: '0', trainedAtMs: 0 },
  retrieve(_query, limit, hits) {
    hits.count = Math.min(limit, 10);
    for (let rank = 0; rank < hits.count; rank++) hits.items[rank] = 9 - rank;
  },
  score(_query, items, count, scores) {
    for (let row = 0; row < count; row++) scores[row] = 10 - items[row];
  },
} as Model;

const options = workSchema.parse({
  surface: 'session',
  strategy: 'by-number',
  budgetMs: 100,
  stages: [
    { stage: 'intent' },
    { stage: 'retrieve', use: [{ algorithm: 'low-first' }] },
    { stage: 'features', budgetMs: 20 },
    { stage: 'score', use: [{ algorithm: 'low-first', weight: 1 }] },
    { stage: 'rerank', use: 'score' },
    { stage: 'filter', use: ['hidden'] },
  ],
});

/** A work over a memory store with the user `u`, and what was told of its reads. */
async function openWork() {
  const facts: object[] = [];
  const emit: Emit = (name, fact) => void facts.push({ name, ...fact });
  const store = createMemoryStore({ clock });
  await store.mset('users', [{ id: 'u', segment: 'gold', attributes: {} }]);
  const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
  const faults = createFaults({ store, clock, emit, rng: createRng(1), sleep });
  const table = createShop(30);
  const work = assembleWork('test', options, {
    store: measured(store, emit, clock),
    catalogue: unitePlugins([]),
    tables: new Map(),
    models: new Map([['low-first', { model: lowFirst }]]),
    segments: new Set(['gold', 'silver']),
    index: new QueryIndex(table),
    popularity: () => new Int32Array(0),
    faults,
  });
  const pipeline = createPipeline({ table, sessions: new SessionTable(), clock, faults });
  const record = new RequestRecord();
  const recommend = async (request: Partial<RecommendRequest> = {}) => {
    record.reset(work.layout);
    record.startedAt = clock.monotonic();
    const asked = { n: 3, explain: false, user: 'u', segment: 'silver', ...request };
    const pending = Promise.resolve(pipeline.run({ work, request: asked, record }, served));
    await vi.advanceTimersByTimeAsync(200);
    const { degradations, outcome, segment, featuresMissing } = record;
    const reasons = degradations.map(({ stage, reason }) => `${stage} ${reason}`);
    const timed = [...record.stageEnd.subarray(0, 6)].map((end, s) => end - record.stageStart[s]);
    return { items: await pending, reasons, outcome, segment, featuresMissing, timed };
  };
  return { facts, faults, recommend };
}

const fault = (changes: object) =>
  ({
    ...{ name: 'f', match: {}, share: 1, afterSeconds: 0, forSeconds: 60, rampSeconds: 0 },
    ...changes,
  }) as Fault;

const healthy = {
  items: ['I0', 'I1', 'I2'],
  reasons: [],
  outcome: 'ok',
  featuresMissing: 0,
  timed: [0, 0, 0, 0, 0, 0],
};

test('without a fault in place nothing is different', async () => {
  const { recommend, faults } = await openWork();
  expect(await recommend()).toMatchObject(healthy);
  expect(faults.areInPlace()).toBe(false);
  expect(faults.status()).toEqual([]);
});

test('a slow store delays the read, which is seen in the series of the store', async () => {
  const { recommend, faults, facts } = await openWork();
  faults.put([fault({ kind: 'slow-store', delayMs: 15 })]);
  expect(await recommend()).toMatchObject({ ...healthy, timed: [0, 0, 15, 0, 0, 0] });
  expect(facts).toContainEqual({
    ...{ name: 'store.fetched', store: 'memory' },
    ...{ outcome: 'ok', seconds: 0.015 },
  });
  expect(facts.filter((told) => (told as { name: string }).name === 'store.fetched')).toHaveLength(
    1,
  );
});

test('a store slower than the budget of its stage is given up as in life', async () => {
  const { recommend, faults } = await openWork();
  faults.put([fault({ kind: 'slow-store', delayMs: 40 })]);
  expect(await recommend()).toMatchObject({
    ...healthy,
    reasons: ['features timeout.stage'],
    timed: [0, 0, 20, 0, 0, 0],
  });
});

test('a failing store is named, and its row is missing', async () => {
  const { recommend, faults, facts } = await openWork();
  faults.put([fault({ kind: 'failing-store' })]);
  expect(await recommend()).toMatchObject({
    ...healthy,
    reasons: ['features dependency.unavailable'],
    featuresMissing: 1,
  });
  expect(facts).toContainEqual(
    expect.objectContaining({ name: 'store.fetched', outcome: 'unavailable' }),
  );
});

test('missing features are no degradation, but nothing is known of the user', async () => {
  const { recommend, faults, facts } = await openWork();
  expect(await recommend({ segment: undefined })).toMatchObject({ segment: 'gold' });
  faults.put([fault({ kind: 'missing-features' })]);
  expect(await recommend({ segment: undefined })).toMatchObject({
    ...healthy,
    segment: 'default',
    featuresMissing: 1,
  });
  expect(facts.at(-1)).toMatchObject({ name: 'feature.read', asked: 1, missing: 1 });
});

test('a request without a user reads nothing, so no store is slow for it', async () => {
  const { recommend, faults } = await openWork();
  faults.put([fault({ kind: 'slow-store', delayMs: 40 })]);
  expect(await recommend({ user: undefined })).toMatchObject(healthy);
  expect(faults.status()[0].struck).toBe(0);
});

test('a bad model puts the worst first and says nothing of it', async () => {
  const { recommend, faults } = await openWork();
  faults.put([fault({ kind: 'bad-model', mode: 'inverted' })]);
  expect(await recommend()).toMatchObject({ ...healthy, items: ['I9', 'I8', 'I7'] });
});

test('a shuffling model gives another order from request to request', async () => {
  const { recommend, faults } = await openWork();
  faults.put([fault({ kind: 'bad-model', mode: 'shuffled' })]);
  const orders = [await recommend(), await recommend(), await recommend()];
  expect(new Set(orders.map(({ items }) => items.join())).size).toBe(3);
  expect(orders.flatMap(({ reasons }) => reasons)).toEqual([]);
});

test('a model whose scores are not finite is left out as one that broke by itself', async () => {
  const { recommend, faults } = await openWork();
  faults.put([fault({ kind: 'bad-model', mode: 'invalid' })]);
  const { reasons, outcome, items } = await recommend();
  expect(reasons[0]).toBe('score model.invalid_output');
  expect(outcome).toBe('fallback');
  // The order of retrieval is what is left.
  expect(items).toEqual(['I9', 'I8', 'I7']);
});

test('a slow stage begins later, and is given up where the time of the request does not reach', async () => {
  const { recommend, faults } = await openWork();
  faults.put([fault({ kind: 'slow-stage', stage: 'score', delayMs: 30 })]);
  expect(await recommend()).toMatchObject({ ...healthy, timed: [0, 0, 0, 30, 0, 0] });
  faults.put([fault({ kind: 'slow-stage', stage: 'score', delayMs: 500 })]);
  const { reasons, timed } = await recommend();
  // Five milliseconds of the hundred are kept for the answer.
  expect(timed[3]).toBe(95);
  expect(reasons).toEqual(['score timeout.stage', 'rerank budget.exhausted']);
});

test.each([
  ['retrieve', 'retrieve plugin.error'],
  ['score', 'score plugin.error'],
  ['filter', 'filter plugin.error'],
])('a failing %s stage is replaced as its policy says', async (stage, reason) => {
  const { recommend, faults } = await openWork();
  faults.put([fault({ kind: 'failing-stage', stage })]);
  const { reasons, outcome } = await recommend();
  expect(reasons[0]).toBe(reason);
  expect(outcome).not.toBe('ok');
});

test('requests that a fault does not match are served as if there were none', async () => {
  const { recommend, faults } = await openWork();
  faults.put([fault({ kind: 'failing-stage', stage: 'score', match: { segment: 'gold' } })]);
  expect(await recommend()).toMatchObject(healthy);
  expect((await recommend({ segment: 'gold' })).reasons).not.toEqual([]);
});

test('a segment that only the row of the user tells is matched after it was read', async () => {
  const { recommend, faults } = await openWork();
  const gold = { match: { segment: 'gold' } };
  faults.put([
    fault({ kind: 'slow-store', delayMs: 10, ...gold }),
    fault({ kind: 'failing-stage', stage: 'rerank', ...gold }),
  ]);
  const { timed, reasons } = await recommend({ segment: undefined });
  expect(timed[2]).toBe(0);
  expect(reasons).toEqual(['rerank plugin.error']);
});

test('a fault waits, strikes and ends by itself, and then is not in place any more', async () => {
  const { recommend, faults } = await openWork();
  faults.put([fault({ kind: 'failing-store', afterSeconds: 10, forSeconds: 20 })]);
  const beganAt = Date.now() + 10_000;
  expect(faults.status()).toMatchObject([
    { state: 'waiting', beginsAtMs: beganAt, endsAtMs: beganAt + 20_000, struck: 0 },
  ]);
  expect(await recommend()).toMatchObject(healthy);
  vi.advanceTimersByTime(10_000);
  expect(faults.status()).toMatchObject([{ state: 'active' }]);
  expect((await recommend()).reasons).toEqual(['features dependency.unavailable']);
  expect(faults.status()).toMatchObject([{ struck: 1 }]);
  vi.advanceTimersByTime(20_000);
  expect(await recommend()).toMatchObject(healthy);
  expect([faults.areInPlace(), faults.status()]).toEqual([false, []]);
});

test('a new list takes the place of the old one, and an empty one ends everything', async () => {
  const { recommend, faults, facts } = await openWork();
  faults.put([fault({ kind: 'failing-stage', stage: 'score' })]);
  faults.put([fault({ kind: 'failing-stage', stage: 'rerank' })]);
  expect((await recommend()).reasons).toEqual(['rerank plugin.error']);
  faults.put([]);
  expect(await recommend()).toMatchObject(healthy);
  const told = facts.filter((one) => (one as { name: string }).name === 'faults.changed');
  expect(told.map((one) => (one as { faults: string[] }).faults)).toEqual([['f'], ['f'], []]);
});

test('more faults than there may be are refused, and those in place stay', async () => {
  const { faults } = await openWork();
  faults.put([fault({ kind: 'failing-store' })]);
  const many = Array.from({ length: 65 }, () => fault({ kind: 'failing-store' }));
  expect(() => faults.put(many)).toThrowError('faults are 65, expected at most 64');
  expect(faults.status()).toHaveLength(1);
});
