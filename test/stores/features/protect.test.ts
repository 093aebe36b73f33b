import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SightlineError } from '../../../src/domain/errors.ts';
import { errorLookup } from '../../../src/stores/features/feature-lookups.ts';
import type { FeatureStore } from '../../../src/stores/features/feature-store.ts';
import { type ProtectionOptions, protect } from '../../../src/stores/features/protect.ts';
import { readWave } from '../../../src/stores/features/read-wave.ts';
import { manualTime, recordingStore } from './recording-store.ts';

// The breaker reads the clock of the machine.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 0 }));
afterEach(() => void vi.useRealTimers());

const timeoutMs = 20;
const limits = { timeoutMs };

function setUp(options: Partial<ProtectionOptions> = {}) {
  const time = manualTime();
  const inner = recordingStore({ a: 1, b: 2 });
  const changes: string[] = [];
  const store = protect(inner, {
    timeoutMs,
    breaker: { failureShare: 0.5, waves: 4, minWaves: 4, openMs: 1000 },
    onChange: (to, from) => changes.push(`${from} ${to}`),
    ...time,
    ...options,
  });
  return { time, inner, store, changes };
}

const reasonOf = async (store: FeatureStore, given: Partial<typeof limits> = {}) => {
  const { columns } = await readWave([{ store, keys: ['a', 'b'] }], {
    dueAt: performance.now() + 1000,
    ...limits,
    ...given,
  });
  return columns[0].reason;
};

/** Opens the breaker with four waves that fail. */
async function broken(options?: Partial<ProtectionOptions>) {
  const set = setUp(options);
  set.inner.fail('unavailable');
  for (let wave = 0; wave < 4; wave++) await reasonOf(set.store);
  return set;
}

test('passes on what the store says, while it is closed', async () => {
  const { store, inner } = setUp();
  expect(await store.mget(['b', 'nobody', 'a'], limits)).toMatchObject([
    { row: 2 },
    { state: 'absent' },
    { row: 1 },
  ]);
  expect(inner.asked).toEqual([['b', 'nobody', 'a']]);
  expect(store.protection()).toMatchObject({
    breaker: { state: 'closed', sinceMs: 0, opened: 0, refusedWaves: 0 },
    bulkhead: { inFlight: 0, maxWaves: 64, refusedWaves: 0 },
  });
});

test.each(['unavailable', 'error', 'throw', 'short'] as const)(
  'a store that fails with %s is asked no more, and that is breaker.open',
  async (how) => {
    const { store, inner, changes } = setUp();
    inner.fail(how);
    for (let wave = 0; wave < 4; wave++) expect(await reasonOf(store)).toMatch(/^dependency\./);
    expect(await reasonOf(store)).toBe('breaker.open');
    expect(inner.asked).toHaveLength(4);
    expect(changes).toEqual(['closed open']);
    expect(store.protection().breaker).toMatchObject({ state: 'open', opened: 1, refusedWaves: 1 });
  },
);

test('waves that are late fail as others do', async () => {
  const { time, store, inner } = setUp();
  inner.hold();
  for (let wave = 0; wave < 4; wave++) {
    const found = store.mget(['a'], limits);
    await time.pass(timeoutMs);
    expect(await found).toEqual([{ state: 'failed', reason: 'timeout' }]);
  }
  inner.fail('unavailable');
  inner.release();
  await time.pass(0);
  expect(await reasonOf(store)).toBe('breaker.open');
});

test('a late wave says nothing where its caller was in a hurry or gave up', async () => {
  const late: FeatureStore = {
    name: 'late',
    mget: async (keys) => keys.map(() => ({ state: 'failed', reason: 'timeout' })),
    close: async () => {},
  };
  const store = protect(late, { timeoutMs, breaker: { waves: 4, minWaves: 4 } });
  const hurried = { timeoutMs: timeoutMs - 1 };
  const gone = { timeoutMs, signal: AbortSignal.abort() };
  for (let wave = 0; wave < 20; wave++) await store.mget(['a'], wave % 2 ? hurried : gone);
  expect(store.protection().breaker.state).toBe('closed');
  for (let wave = 0; wave < 4; wave++) await store.mget(['a'], limits);
  expect(store.protection().breaker.state).toBe('open');
});

