import { expect, test } from 'vitest';
import {
  createSourceFeatures,
  type FeatureSource,
} from '../../../src/stores/features/source-features.ts';
import { manualTime } from './recording-store.ts';

const one = Buffer.from('1');

function storeOf(fetch: FeatureSource['fetch']) {
  const time = manualTime();
  const source: FeatureSource = { name: 'source', fetch, close: async () => {} };
  return { time, store: createSourceFeatures(source, { ...time, now: () => 7 }) };
}

test('what is there when the time is over is told, and what comes later is dropped', async () => {
  let say: Parameters<FeatureSource['fetch']>[1] = () => {};
  const { store, time } = storeOf((_, answer) => {
    answer(1, one);
    say = answer;
    return new Promise(() => {});
  });
  const wave = store.mget(['late', 'early'], { timeoutMs: 10 });
  await time.pass(10);
  const found = await wave;
  say(0, one);
  expect(found).toEqual([
    { state: 'failed', reason: 'timeout' },
    { state: 'present', row: 1, writtenAtMs: 7 },
  ]);
  expect(time.waiting()).toBe(0);
});

test('a source that breaks fails the keys that it did not answer', async () => {
  const { store } = storeOf(async (_, answer) => {
    answer(0, one);
    throw new Error('secret');
  });
  const [first, second] = await store.mget(['a', 'b'], { timeoutMs: 10 });
  expect(first).toMatchObject({ row: 1 });
  expect(second).toMatchObject({ reason: 'error', cause: { code: 'SL_INTERNAL' } });
  expect(String((second as { cause: Error }).cause.stack)).not.toContain('secret');
});

test('a wave that is under way at the close is unavailable', async () => {
  const { store, time } = storeOf(() => new Promise(() => {}));
  const wave = store.mget(['a'], { timeoutMs: 10 });
  await store.close();
  await time.pass(10);
  expect(await wave).toMatchObject([{ reason: 'unavailable' }]);
});

test('a caller who gives up is not kept waiting', async () => {
  const { store, time } = storeOf(() => new Promise(() => {}));
  const giveUp = new AbortController();
  const wave = store.mget(['a'], { timeoutMs: 10, signal: giveUp.signal });
  giveUp.abort();
  expect(await wave).toMatchObject([{ reason: 'timeout' }]);
  expect(time.waiting()).toBe(0);
});
