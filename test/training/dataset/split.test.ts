import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Interactions } from '../../../src/models/model.ts';
import {
  createInteractionBuilder,
  type Split,
  splitLast,
} from '../../../src/training/dataset/dataset.ts';
import {
  instantOfShare,
  splitAt,
  splitLeaveOneOut,
  splitRatio,
  splitTemporal,
} from '../../../src/training/dataset/split.ts';
import { sessionsOf } from '../../models/tiny-sessions.ts';

type Event = readonly [user: string | undefined, session: string, item: string, atMs: number];

function builtOf(events: readonly Event[], reads: readonly [string, string, number][] = []) {
  const builder = createInteractionBuilder();
  for (const [user, session, item, atMs] of events) builder.add({ user, session, item, atMs });
  for (const [user, item, atMs] of reads) builder.addRead({ user, item, atMs });
  return builder.build();
}

/** Events as texts `user item time`, sorted. */
function eventsOf({ items, offsets, codes, atMs, users, userOf }: Interactions): string[] {
  const texts: string[] = [];
  for (let session = 0; session + 1 < offsets.length; session++)
    for (let at = offsets[session]; at < offsets[session + 1]; at++)
      texts.push(`${users?.[userOf![session]] ?? '-'} ${items[codes[at]]} ${atMs[at]}`);
  return texts.sort();
}

const someEvents = fc.array(
  fc.tuple(
    fc.constantFrom('u', 'v', 'w', undefined),
    fc.nat(3),
    fc.constantFrom(...'abcdef'),
    fc.nat(50),
  ),
  { maxLength: 40 },
);
const builtFrom = (events: readonly (readonly [string | undefined, number, string, number])[]) =>
  builtOf(events.map(([user, s, item, atMs]) => [user, `${user}-${s}`, item, atMs]));

const splits: Readonly<Record<string, (all: Interactions) => Split>> = {
  last: (all) => splitLast(all, 0.3),
  temporal: (all) => splitAt(all, 25),
  'leave one out': (all) => splitLeaveOneOut(all),
  'leave a random one out': (all) => splitLeaveOneOut(all, { pick: 'random', seed: 3 }),
  ratio: (all) => splitRatio(all, 0.4, { seed: 3 }),
};

test.for(Object.entries(splits))(
  'split %s: every event is on one side, and names only who and what is there',
  ([, split]) => {
    const property = fc.property(someEvents, (events) => {
      const all = builtFrom(events);
      const { before, after } = split(all);
      expect([...eventsOf(before), ...eventsOf(after)].sort()).toEqual(eventsOf(all));
      for (const part of [before, after]) {
        expect(new Set(part.codes).size).toBe(part.items.length);
        expect(part.items).toEqual(part.items.toSorted());
        const named = [...(part.userOf ?? [])].filter((user) => user >= 0);
        expect(new Set(named).size).toBe(part.users?.length ?? 0);
        for (let s = 0; s + 1 < part.offsets.length; s++)
          expect(part.offsets[s + 1]).toBeGreaterThan(part.offsets[s]);
      }
    });
    fc.assert(property, { numRuns: 60 });
  },
);

test('nothing of after the cut is before it, reads neither', () => {
  const property = fc.property(someEvents, fc.nat(50), (events, cutMs) => {
    const { before, after } = splitAt(builtFrom(events), cutMs);
    for (const at of before.atMs) expect(at).toBeLessThan(cutMs);
    for (const at of after.atMs) expect(at).toBeGreaterThanOrEqual(cutMs);
  });
  fc.assert(property);
  const all = builtOf(
    [
      ['u', 's', 'a', 1],
      ['v', 't', 'b', 2],
      ['v', 't', 'c', 3],
    ],
    [
      ['u', 'b', 1],
      ['u', 'c', 9],
    ],
  );
  const { before, after } = splitAt(all, 5);
  expect([...before.reads!.atMs]).toEqual([1]);
  expect(before.items[before.reads!.items[0]]).toBe('b');
  expect(after).toMatchObject({ items: [] });
  // The cut takes away what the read was of.
  expect(splitAt(all, 2).before.reads).toBeUndefined();
});

test('two instants make train, validation and test', () => {
  const all = sessionsOf('ab', 'cd', 'ef', 'gh', 'ij');
  const [validationMs, testMs] = [instantOfShare(all, 0.4), instantOfShare(all, 0.2)];
  const { validation, test: held } = splitTemporal(all, validationMs, testMs);
  expect(validation.before.items.join('')).toBe('abcdef');
  expect(validation.after.items.join('')).toBe('gh');
  expect(held.before.items.join('')).toBe('abcdefgh');
  expect(held.after.items.join('')).toBe('ij');
});

test('the item taken up last is left out, with all events of it, and never the only one', () => {
  const all = builtOf([
    ['u', 's', 'a', 1],
    ['u', 's', 'b', 2],
    ['u', 't', 'a', 3],
    ['u', 't', 'b', 4],
    ['v', 'x', 'a', 1],
    [undefined, 'y', 'c', 1],
    [undefined, 'y', 'd', 2],
  ]);
  const { before, after } = splitLeaveOneOut(all);
  expect(eventsOf(after)).toEqual(['u b 2', 'u b 4']);
  expect(eventsOf(before)).toEqual(['- c 1', '- d 2', 'u a 1', 'u a 3', 'v a 1']);
});

test('a ratio is rounded for each user, leaves something to learn from, and follows its seed', () => {
  const many = builtOf([...'abcdefghij'].map((item, i) => ['u', 's', item, i] as const));
  expect(splitRatio(many, 0.2).after.codes.length).toBe(2);
  expect(splitRatio(many, 0.99).after.codes.length).toBe(9);
  const drawn = (seed: number) => splitRatio(many, 0.3, { seed }).after.items.join('');
  expect(drawn(1)).toBe(drawn(1));
  expect(new Set([1, 2, 3, 4, 5].map(drawn)).size).toBeGreaterThan(1);
});

test('weights and attributes stay with what they belong to, in shared memory', () => {
  const builder = createInteractionBuilder();
  builder.add({ session: 's', item: 'a', atMs: 1 }, 2);
  builder.add({ session: 't', item: 'b', atMs: 9 }, 3);
  const itemAttributes = {
    ...{ ids: ['a', 'b'], labels: [], numbers: {} },
    ...{ offsets: new Uint32Array(3), codes: new Uint32Array(0) },
  };
  const { before, after } = splitAt({ ...builder.build(), itemAttributes }, 5);
  expect([[...before.weights!], [...after.weights!]]).toEqual([[2], [3]]);
  expect(before.weights!.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(after.itemAttributes).toBe(itemAttributes);
});

test('nothing splits into nothing', () => {
  const nothing = createInteractionBuilder().build();
  for (const split of Object.values(splits)) expect(split(nothing).before.codes.length).toBe(0);
  expect(instantOfShare(nothing, 0.2)).toBe(Number.POSITIVE_INFINITY);
});
