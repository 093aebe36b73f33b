import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClickSessions, RecentClicks } from '../../../src/signals/similarity/recent-clicks.ts';

/** Clicks as pairs of session and item, one every second. */
function clicked(clicks: readonly (readonly [number, number])[], capacity = 1000): RecentClicks {
  const recent = new RecentClicks(capacity);
  for (const [i, [session, item]] of clicks.entries()) recent.add(session, item, 1000 * i);
  return recent;
}

function listed({ offsets, items }: ClickSessions): number[][] {
  return Array.from({ length: offsets.length - 1 }, (_, s) => [
    ...items.subarray(offsets[s], offsets[s + 1]),
  ]);
}

test('clicks are handed over by session, in the order in which they came', () => {
  const recent = clicked([
    [1, 5],
    [2, 7],
    [1, 7],
    [3, 9],
    [2, 6],
    [1, 8],
  ]);
  const found = recent.sessions();
  expect(listed(found)).toEqual([[5, 7, 8], [7, 6], [9]]);
  expect([...found.atMs]).toEqual([0, 2000, 5000, 1000, 4000, 3000]);
});

test('a pause of more than half an hour begins a new session', () => {
  const recent = new RecentClicks(10);
  for (const minute of [0, 20, 50, 81]) recent.add(1, minute, minute * 60_000);
  expect(listed(recent.sessions())).toEqual([[0, 20, 50], [81]]);
});

test('what was clicked too long ago is forgotten', () => {
  const recent = clicked(
    [
      [1, 5],
      [1, 6],
      [2, 5],
      [2, 7],
    ],
    3,
  );
  expect(listed(recent.sessions())).toEqual([[6], [5, 7]]);
  expect(recent.sessionCounts([5, 6], 9)).toEqual([1, 1]);
});

test('without clicks there are no sessions', () => {
  expect(listed(new RecentClicks(3).sessions())).toEqual([]);
});

test('sessions are counted once, up to a limit', () => {
  const recent = clicked([
    [1, 5],
    [1, 5],
    [2, 5],
    [3, 5],
    [3, 6],
  ]);
  expect(recent.sessionCounts([5, 6, 4], 9)).toEqual([3, 1, 0]);
  expect(recent.sessionCounts([5], 2)).toEqual([2]);
});

test('whatever was clicked, the sessions are those of a plain search', () => {
  const click = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 9 }));
  fc.assert(
    fc.property(fc.array(click, { maxLength: 60 }), (clicks) => {
      const kept = clicks.slice(-40);
      const recent = clicked(clicks, 40);
      const sessions = [...new Set(kept.map(([session]) => session))];
      expect(listed(recent.sessions())).toEqual(
        sessions.map((session) => kept.filter(([s]) => s === session).map(([, item]) => item)),
      );
      const items = Array.from({ length: 10 }, (_, item) => item);
      expect(recent.sessionCounts(items, 99)).toEqual(
        items.map((item) => new Set(kept.filter(([, i]) => i === item).map(([s]) => s)).size),
      );
    }),
  );
});
