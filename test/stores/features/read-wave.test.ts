import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FeatureStore } from '../../../src/stores/features/feature-store.ts';
import { readWave, type WaveRequest } from '../../../src/stores/features/read-wave.ts';
import { manualTime, recordingStore } from './recording-store.ts';

const numbers = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [i, i]));
const keys = (count: number) => Array.from({ length: count }, (_, i) => i);

function setUp() {
  const time = manualTime();
  const fast = recordingStore(numbers(90), 'fast');
  const slow = recordingStore(numbers(10), 'slow');
  const requests: readonly WaveRequest[] = [
    { store: fast, keys: keys(90) },
    { store: slow, keys: keys(10) },
  ];
  return { time, fast, slow, requests, options: { dueAt: 100, timeoutMs: 80, ...time } };
}

/** The answer once it is there, and how many milliseconds passed. */
async function waitFor<T>(answer: Promise<T>, time: ReturnType<typeof manualTime>) {
  let found: T | undefined;
  answer.then((value) => {
    found = value;
  });
  await time.pass(0);
  while (found === undefined) await time.pass(1);
  return { found, atMs: time.clock.monotonic() };
}

test('every request gets its column, and every store one read of distinct keys', async () => {
  const { time, fast, slow, options } = setUp();
  const wave = await readWave(
    [
      { store: fast, keys: [1, 2, 1] },
      { store: slow, keys: [5] },
      { store: fast, keys: [2, 3, 99] },
      { store: slow, keys: [] },
    ],
    options,
  );
  expect(wave).toMatchObject({
    coverage: 1,
    columns: [
      { lookups: [{ row: 1 }, { row: 2 }, { row: 1 }], coverage: 1, reason: 'none' },
      { lookups: [{ row: 5 }] },
      { lookups: [{ row: 2 }, { row: 3 }, { state: 'absent' }], coverage: 1, reason: 'none' },
      { lookups: [], coverage: 1, reason: 'none' },
    ],
  });
  expect(fast.asked).toEqual([[1, 2, 3, 99]]);
  expect(slow.asked).toEqual([[5]]);
  expect(time.waiting()).toBe(0);
});

test('stores are read at the same time', async () => {
  const { fast, slow, requests, options } = setUp();
  fast.hold();
  slow.hold();
  const wave = readWave(requests, options);
  expect([fast.asked.length, slow.asked.length]).toEqual([1, 1]);
  slow.release();
  fast.release();
  expect((await wave).coverage).toBe(1);
});

test('a store has its own time inside that of the request', async () => {
  const { time, slow, requests, options } = setUp();
  slow.hold();
  const { found, atMs } = await waitFor(readWave(requests, options), time);
  expect(atMs).toBe(80);
  expect(found.coverage).toBe(0.9);
  expect(found.columns).toMatchObject([
    { coverage: 1, reason: 'none' },
    { coverage: 0, reason: 'timeout.stage', lookups: keys(10).map(() => ({ reason: 'timeout' })) },
  ]);
});

test('the time of a request goes before that of its store, and that before the time of the wave', async () => {
  const { time, slow, requests, options } = setUp();
  slow.hold();
  const patient = { ...slow, timeoutMs: 30 };
  const [fastRequest, slowRequest] = requests;
  const own = { ...slowRequest, store: patient };
  expect((await waitFor(readWave([fastRequest, own], options), time)).atMs).toBe(30);
  const hasty = { ...own, timeoutMs: 20 };
  expect((await waitFor(readWave([fastRequest, hasty], options), time)).atMs).toBe(50);
});

test('stores get the headers that they may carry on', async () => {
  const { requests, options } = setUp();
  const carried: unknown[] = [];
  const store: FeatureStore = {
    name: 'remote',
    async mget(keys, { carry }) {
      carried.push(carry);
      return keys.map(() => ({ state: 'absent' }));
    },
    close: async () => {},
  };
  await readWave([...requests, { store, keys: [1] }], { ...options, carry: { baggage: 'a=b' } });
  expect(carried).toEqual([{ baggage: 'a=b' }]);
});

