import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueEvents } from '../../src/pipeline/due-events.ts';

const event = (atMs: number, user = 'u') => ({
  key: `${atMs}`,
  type: 'read',
  item: 'i',
  user,
  atMs,
});

const takeAll = (due: DueEvents) =>
  Array.from({ length: due.size }, () => due.take()).map(({ atMs }) => atMs);

test('events come out in the order of their times', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), (times) => {
      const due = new DueEvents();
      for (const atMs of times) due.add(event(atMs));
      expect(due.size).toBe(times.length);
      expect(takeAll(due)).toEqual(times.toSorted((a, b) => a - b));
    }),
  );
});

test('an event is due from its time on, and none is where there are none', () => {
  const due = new DueEvents();
  expect(due.isDue(Number.POSITIVE_INFINITY)).toBe(false);
  due.add(event(2000));
  expect(due.isDue(1999)).toBe(false);
  expect(due.isDue(2000)).toBe(true);
});

test('what is dropped never comes out, and the order of the others holds', () => {
  const due = new DueEvents();
  for (const atMs of [5, 1, 4, 2, 3]) due.add(event(atMs, atMs % 2 === 0 ? 'even' : 'odd'));
  due.drop(({ user }) => user === 'even');
  due.add(event(2, 'new'));
  expect(takeAll(due)).toEqual([1, 2, 3, 5]);
});

test('beyond its capacity no event is taken', () => {
  const due = new DueEvents({ capacity: 2 });
  for (const atMs of [3, 2, 1]) due.add(event(atMs));
  expect(takeAll(due)).toEqual([2, 3]);
});
