import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClickSessions, RecentClicks } from '../../../src/signals/similarity/recent-clicks.ts';

const limits = { maxSessions: 100, maxSessionClicks: 100 };

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

test('sessions with an item are whole, newest first, their clicks as they came', () => {
  const recent = clicked([[1, 5], [2, 7], [1, 7], [3, 9], [2, 6], [1, 8]]);
  const found = recent.sessionsWith([7], limits);
  expect(listed(found)).toEqual([[5, 7, 8], [7, 6]]);
  expect([...found.atMs]).toEqual([0, 2000, 5000, 1000, 4000]);
  expect(listed(recent.sessionsWith([4], limits))).toEqual([]);
});

test('an item that is clicked a lot leaves the others their part', () => {
  const often = Array.from({ length: 50 }, (_, s) => [100 + s, 1] as const);
  const recent = clicked([[7, 2], [8, 2], ...often]);
  const found = recent.sessionsWith([1, 2], { ...limits, maxSessions: 10 });
  expect(listed(found)).toEqual([...new Array(5).fill([1]), [2], [2]]);
});

test('there are never more sessions than asked for', () => {
  const recent = clicked(Array.from({ length: 20 }, (_, s) => [s + 1, s] as const));
  const everything = Array.from({ length: 20 }, (_, item) => item);
  const { offsets } = recent.sessionsWith(everything, { ...limits, maxSessions: 7 });
  expect(offsets.length - 1).toBe(7);
});

test('of a long session the clicks around the item are given', () => {
  const long = [3, 4, 5, 6, 7, 8, 9].map((item) => [1, item] as const);
  const around = (item: number) =>
    listed(clicked(long).sessionsWith([item], { ...limits, maxSessionClicks: 3 }));
  expect(around(6)).toEqual([[5, 6, 7]]);
  expect(around(3)).toEqual([[3, 4, 5]]);
  expect(around(9)).toEqual([[7, 8, 9]]);
});

test('what was clicked too long ago is forgotten', () => {
  const recent = clicked([[1, 5], [1, 6], [2, 5], [2, 7]], 3);
  expect(listed(recent.sessionsWith([5], limits))).toEqual([[5, 7]]);
  expect(recent.sessionCounts([5, 6], 9)).toEqual([1, 1]);
});

test('sessions are counted once, up to a limit', () => {
  const recent = clicked([[1, 5], [1, 5], [2, 5], [3, 5], [3, 6]]);
  expect(recent.sessionCounts([5, 6, 4], 9)).toEqual([3, 1, 0]);
  expect(recent.sessionCounts([5], 2)).toEqual([2]);
});

test('whatever was clicked, the sessions are those of a plain search', () => {
  // Sessions that fall together in the lower bits are still told apart.
  const session = fc.integer({ min: 0, max: 6 }).map((s) => 1 + s * 2 ** 20);
  const click = fc.tuple(session, fc.integer({ min: 0, max: 9 }));
  fc.assert(
    fc.property(
      fc.array(click, { maxLength: 60 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 }),
      (clicks, items) => {
        const kept = clicks.slice(-40);
        const wanted = kept.filter(([, item]) => items.includes(item)).map(([session]) => session);
        const newestFirst = [...new Set(wanted.reverse())];
        const recent = clicked(clicks, 40);
        expect(listed(recent.sessionsWith(items, limits))).toEqual(
          newestFirst.map((session) => kept.filter(([s]) => s === session).map(([, item]) => item)),
        );
        expect(recent.sessionCounts(items, 99)).toEqual(
          items.map((item) => new Set(kept.filter(([, i]) => i === item).map(([s]) => s)).size),
        );
      },
    ),
  );
});