test('absent rows, values that cannot be read and bad keys do not open it', async () => {
  const unreadable = errorLookup(new SightlineError('SL_DATA_INVALID', 'no number'));
  const store = protect(
    { name: 'odd', mget: async (keys) => keys.map(() => unreadable), close: async () => {} },
    { timeoutMs, breaker: { waves: 2, minWaves: 2 } },
  );
  const { store: empty } = setUp();
  for (let wave = 0; wave < 10; wave++) {
    await store.mget(['a'], limits);
    await store.mget(['', 'tab\t'], limits);
    await empty.mget(['nobody'], limits);
  }
  expect(store.protection().breaker.state).toBe('closed');
  expect(empty.protection().breaker.state).toBe('closed');
});

test('a store that answers a part of the keys of each wave is asked on', async () => {
  const { store, inner } = setUp();
  const down = errorLookup(new SightlineError('SL_STORE_UNAVAILABLE', 'node is away'));
  const partly: FeatureStore = {
    ...inner,
    mget: async (keys, given) => [down, ...(await inner.mget(keys, given)).slice(1)],
  };
  const guarded = protect(partly, { timeoutMs, breaker: { waves: 2, minWaves: 2 } });
  for (let wave = 0; wave < 10; wave++) await guarded.mget(['a', 'b'], limits);
  expect(guarded.protection().breaker.state).toBe('closed');
  expect(store.protection().breaker.state).toBe('closed');
});

test('after its time one wave tries the store, and what it finds decides', async () => {
  const { store, inner, changes } = await broken();
  vi.setSystemTime(999);
  expect(await reasonOf(store)).toBe('breaker.open');
  vi.setSystemTime(1000);
  expect(await reasonOf(store)).toBe('dependency.unavailable');
  expect(await reasonOf(store)).toBe('breaker.open');
  vi.setSystemTime(2000);
  inner.fail(undefined);
  expect(await reasonOf(store)).toBe('none');
  expect(changes).toEqual([
    'closed open',
    'open half_open',
    'half_open open',
    'open half_open',
    'half_open closed',
  ]);
  expect(store.protection().breaker).toMatchObject({ state: 'closed', opened: 1, refusedWaves: 2 });
});

test('while one wave tries, others are refused at once, and a caller who gives up does not decide', async () => {
  const { time, store, inner } = await broken();
  inner.fail(undefined);
  inner.hold();
  vi.setSystemTime(1000);
  const hurried = store.mget(['a'], { timeoutMs: 1 });
  await time.pass(1);
  expect(await hurried).toEqual([{ state: 'failed', reason: 'timeout' }]);
  expect(await store.mget(['a'], limits)).toEqual([{ state: 'failed', reason: 'breaker_open' }]);
  expect(store.protection().breaker.state).toBe('half_open');
  inner.release();
  await time.pass(0);
  expect(store.protection().breaker.state).toBe('closed');
});

test('waves beyond the bulkhead are refused, and that is bulkhead.full', async () => {
  const { store, inner } = setUp({ maxWaves: 2 });
  inner.hold();
  const first = [reasonOf(store), reasonOf(store)];
  expect(await reasonOf(store)).toBe('bulkhead.full');
  expect(store.protection().bulkhead).toEqual({ inFlight: 2, maxWaves: 2, refusedWaves: 1 });
  inner.release();
  expect(await Promise.all(first)).toEqual(['none', 'none']);
  expect(await reasonOf(store)).toBe('none');
  expect(store.protection()).toMatchObject({
    breaker: { state: 'closed' },
    bulkhead: { inFlight: 0 },
  });
});

test('a full bulkhead does not close a breaker that tries', async () => {
  const { time, store, inner } = await broken({ maxWaves: 1 });
  inner.hold();
  vi.setSystemTime(1000);
  const trying = store.mget(['a'], limits);
  expect(await store.mget(['a'], limits)).toEqual([{ state: 'failed', reason: 'breaker_open' }]);
  inner.release();
  await time.pass(0);
  await trying;
  expect(store.protection().breaker.state).toBe('open');
});
