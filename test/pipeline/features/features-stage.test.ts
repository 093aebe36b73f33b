import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPopularWorks } from '../../../src/pipeline/admission/popular-works.ts';
import { featureState } from '../../../src/pipeline/features/feature-column.ts';
import type { FeatureValue } from '../../../src/stores/features/feature-store.ts';
import { createMemoryFeatures } from '../../../src/stores/features/memory-features.ts';
import { openSnapshot } from '../../../src/stores/features/snapshot.ts';
import { recordingStore } from '../../stores/features/recording-store.ts';
import { served } from '../test-work.ts';
import { fakeClock, openFeatureShop } from './feature-shop.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A feature of every candidate in store `recording`. */
const price = { feature: 'price', store: 'recording', key: 'item:{item}' };
const byPrice = {
  algorithm: 'feature',
  weight: 1,
  options: { feature: 'price' },
};
const itemKeys = (items: readonly number[]) => items.map((i) => `item:I${i}`);
const prices = (of: (i: number) => number, count = 10) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`item:I${i}`, of(i)]));

test('a scorer orders the candidates by a feature that a store keeps of them', async () => {
  const store = recordingStore(prices((i) => i + 1));
  const { recommend } = await openFeatureShop({
    stores: [store],
    features: [price],
    score: [byPrice],
  });
  expect(await recommend()).toEqual({
    items: ['I9', 'I8', 'I7'],
    outcome: 'ok',
    reasons: [],
    featuresAsked: 1,
    featuresMissing: 0,
    featuresMs: 0,
  });
  expect(store.asked).toEqual([itemKeys([9, 8, 7, 6, 5, 4, 3, 2, 1, 0])]);
});

test('all stores and the row of the user are read at the same time, each store once with distinct keys', async () => {
  const [slow, slower] = [
    recordingStore(
      prices((i) => i),
      'slow',
    ),
    recordingStore({ 'u:u': 1 }, 'slower'),
  ];
  slow.hold();
  slower.hold();
  const { start } = await openFeatureShop({
    stores: [slow, slower],
    features: [
      'user',
      { feature: 'a', store: 'slow', key: 'item:{item}' },
      { feature: 'b', store: 'slow', key: 'item:{item}' },
      { feature: 'c', store: 'slower', key: 'u:{user}', of: 'user' },
    ],
  });
  const pending = start({ user: 'u' }, (run) => [
    run.user?.state,
    ...['a', 'b', 'c'].map((name) => run.features.get(name).numbers()[0]),
  ]);
  expect([slow.asked.length, slower.asked.length]).toEqual([1, 1]);
  expect(slow.asked[0]).toHaveLength(10);
  slow.release();
  slower.release();
  expect(await pending).toEqual(['present', 9, 9, 1]);
});

test('features of the user, the session and the anchor have one value each', async () => {
  const store = createMemoryFeatures({
    'user/u': { age: 30 },
    's.s1.gold': 'a',
    'near:I7': [1, 2],
  });
  const { start } = await openFeatureShop({
    stores: [store],
    features: [
      { feature: 'profile', store: 'memory', key: 'user/{user}', of: 'user' },
      { feature: 'mood', store: 'memory', key: 's.{session}.{segment}', of: 'session' },
      { feature: 'near', store: 'memory', key: 'near:{item}', of: 'anchor' },
    ],
  });
  const request = { user: 'u', session: 's1', segment: 'gold', item: 'I7' };
  const values = await start(request, ({ features }) =>
    ['profile', 'mood', 'near'].map((name) => features.get(name).valueAt(0)),
  );
  expect(values).toEqual([{ age: 30 }, 'a', [1, 2]]);
});

test('what the request does not have is not asked for, and is absent', async () => {
  const store = recordingStore({});
  const { start, record } = await openFeatureShop({
    stores: [store],
    features: [
      { feature: 'profile', store: 'recording', key: 'u:{user}', of: 'user' },
      { feature: 'cross', store: 'recording', key: 'x:{user}:{item}' },
      { feature: 'near', store: 'recording', key: 'n:{item}', of: 'anchor' },
    ],
  });
  const states = start({}, ({ features }) =>
    ['profile', 'cross', 'near'].map((name) => {
      const { state, count } = features.get(name);
      return [...state.subarray(0, count)];
    }),
  );
  const { absent } = featureState;
  expect(await states).toEqual([[absent], new Array(10).fill(absent), [absent]]);
  expect(store.asked).toEqual([]);
  expect(record.degradations).toEqual([]);
  expect(record.featuresAsked).toBe(0);
});

test('a key of user and item is written anew for each user', async () => {
  const store = createMemoryFeatures({ 'u:I3': 5, 'v:I4': 5 });
  const { recommend } = await openFeatureShop({
    stores: [store],
    features: [{ feature: 'price', store: 'memory', key: '{user}:{item}' }],
    score: [byPrice],
  });
  expect((await recommend({ user: 'u', n: 1 })).items).toEqual(['I3']);
  expect((await recommend({ user: 'v', n: 1 })).items).toEqual(['I4']);
});

