import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Fault } from '../../../src/pipeline/faults/fault.ts';
import { createMemoryFeatures } from '../../../src/stores/features/memory-features.ts';
import { openSnapshot } from '../../../src/stores/features/snapshot.ts';
import { stageOutcomes } from '../../../src/telemetry/request-record.ts';
import { recordingStore } from '../../stores/features/recording-store.ts';
import { fakeClock, openFeatureShop } from './feature-shop.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const rows = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`item:I${i}`, i + 1]));
const price = { feature: 'price', store: 'prices', key: 'item:{item}' };
const byPrice = { algorithm: 'feature', weight: 1, options: { feature: 'price' } };
const byNumber = { algorithm: 'low-first', weight: 0.001 };
const full = { items: ['I9', 'I8', 'I7'], outcome: 'ok', reasons: [], featuresMissing: 0 };
/** Without prices the weak scorer decides. */
const fallback = { items: ['I0', 'I1', 'I2'], outcome: 'fallback', featuresMissing: 1 };

async function openShop(differently: object = {}) {
  const prices = recordingStore(rows, 'prices');
  const shop = await openFeatureShop({
    stores: [prices],
    features: [{ ...price, ...differently }],
    score: [byPrice, byNumber],
  });
  return { prices, ...shop };
}

test.each([
  ['is away', 'unavailable', 'dependency.unavailable'],
  ['answers with errors', 'error', 'dependency.error'],
  ['throws', 'throw', 'dependency.error'],
  ['answers too little', 'short', 'dependency.error'],
] as const)(
  'a store that %s costs its values, is named, and is back without a restart',
  async (_, how, reason) => {
    const { prices, recommend } = await openShop();
    expect(await recommend()).toMatchObject(full);
    prices.fail(how);
    expect(await recommend()).toMatchObject({ ...fallback, reasons: [`prices ${reason} 0`] });
    prices.fail(undefined);
    expect(await recommend()).toMatchObject(full);
  },
);

test.each([
  ['longer than its stage may take', {}, {}, 'timeout.stage', 40],
  ['longer than it may take itself', { timeoutMs: 10 }, {}, 'timeout.stage', 10],
  ['beyond the deadline of the request', {}, { timeoutMs: 50 }, 'timeout.request', 36],
] as const)(
  'a store that hangs %s is given up, and named for it',
  async (_, feature, request, reason, ms) => {
    const { prices, recommend } = await openShop(feature);
    prices.hold();
    expect(await recommend(request)).toMatchObject({
      ...fallback,
      reasons: [`prices ${reason} 0`],
      featuresMs: ms,
    });
    prices.release();
    expect(await recommend()).toMatchObject(full);
  },
);

test('once enough is there, the rest is waited for a share of the time left', async () => {
  const [prices, late] = [recordingStore(rows, 'prices'), recordingStore({ u: 1 }, 'late')];
  late.hold();
  const { recommend, record } = await openFeatureShop({
    stores: [prices, late],
    features: [price, { feature: 'profile', store: 'late', key: '{user}', of: 'user' }],
    score: [byPrice],
    wave: { coverageEnough: 0.9, stragglerShare: 0.25 },
  });
  expect(await recommend({ user: 'u' })).toMatchObject({
    items: full.items,
    outcome: 'ok',
    reasons: ['late timeout.adaptive 0'],
    featuresMs: 10,
    featuresAsked: 2,
    featuresMissing: 1,
  });
  expect(record.degradations[0]).toMatchObject({ stage: 'features', changedSlate: false });
});

test('one store that fails leaves the values of the others', async () => {
  const [prices, ratings] = [recordingStore(rows, 'prices'), recordingStore(rows, 'ratings')];
  const { recommend, record, work } = await openFeatureShop({
    stores: [prices, ratings],
    features: [price, { feature: 'rating', store: 'ratings', key: 'item:{item}' }],
    score: [byPrice, { algorithm: 'feature', weight: 1, options: { feature: 'rating' } }],
  });
  ratings.fail('unavailable');
  expect(await recommend()).toMatchObject({
    items: full.items,
    outcome: 'fallback',
    reasons: ['ratings dependency.unavailable 0'],
  });
  expect(work.layout.stages[2].components).toEqual(['prices', 'ratings']);
  const outcomes = record.componentOutcome.subarray(work.layout.firstComponent[2]);
  expect([stageOutcomes[outcomes[0]], stageOutcomes[outcomes[1]]]).toEqual(['ok', 'failed']);
});