test('a request that is due ends the wait for all stores', async () => {
  const { time, slow, requests, options } = setUp();
  slow.hold();
  const own = requests.map((request) => ({ ...request, timeoutMs: 500 }));
  const { found, atMs } = await waitFor(readWave(own, options), time);
  expect(atMs).toBe(100);
  expect(found.columns[1].reason).toBe('timeout.request');
});

test('once enough is covered the rest gets a share of the time left, and is told to give up', async () => {
  const { time, slow, requests, options } = setUp();
  slow.hold();
  const wave = readWave(requests, { ...options, coverageEnough: 0.9, stragglerShare: 0.25 });
  const { found, atMs } = await waitFor(wave, time);
  expect(atMs).toBe(25);
  expect(found).toMatchObject({ coverage: 0.9, columns: [{}, { reason: 'timeout.adaptive' }] });
  expect(slow.signals[0]?.aborted).toBe(true);
  expect(time.waiting()).toBe(0);
});

test('a straggler that comes in its share of the time is taken', async () => {
  const { time, slow, requests, options } = setUp();
  slow.hold();
  const wave = readWave(requests, { ...options, coverageEnough: 0.9, stragglerShare: 0.25 });
  await time.pass(24);
  slow.release();
  expect(await wave).toMatchObject({ coverage: 1, columns: [{}, { reason: 'none' }] });
  expect(time.waiting()).toBe(0);
});

test('while too little is covered nobody is hurried', async () => {
  const { time, slow, requests, options } = setUp();
  slow.hold();
  const wave = readWave(requests, { ...options, coverageEnough: 0.95, stragglerShare: 0 });
  expect((await waitFor(wave, time)).atMs).toBe(80);
});

test('failed keys are not covered, and do not hurry those that may still come', async () => {
  const { time, fast, slow, requests, options } = setUp();
  fast.fail('unavailable');
  slow.hold();
  const wave = readWave(requests, { ...options, coverageEnough: 0.1, stragglerShare: 0 });
  const { found, atMs } = await waitFor(wave, time);
  expect(atMs).toBe(80);
  expect(found).toMatchObject({ coverage: 0, columns: [{ reason: 'dependency.unavailable' }, {}] });
});

test.each([
  ['unavailable', 'dependency.unavailable'],
  ['error', 'dependency.error'],
  ['throw', 'dependency.error'],
  ['short', 'dependency.error'],
] as const)('a store that fails with %s is the reason %s', async (how, reason) => {
  const { fast, slow, requests, options } = setUp();
  slow.fail(how);
  const wave = await readWave(requests, options);
  expect(wave).toMatchObject({
    coverage: 0.9,
    columns: [{ reason: 'none' }, { reason, coverage: 0 }],
  });
  expect(wave.columns[1].lookups).toHaveLength(10);
  expect(fast.asked).toHaveLength(1);
});

test('what is due already is not started', async () => {
  const { fast, requests, options } = setUp();
  const wave = await readWave(requests, { ...options, dueAt: 0 });
  expect(wave).toMatchObject({ coverage: 0, columns: [{ reason: 'budget.exhausted' }, {}] });
  expect(fast.asked).toEqual([]);
});

test('an answer that comes after the end changes nothing', async () => {
  const { time, slow, requests, options } = setUp();
  slow.hold();
  const { found } = await waitFor(readWave(requests, options), time);
  const before = structuredClone(found);
  slow.release();
  await time.pass(1);
  expect(found).toEqual(before);
});

test('a wave without keys is covered', async () => {
  const { options } = setUp();
  expect(await readWave([], options)).toEqual({ columns: [], coverage: 1 });
});

test('columns hold what each key would have got alone, however requests repeat them', async () => {
  const key = fc.integer({ min: 0, max: 20 });
  const request = fc.tuple(fc.boolean(), fc.array(key, { maxLength: 12 }));
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 6 }), async (asked) => {
      const { fast, slow, options } = setUp();
      const requests = asked.map(([isFast, keys]) => ({ store: isFast ? fast : slow, keys }));
      const { columns, coverage } = await readWave(requests, options);
      expect(coverage).toBe(1);
      for (const [i, { store, keys }] of requests.entries()) {
        expect(columns[i].lookups).toEqual(await store.mget(keys, { timeoutMs: 1 }));
      }
    }),
    { numRuns: 50 },
  );
});
