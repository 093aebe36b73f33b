import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LastSlates } from '../../../src/signals/slates/last-slates.ts';
import { hashId } from '../../../src/telemetry/event-codes.ts';

const repetitionOf = (slates: LastSlates, session: number, items: readonly number[]) =>
  slates.repetition(session, Int32Array.from(items), items.length);

test('repetition is the share of the slate that the slate before had too', () => {
  const slates = new LastSlates({ maxSessions: 100, maxPlaces: 10 });
  expect(repetitionOf(slates, 7, [1, 2, 3, 4])).toBeNaN();
  expect(repetitionOf(slates, 7, [4, 5, 1, 6])).toBe(0.5);
  expect(repetitionOf(slates, 7, [2, 3])).toBe(0);
  expect(repetitionOf(slates, 7, [2])).toBe(1);
});

test('slates beyond the places are compared by their first items', () => {
  const slates = new LastSlates({ maxSessions: 100, maxPlaces: 2 });
  repetitionOf(slates, 7, [1, 2, 3]);
  expect(repetitionOf(slates, 7, [3, 1, 2])).toBe(0.5);
});

test('while there is room it equals a map of the last slates', () => {
  const shown = fc.record({
    session: fc.integer({ min: 1, max: 8 }),
    items: fc.array(fc.nat(9), { minLength: 1, maxLength: 5 }),
  });
  const property = fc.property(fc.array(shown, { maxLength: 60 }), (sequence) => {
    const slates = new LastSlates({ maxSessions: 1, maxPlaces: 5 });
    const twin = new Map<number, number[]>();
    for (const { session, items } of sequence) {
      const before = twin.get(session);
      const expected =
        before === undefined
          ? Number.NaN
          : items.filter((item) => before.includes(item)).length / items.length;
      expect(repetitionOf(slates, session, items)).toBe(expected);
      twin.set(session, items);
    }
  });
  fc.assert(property);
});

test('a full set forgets the session it has not seen for the longest time', () => {
  // Up to 8 sessions are one set, with room for 16.
  const slates = new LastSlates({ maxSessions: 8, maxPlaces: 5 });
  for (let session = 1; session <= 16; session++) repetitionOf(slates, session, [session]);
  repetitionOf(slates, 1, [1]);
  repetitionOf(slates, 17, [17]);
  for (const session of [1, 17, 3]) expect(repetitionOf(slates, session, [session])).toBe(1);
  expect(repetitionOf(slates, 2, [2])).toBeNaN();
});

test('at the bound next to all sessions are remembered, far beyond it only the last', () => {
  const sessions = Array.from({ length: 60_000 }, (_, s) => hashId(`session ${s}`));
  const keptOf = (some: readonly number[]) => {
    const slates = new LastSlates({ maxSessions: 20_000, maxPlaces: 1 });
    for (const session of some) repetitionOf(slates, session, [1]);
    // Backwards, as a session that is forgotten takes the room of another when it is asked for.
    return some.toReversed().map((session) => repetitionOf(slates, session, [1]) === 1);
  };
  const share = (kept: readonly boolean[]) => kept.filter(Boolean).length / kept.length;
  expect(share(keptOf(sessions.slice(0, 20_000)))).toBeGreaterThan(0.99);
  const kept = keptOf(sessions);
  expect(kept.filter(Boolean).length).toBeLessThanOrEqual(40_000);
  expect(share(kept.slice(0, 10_000))).toBeGreaterThan(0.99);
});