test('values that cannot be read are failed one by one, and the coverage says how many', async () => {
  const store = createMemoryFeatures(
    { ...rows, 'item:I9': Number.NaN },
    { name: 'prices', codec: 'number' },
  );
  const { recommend } = await openFeatureShop({
    stores: [store],
    features: [price],
    score: [byPrice],
  });
  expect(await recommend()).toMatchObject({
    items: ['I8', 'I7', 'I6'],
    reasons: ['prices dependency.error 0.9'],
    featuresMissing: 0,
  });
});

test('a filter drops what its store did not answer for, or serves it where it is told to', async () => {
  const serve = async (options: object) => {
    const prices = recordingStore(rows, 'prices');
    prices.fail('unavailable');
    const { recommend } = await openFeatureShop({
      stores: [prices],
      features: [price],
      filter: [{ algorithm: 'feature', options: { feature: 'price', atLeast: 5, ...options } }],
    });
    return (await recommend()).items;
  };
  expect(await serve({})).toEqual([]);
  expect(await serve({ onFailed: 'keep' })).toEqual(['I0', 'I1', 'I2']);
  expect(await serve({ onMissing: 'keep', onFailed: 'drop' })).toEqual([]);
});

const fault = (changes: object) =>
  ({
    ...{ name: 'f', match: {}, share: 1, afterSeconds: 0, forSeconds: 60, rampSeconds: 0 },
    ...changes,
  }) as Fault;

test.each([
  [
    { kind: 'slow-store', delayMs: 15 },
    { ...full, featuresMs: 15 },
  ],
  [
    { kind: 'slow-store', delayMs: 50 },
    { ...fallback, reasons: ['prices timeout.stage 0'] },
  ],
  [{ kind: 'failing-store' }, { ...fallback, reasons: ['prices dependency.unavailable 0'] }],
  [{ kind: 'missing-features' }, { ...fallback, outcome: 'ok', reasons: [] }],
])(
  'fault %o strikes a store of features, even where a snapshot knows the values',
  async (kind, expected) => {
    const { recommend, faults } = await openFeatureShop({
      stores: [openSnapshot(recordingStore(rows, 'prices'), { clock: fakeClock })],
      features: [price],
      score: [byPrice, byNumber],
    });
    expect(await recommend()).toMatchObject(full);
    faults.put([fault(kind)]);
    expect(await recommend()).toMatchObject(expected);
    faults.put([]);
    expect(await recommend()).toMatchObject(full);
  },
);

test('what comes after the wave was given up changes neither this request nor the next', async () => {
  const { prices, recommend, start } = await openShop({ timeoutMs: 5 });
  prices.hold();
  const pending = start({}, ({ features }) => features.get('price').numbers('', -1)[0]);
  await vi.advanceTimersByTimeAsync(5);
  prices.release();
  expect(await pending).toBe(-1);
  expect(await recommend()).toMatchObject(full);
});

test('a fault of one store leaves the others alone', async () => {
  const { recommend, faults } = await openFeatureShop({
    stores: [recordingStore(rows, 'prices'), recordingStore({ u: 1 }, 'profiles')],
    features: ['user', price, { feature: 'profile', store: 'profiles', key: '{user}', of: 'user' }],
    score: [byPrice],
  });
  const reasonsWith = async (store: string | undefined) => {
    faults.put([fault({ kind: 'failing-store', store })]);
    return (await recommend({ user: 'u' })).reasons;
  };
  const [prices, profiles, user] = ['prices', 'profiles', 'user'].map(
    (component) => `${component} dependency.unavailable`,
  );
  expect(await reasonsWith('profiles')).toEqual([`${profiles} 0`]);
  expect(await reasonsWith('memory')).toEqual([user]);
  expect((await reasonsWith(undefined)).toSorted()).toEqual([`${prices} 0`, `${profiles} 0`, user]);
});
