import { expect, test } from 'vitest';
import { RetrainQueue } from '../../../src/signals/similarity/retrain-queue.ts';

test('an item waits once, however often and for whatever reason it is asked for', () => {
  const queue = new RetrainQueue();
  expect(queue.add(7, 'cold', 0)).toBe(true);
  expect(queue.add(7, 'cold', 1)).toBe(false);
  expect(queue.add(7, 'decaying', 2)).toBe(false);
  expect(queue.size).toBe(1);
  expect(queue.take(10, 2000)).toEqual([{ item: 7, reason: 'cold', waitedSeconds: 2 }]);
  expect(queue.size).toBe(0);
});

test('items are taken first come first served, as many as are wanted', () => {
  const queue = new RetrainQueue();
  for (const item of [9, 4, 6]) queue.add(item, 'decaying', 0);
  expect(queue.take(2, 0).map(({ item }) => item)).toEqual([9, 4]);
  expect(queue.take(2, 0).map(({ item }) => item)).toEqual([6]);
  expect(queue.take(2, 0)).toEqual([]);
});

test('an item that was taken is not queued again before the time to retry', () => {
  const queue = new RetrainQueue({ retrySeconds: 60 });
  queue.add(7, 'cold', 0);
  queue.take(1, 5000);
  expect(queue.add(7, 'decaying', 64_999)).toBe(false);
  expect(queue.add(7, 'decaying', 65_000)).toBe(true);
});

test('a full queue takes nobody in until there is room', () => {
  const queue = new RetrainQueue({ maxQueued: 2 });
  expect([1, 2, 3].map((item) => queue.add(item, 'cold', 0))).toEqual([true, true, false]);
  queue.take(1, 0);
  expect(queue.add(3, 'cold', 0)).toBe(true);
});

test('those that need not wait any longer leave, and may come back at once', () => {
  const queue = new RetrainQueue();
  queue.add(1, 'cold', 0);
  queue.add(2, 'decaying', 0);
  queue.keep((_, reason) => reason === 'cold');
  expect(queue.size).toBe(1);
  expect(queue.add(2, 'decaying', 0)).toBe(true);
});
