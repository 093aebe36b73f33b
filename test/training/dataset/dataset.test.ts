import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Interactions } from '../../../src/models/model.ts';
import { createMemoryStore } from '../../../src/stores/memory.ts';
import {
  createInteractionBuilder,
  describeInteractions,
  splitLast,
} from '../../../src/training/dataset/dataset.ts';
import { interactionsFromStore } from '../../../src/training/dataset/interactions-from-store.ts';
import { sessionsOf } from '../../models/tiny-sessions.ts';

/** The sessions as strings of item ids. */
function words({ items, offsets, codes }: Interactions): string[] {
  return Array.from({ length: offsets.length - 1 }, (_, session) =>
    [...codes.subarray(offsets[session], offsets[session + 1])].map((code) => items[code]).join(''),
  );
}

test('sessions stand in order of their start, events in order of time, items in order of id', () => {
  const builder = createInteractionBuilder();
  const say = (session: string, item: string, atMs: number) => builder.add({ session, item, atMs });
  say('late', 'b', 100);
  say('early', 'c', 30);
  say('early', 'a', 10);
  say('late', 'a', 110);
  say('early', 'b', 20);
  const built = builder.build();
  expect(words(built)).toEqual(['abc', 'ba']);
  expect(built.items).toEqual(['a', 'b', 'c']);
  expect([...built.atMs]).toEqual([10, 20, 30, 100, 110]);
});

test('events of equal time stay as they came', () => {
  const builder = createInteractionBuilder();
  for (const item of 'cab') builder.add({ session: 's', item, atMs: 5 });
  expect(words(builder.build())).toEqual(['cab']);
});

test('a user without session is cut where there was a pause of more than half an hour', () => {
  const builder = createInteractionBuilder();
  const minute = 60_000;
  for (const [item, at] of [
    ['a', 0],
    ['b', 30],
    ['c', 61],
    ['d', 62],
  ] as const)
    builder.add({ user: 'u', item, atMs: at * minute });
  builder.add({ session: 'u', item: 'x', atMs: 1 });
  builder.add({ item: 'nobody', atMs: 1 });
  expect(words(builder.build())).toEqual(['ab', 'x', 'cd']);
});

test('a session with an id is never cut, but only so many of its events are kept', () => {
  const builder = createInteractionBuilder({ maxSessionEvents: 3 });
  for (const [i, item] of [...'abcde'].entries())
    builder.add({ session: 's', item, atMs: i * 86_400_000 });
  const built = builder.build();
  expect(words(built)).toEqual(['abc']);
  expect(built.items).toEqual(['a', 'b', 'c']);
});

test('whatever order events come in, equal times apart, the interactions are the same', () => {
  const event = fc.record({
    session: fc.constantFrom('s', 't', 'u'),
    item: fc.constantFrom('a', 'b', 'c'),
  });
  const property = fc.property(fc.array(event, { maxLength: 60 }), fc.nat(), (events, seed) => {
    const timed = events.map((one, i) => ({ ...one, atMs: i }));
    const build = (list: typeof timed) => {
      const builder = createInteractionBuilder();
      for (const one of list) builder.add(one);
      return builder.build();
    };
    const turned = timed.toSorted((a, b) => ((a.atMs * seed) % 61) - ((b.atMs * seed) % 61));
    const [one, other] = [build(timed), build(turned)];
    expect(words(other)).toEqual(words(one));
    expect(one.codes.length).toBe(events.length);
  });
  fc.assert(property);
});

test('the columns are shared memory, so that threads need no copy', () => {
  const { offsets, codes, atMs } = sessionsOf('ab');
  for (const column of [offsets, codes, atMs])
    expect(column.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test('a store is read to the end, page by page', async () => {
  const store = createMemoryStore();
  const events = Array.from({ length: 12_345 }, (_, i) => ({
    key: `k${i}`,
    type: 'click',
    item: `i${i % 7}`,
    session: `s${i % 100}`,
    atMs: i,
  }));
  await store.appendFeedback(events);
  const { interactions: built } = await interactionsFromStore(store);
  expect(describeInteractions(built)).toEqual({
    sessions: 100,
    usableSessions: 100,
    events: 12_345,
    items: 7,
    meanSessionEvents: 123.45,
    longestSessionEvents: 124,
    firstAtMs: 0,
    lastAtMs: 12_344,
  });
  await store.close();
});

test('a split keeps sessions whole, and the first part knows nothing of the second', () => {
  const all = sessionsOf('ab', 'bc', 'cd', 'de', 'za');
  const { before, after } = splitLast(all, 0.4);
  expect(words(before)).toEqual(['ab', 'bc', 'cd']);
  expect(before.items).toEqual(['a', 'b', 'c', 'd']);
  expect(words(after)).toEqual(['de', 'za']);
  expect(after.items).toEqual(['a', 'd', 'e', 'z']);
  expect(Math.max(...before.atMs)).toBeLessThan(after.atMs[0]);
});

test('nothing is no sessions', () => {
  const nothing = createInteractionBuilder().build();
  expect(describeInteractions(nothing)).toMatchObject({ sessions: 0, events: 0, firstAtMs: 0 });
  expect(words(splitLast(nothing, 0.5).after)).toEqual([]);
});
