import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sessionCapacity } from '../../src/stores/session-events.ts';
import { SessionTable } from '../../src/stores/session-table.ts';

const itemsOf = (sessions: SessionTable, id: string) => {
  const session = sessions.get(id)!;
  return [...session.items.subarray(0, session.count)];
};

test('keeps the items of a session in the order of their times', () => {
  const sessions = new SessionTable();
  for (const [item, atMs] of [
    [1, 10],
    [2, 30],
    [3, 20],
    [4, 30],
    [5, 5],
  ])
    sessions.record('s', item, atMs);
  expect(itemsOf(sessions, 's')).toEqual([5, 1, 3, 2, 4]);
  expect([...sessions.get('s')!.atMs.subarray(0, 5)]).toEqual([5, 10, 20, 30, 30]);
  expect(sessions.get('other')).toBeUndefined();
});

test('keeps the latest events of a session, however they come', () => {
  const events = fc.array(fc.nat(500), { maxLength: 3 * sessionCapacity });
  fc.assert(
    fc.property(events, (times) => {
      const sessions = new SessionTable();
      times.forEach((atMs, item) => {
        sessions.record('s', item, atMs);
      });
      if (times.length === 0) return;
      const kept = [...sessions.get('s')!.atMs.subarray(0, sessions.get('s')!.count)];
      expect(kept).toEqual(times.toSorted((a, b) => a - b).slice(-sessionCapacity));
      for (const [place, item] of itemsOf(sessions, 's').entries())
        expect(times[item]).toBe(kept[place]);
    }),
  );
});

test('the session idle longest leaves first', () => {
  const sessions = new SessionTable({ capacity: 2 });
  sessions.record('a', 1, 1);
  sessions.record('b', 1, 2);
  sessions.record('a', 2, 3);
  sessions.record('c', 1, 4);
  expect(sessions.size).toBe(2);
  expect(sessions.get('b')).toBeUndefined();
  expect(itemsOf(sessions, 'a')).toEqual([1, 2]);
});

test('the order of idleness is that of the last events, for any sequence and capacity', () => {
  const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 40 });
  fc.assert(
    fc.property(ids, fc.integer({ min: 1, max: 6 }), (sequence, capacity) => {
      const sessions = new SessionTable({ capacity });
      let expected: string[] = [];
      sequence.forEach((id, at) => {
        sessions.record(id, at, at);
        expected = [...expected.filter((other) => other !== id), id].slice(-capacity);
        expect(sessions.ids(10)).toEqual(expected);
        expect(sessions.size).toBe(expected.length);
        expect(itemsOf(sessions, id).at(-1)).toBe(at);
      });
      expect(sessions.ids(2)).toEqual(expected.slice(0, 2));
      for (const id of 'abcde') expect(sessions.get(id) !== undefined).toBe(expected.includes(id));
    }),
  );
});

test('what happened at one time with one item counts once, however often it is told', () => {
  const sessions = new SessionTable();
  for (const [item, atMs] of [
    [7, 10],
    [5, 10],
    [7, 10],
    [5, 10],
    [7, 11],
    [7, 10],
  ])
    sessions.record('s', item, atMs);
  const { items, count } = sessions.get('s')!;
  expect([...items.subarray(0, count)]).toEqual([7, 5, 7]);
});

test('what was read stays as it was while the session goes on', () => {
  const sessions = new SessionTable();
  sessions.record('s', 1, 1);
  const before = sessions.get('s')!;
  sessions.record('s', 2, 0);
  expect([...before.items]).toEqual([1]);
  expect(itemsOf(sessions, 's')).toEqual([2, 1]);
});

test('sessions that share their columns keep their events apart, whatever comes and goes', () => {
  const step = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    events: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const sessions = new SessionTable({ capacity: 6 });
      const expected = new Map<string, number[]>();
      let at = 0;
      for (const { id, events } of steps) {
        if (events === 0) {
          sessions.delete(id);
          expected.delete(id);
        }
        for (let e = 0; e < events; e += 1) {
          sessions.record(id, at, at);
          expected.set(id, [...(expected.get(id) ?? []), at++].slice(-sessionCapacity));
        }
      }
      expect(sessions.size).toBe(expected.size);
      for (const [id, items] of expected) expect(itemsOf(sessions, id)).toEqual(items);
    }),
  );
});

test('thousands of sessions are kept apart', () => {
  const sessions = new SessionTable({ capacity: 3000 });
  for (let i = 0; i < 10_000; i += 1) sessions.record(`s${i % 4000}`, i, i);
  expect(sessions.size).toBe(3000);
  expect(itemsOf(sessions, 's0')).toEqual([8000]);
  expect(itemsOf(sessions, 's1999')).toEqual([9999]);
  expect(itemsOf(sessions, 's3999')).toEqual([7999]);
});
