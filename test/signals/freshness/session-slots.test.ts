import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SessionSlots } from '../../../src/signals/freshness/session-slots.ts';

/** The slot of a session, given where it has none. */
function take(slots: SessionSlots, session: number): number {
  const slot = slots.use(session);
  return slot >= 0 ? slot : slots.admit(session);
}

test('the session used the longest time ago makes room, whatever is used when', () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 6 }),
    fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 80 }),
    (maxSessions, sessions) => {
      const slots = new SessionSlots(maxSessions);
      // A map holds its keys in the order in which they were set.
      const byUse = new Map<number, number>();
      for (const session of sessions) {
        const known = byUse.get(session) ?? -1;
        expect(slots.use(session)).toBe(known);
        const [oldest] = byUse.keys();
        const isFull = byUse.size === maxSessions;
        const free = isFull ? (byUse.get(oldest) as number) : byUse.size;
        const slot = known >= 0 ? known : slots.admit(session);
        expect(slot).toBe(known >= 0 ? known : free);
        if (known < 0 && isFull) byUse.delete(oldest);
        byUse.delete(session);
        byUse.set(session, slot);
        expect(slots.count).toBe(byUse.size);
      }
    },
  );
  fc.assert(property);
});

test('room grows with the sessions up to the bound', () => {
  const slots = new SessionSlots(5000);
  expect(slots.capacity).toBe(1024);
  for (let session = 1; session <= 5000; session++) expect(take(slots, session)).toBe(session - 1);
  expect([slots.capacity, slots.count]).toEqual([5000, 5000]);
  for (let session = 1; session <= 5000; session++) expect(slots.use(session)).toBe(session - 1);
  expect(take(slots, 5001)).toBe(0);
  expect(slots.use(1)).toBe(-1);
});