test('a request whose features are all in memory is answered at once', async () => {
  const source = recordingStore(prices((i) => i + 1));
  const snapshot = openSnapshot(source, { clock: fakeClock });
  const { start, recommend } = await openFeatureShop({
    stores: [snapshot],
    features: [price],
    score: [byPrice],
  });
  expect(start({}, served)).toBeInstanceOf(Promise);
  expect((await recommend()).items).toEqual(['I9', 'I8', 'I7']);
  expect(start({}, served)).toEqual(['I9', 'I8', 'I7']);
  expect(source.asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(60_001);
  expect(start({}, served)).toBeInstanceOf(Promise);
});

test('a filter keeps what its feature allows, and drops what has none unless it is told to keep it', async () => {
  const stock: Record<string, FeatureValue> = {
    'item:I0': { stock: { units: 0 } },
    'item:I1': { stock: { units: 4 } },
    'item:I2': { stock: { units: 'many' } },
    'item:I4': { stock: { units: 1 } },
  };
  const serve = async (options: object) => {
    const { recommend } = await openFeatureShop({
      stores: [createMemoryFeatures(stock, { name: 'recording' })],
      features: [{ ...price, feature: 'stock' }],
      filter: [
        { algorithm: 'feature', options: { feature: 'stock', field: 'stock.units', ...options } },
      ],
      popularity: [],
    });
    return (await recommend({ n: 3 })).items;
  };
  expect(await serve({ atLeast: 1 })).toEqual(['I1', 'I4']);
  expect(await serve({ atLeast: 1, atMost: 3 })).toEqual(['I4']);
  expect(await serve({ is: [4, 'many'] })).toEqual(['I1', 'I2']);
  expect(await serve({ is: 1 })).toEqual(['I4']);
  expect(await serve({ atLeast: 1, onMissing: 'keep' })).toEqual(['I1', 'I2', 'I3']);
});

test('items that fill a short slate are judged by their features too', async () => {
  const store = createMemoryFeatures({ 'item:I2': true, 'item:I20': true, 'item:I22': true });
  const { recommend } = await openFeatureShop({
    stores: [store],
    features: [{ feature: 'licence', store: 'memory', key: 'item:{item}' }],
    filter: [{ algorithm: 'feature', options: { feature: 'licence', is: true } }],
  });
  expect(await recommend({ n: 5 })).toMatchObject({
    items: ['I2', 'I20', 'I22'],
    reasons: ['chain candidates.insufficient 0.2'],
  });
});

test('a stage that is not reached in time leaves every feature failed', async () => {
  const { start, record } = await openFeatureShop({
    stores: [recordingStore(prices((i) => i))],
    features: [price, { feature: 'profile', store: 'recording', key: '{user}', of: 'user' }],
    score: [byPrice],
    filter: [
      { algorithm: 'feature', options: { feature: 'price', atLeast: 0, onMissing: 'keep' } },
      { algorithm: 'feature', options: { feature: 'profile', is: 1, onFailed: 'keep' } },
    ],
  });
  const states = await start({ timeoutMs: 0 }, (run) => ({
    items: served(run),
    profile: run.features.get('profile').state[0],
  }));
  expect(states).toEqual({ items: ['I20', 'I21', 'I22'], profile: featureState.failed });
  expect(record.fallbackReason).toBe('budget.exhausted');
});

test('every read is told of with the values that were missing, and the age of one value', async () => {
  const store = createMemoryFeatures(
    prices((i) => i, 8),
    { name: 'recording' },
  );
  const { recommend, told } = await openFeatureShop({ stores: [store], features: [price] });
  await recommend();
  expect(told).toContainEqual({
    ...{ name: 'feature.read', store: 'recording', feature: 'price' },
    ...{ asked: 10, missing: 2 },
  });
  let aged = 0;
  for (let i = 0; i < 20; i++) {
    await recommend();
    aged += told.filter(({ name }) => name === 'feature.aged').length;
  }
  expect(aged).toBe(16);
});

test('too few values are named where a feature says how many there should be', async () => {
  const store = recordingStore(prices((i) => i, 7));
  const open = (minCoverage: number) =>
    openFeatureShop({ stores: [store], features: [{ ...price, minCoverage }], score: [byPrice] });
  expect(await (await open(0.7)).recommend()).toMatchObject({ reasons: [], featuresMissing: 0 });
  const { recommend, record } = await open(0.8);
  expect(await recommend()).toMatchObject({
    items: ['I6', 'I5', 'I4'],
    outcome: 'fallback',
    reasons: ['recording feature.missing 0.7'],
    featuresMissing: 1,
  });
  expect(record.degradations[0]).toMatchObject({ stage: 'features', action: 'default_value' });
  expect((record.degradations[0].cause as Error).message).toBe(
    'feature price has 7 of 10 values, expected a share of 0.8',
  );
});

test('values older than they may be are used, and named', async () => {
  const snapshot = openSnapshot(
    createMemoryFeatures(
      prices((i) => i + 1),
      { name: 'recording' },
    ),
    {
      clock: fakeClock,
    },
  );
  const { recommend } = await openFeatureShop({
    stores: [snapshot],
    features: [{ ...price, maxAgeSeconds: 30 }],
    score: [byPrice],
  });
  expect(await recommend()).toMatchObject({ reasons: [] });
  await vi.advanceTimersByTimeAsync(31_000);
  expect(await recommend()).toMatchObject({
    items: ['I9', 'I8', 'I7'],
    outcome: 'ok',
    reasons: ['recording feature.stale 0'],
  });
});

test('under too much load, where nothing is read, a filter does as it is told for what failed', () => {
  const serve = async (onFailed: string) => {
    const { work, pipeline, record } = await openFeatureShop({
      stores: [recordingStore(prices((i) => i))],
      features: [price],
      filter: [{ algorithm: 'feature', options: { feature: 'price', atLeast: 0, onFailed } }],
    });
    const popular = createPopularWorks()(work);
    record.reset(popular.layout);
    record.startedAt = fakeClock.monotonic();
    const request = { n: 2, explain: false };
    return pipeline.run({ work: popular, request, record }, served);
  };
  return Promise.all([
    expect(serve('keep')).resolves.toEqual(['I20', 'I21']),
    expect(serve('drop')).resolves.toEqual([]),
  ]);
});
