import { expect, test } from 'vitest';
import { measured } from '../../src/stores/measured.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import type { Lookup, Store } from '../../src/stores/store.ts';
import type { Emit } from '../../src/telemetry/facts.ts';
import { click } from '../contracts/rows.ts';
import { storeContract } from '../contracts/store.ts';

function watch() {
  let nowMs = 0;
  let elapsedMs = 0;
  const clock = { now: () => nowMs, monotonic: () => elapsedMs };
  const facts: unknown[] = [];
  const emit: Emit = (name, fact) => facts.push([name, fact]);
  const memory = createMemoryStore({ clock });
  /** Each read of this store takes a quarter of a second. */
  const slow: Store = {
    ...memory,
    async mget(table, keys) {
      elapsedMs += 250;
      return memory.mget(table, keys);
    },
  };
  return {
    facts,
    slow,
    store: measured(slow, emit, clock),
    around: (store: Store) => measured(store, emit, clock),
    setNow(now: number) {
      nowMs = now;
    },
  };
}

storeContract('measured memory', async () => watch());

test('says how long a wave of reads took', async () => {
  const { store, facts } = watch();
  await store.mget('items', ['a', 'b']);
  expect(facts).toEqual([['store.fetched', { store: 'memory', outcome: 'ok', seconds: 0.25 }]]);
});

test('says how many users were missing, and how old the others are', async () => {
  const { store, facts, setNow } = watch();
  setNow(1000);
  await store.mset('users', [{ id: 'u', attributes: {} }]);
  setNow(61_000);
  await store.mget('users', ['u', 'nobody']);
  expect(facts.slice(1)).toEqual([
    ['feature.aged', { store: 'memory', ageSeconds: 60 }],
    ['feature.read', { store: 'memory', feature: 'user', asked: 2, missing: 1 }],
  ]);
  setNow(0);
  await store.mget('users', ['u']);
  expect(facts).toContainEqual(['feature.aged', { store: 'memory', ageSeconds: 0 }]);
});

test('names how a wave failed', async () => {
  const { slow, around, facts } = watch();
  const failed: Lookup<never> = { state: 'failed', reason: 'timeout' };
  const late = around({ ...slow, mget: async () => [failed, failed] });
  expect(await late.mget('items', ['a', 'b'])).toEqual([failed, failed]);
  const half = around({ ...slow, mget: async () => [failed, { state: 'absent' }] });
  await half.mget('items', ['a', 'b']);
  expect(facts).toMatchObject([
    ['store.fetched', { outcome: 'timeout' }],
    ['store.fetched', { outcome: 'partial' }],
  ]);
});

test('says nothing of writes and of feedback', async () => {
  const { store, facts } = watch();
  await store.appendFeedback([click('a')]);
  await store.scanFeedback({ limit: 1 });
  await store.counts();
  expect(facts).toEqual([]);
});
