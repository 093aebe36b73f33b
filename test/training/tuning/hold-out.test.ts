import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Interactions } from '../../../src/models/model.ts';
import { createInteractionBuilder } from '../../../src/training/dataset/dataset.ts';
import { holdOut } from '../../../src/training/tuning/hold-out.ts';
import { sessionsOf } from '../../models/tiny-sessions.ts';

/** Every event as text, in order of text. */
function events({ items, offsets, codes, atMs, users, userOf, weights }: Interactions): string[] {
  const told: string[] = [];
  for (let session = 0; session + 1 < offsets.length; session++)
    for (let at = offsets[session]; at < offsets[session + 1]; at++)
      told.push(
        [users?.[userOf?.[session] ?? -1], items[codes[at]], atMs[at], weights?.[at]].join(' '),
      );
  return told.sort();
}

const dayMs = 86_400_000;

/** User u takes items in the order of a string, one a day. */
function usersOf(lists: Readonly<Record<string, string>>): Interactions {
  const builder = createInteractionBuilder();
  for (const [user, items] of Object.entries(lists))
    for (const [day, item] of [...items].entries()) builder.add({ user, item, atMs: day * dayMs });
  return builder.build();
}

test('of sessions the last are held out, whole, by the order of time', () => {
  const sessions = sessionsOf(...Array.from({ length: 20 }, (_, s) => (s < 18 ? 'ab' : 'ac')));
  const { task, before, judging, unseen } = holdOut(sessions, { share: 0.1, unseenShare: 0 });
  expect(task).toBe('next-click');
  expect(before.items).toEqual(['a', 'b']);
  expect([...before.offsets].length - 1).toBe(18);
  expect(judging.items).toEqual(['a', 'c']);
  expect(unseen.codes.length).toBe(0);
});

test('of users the items taken up last are held out, with all their events', () => {
  const data = usersOf({ u: 'abcdefghij', v: 'jihgfedcba', w: 'aabbccddee' });
  const { task, before, judging } = holdOut(data, { share: 0.2, unseenShare: 0 });
  expect(task).toBe('ranking');
  const ofUser = (part: Interactions, user: string) =>
    events(part)
      .filter((event) => event.startsWith(user))
      .map((event) => event.split(' ')[1])
      .join('');
  expect(ofUser(judging, 'u')).toBe('ij');
  expect(ofUser(judging, 'v')).toBe('ab');
  expect(ofUser(judging, 'w')).toBe('ee');
  expect(ofUser(before, 'w')).toBe('aabbccdd');
});

test('any of the items of a user, by the seed, where they have no order', () => {
  const data = usersOf({ u: 'abcdefghijklmnopqrst' });
  const held = (seed: number) => events(holdOut(data, { of: 'any', unseenShare: 0, seed }).judging);
  expect(held(1)).toEqual(held(1));
  expect(new Set([1, 2, 3, 4, 5].map((seed) => held(seed).join())).size).toBeGreaterThan(1);
});

const feedback = fc.record({
  user: fc.option(fc.constantFrom('u', 'v', 'w'), { nil: undefined }),
  session: fc.option(fc.constantFrom('s', 't', 'x y', ''), { nil: undefined }),
  item: fc.constantFrom('a', 'b', 'c', 'd', '☃', 'a b'),
  atMs: fc.integer({ min: 0, max: 5 * dayMs }),
});

test('every event is in exactly one part, and no user who had anything is left with nothing', () => {
  const property = fc.property(
    fc.array(feedback, { maxLength: 60 }),
    fc.constantFrom('last' as const, 'any' as const),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 99 }),
    (rows, of, share, unseenShare, seed) => {
      const builder = createInteractionBuilder();
      for (const row of rows) builder.add(row, 2);
      const data = builder.build();
      const { task, before, judging, unseen } = holdOut(data, { of, share, unseenShare, seed });
      expect([before, judging, unseen].flatMap(events).sort()).toEqual(events(data));
      if (task !== 'ranking') return;
      const usersIn = (part: Interactions) => new Set(events(part).map((e) => e.split(' ')[0]));
      expect(usersIn(before)).toEqual(usersIn(data));
      for (const user of usersIn(judging)) expect(usersIn(unseen)).not.toContain(user);
    },
  );
  fc.assert(property, { numRuns: 100 });
});

test('a tenth is a tenth, of users with few items too', () => {
  const lists = Object.fromEntries(Array.from({ length: 2000 }, (_, u) => [`u${u}`, 'abcde']));
  const { judging, unseen } = holdOut(usersOf(lists), { share: 0.1 });
  expect(judging.codes.length + unseen.codes.length).toBeGreaterThan(900);
  expect(judging.codes.length + unseen.codes.length).toBeLessThan(1100);
  expect(Math.abs(judging.codes.length - unseen.codes.length)).toBeLessThan(150);
});

test('what users saw and left follows into each part, in its item codes', () => {
  const data = usersOf({ u: 'abcdefghij' });
  const reads = {
    users: Uint32Array.of(0, 0),
    items: Uint32Array.of(data.items.indexOf('j'), data.items.indexOf('c')),
    atMs: Float64Array.of(1, 2),
  };
  const { before } = holdOut({ ...data, reads }, { share: 0.1, unseenShare: 0 });
  expect(Array.from(before.reads!.items, (code) => before.items[code])).toEqual(['c']);
  expect([...before.reads!.atMs]).toEqual([2]);
});

test('no data, one user and one item are held out without failing', () => {
  for (const data of [sessionsOf(), usersOf({ u: 'a' }), usersOf({ u: 'aaaa' }), sessionsOf('a')]) {
    const { before, judging, unseen } = holdOut(data);
    expect(before.codes.length + judging.codes.length + unseen.codes.length).toBe(
      data.codes.length,
    );
  }
});
