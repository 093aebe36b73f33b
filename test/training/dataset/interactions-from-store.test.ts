import { expect, test } from 'vitest';
import type { Feedback } from '../../../src/domain/feedback.ts';
import type { Item } from '../../../src/domain/item.ts';
import type { Interactions } from '../../../src/models/model.ts';
import { createMemoryStore } from '../../../src/stores/memory.ts';
import { createFeedbackSieve } from '../../../src/training/dataset/feedback-sieve.ts';
import {
  describeLearning,
  interactionsFromStore,
} from '../../../src/training/dataset/interactions-from-store.ts';
import { learningSchema } from '../../../src/training/dataset/learning-schema.ts';

const dayMs = 86_400_000;
const nowMs = 1000 * dayMs;

interface Shop {
  readonly feedback: readonly Partial<Feedback>[];
  readonly items?: readonly Partial<Item>[];
  readonly learning?: object;
}

/** What is learnt from a store with these events, all of user u and of now unless they say otherwise. */
async function learnt({ feedback, items = [], learning }: Shop) {
  const store = createMemoryStore();
  const bare = { catalog: 'c', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };
  await store.mset(
    'items',
    items.map((item) => ({ id: 'A', ...bare, ...item })),
  );
  const event = { type: 'click', item: 'A', user: 'u', atMs: nowMs };
  await store.appendFeedback(feedback.map((one, i) => ({ key: `k${i}`, ...event, ...one })));
  const options = { learning: learningSchema.parse(learning), nowMs };
  const { interactions, report } = await interactionsFromStore(store, options);
  await store.close();
  return { interactions, report, items: itemsOf(interactions) };
}

const itemsOf = ({ items, codes }: Interactions) => [...codes].map((code) => items[code]).join('');

test('all feedback is learnt where nothing is said, each event as 1', async () => {
  const types = ['view', 'click', 'purchase', 'a word of its own'];
  const feedback = types.map((type, i) => ({ type, atMs: nowMs - i }));
  const { interactions, report } = await learnt({ feedback });
  expect(interactions.codes.length).toBe(4);
  expect(interactions.weights).toBeUndefined();
  expect(interactions.reads).toBeUndefined();
  expect(report).toEqual({ events: 4, reads: 0, seen: 4, leftOut: {} });
});

test('types and values choose what is positive, weights how much it counts', async () => {
  const { interactions, report } = await learnt({
    feedback: [
      { type: 'rating', item: 'A', value: 4 },
      { type: 'rating', item: 'B', value: 3.9 },
      { type: 'rating', item: 'C' },
      { type: 'purchase', item: 'D' },
      { type: 'view', item: 'E' },
    ],
    learning: { positive: ['rating >= 4', 'purchase'], weights: { purchase: 5 } },
  });
  expect(itemsOf(interactions)).toBe('AD');
  expect([...interactions.weights!]).toEqual([1, 5]);
  expect(report.leftOut).toEqual({ type: 3 });
});

test('reads are kept where user and item are known and have no event with each other, the latest of each', async () => {
  const { interactions, report } = await learnt({
    feedback: [
      { type: 'exposure', item: 'B', atMs: nowMs - 1 },
      { type: 'exposure', item: 'B', atMs: nowMs - 2 },
      { type: 'exposure', item: 'A' },
      { type: 'exposure', item: 'never clicked' },
      { type: 'exposure', user: 'w', item: 'A' },
      { type: 'exposure', user: undefined, session: 's', item: 'A' },
      { item: 'A' },
      { item: 'B', user: 'v' },
    ],
    learning: { read: ['exposure'] },
  });
  const { reads, users, items } = interactions;
  expect(itemsOf(interactions)).toBe('AB');
  expect([...reads!.users].map((user) => users![user])).toEqual(['u']);
  expect([...reads!.items].map((item) => items[item])).toEqual(['B']);
  expect([...reads!.atMs]).toEqual([nowMs - 1]);
  expect(users).toEqual(['u', 'v']);
  expect(report).toMatchObject({ events: 2, reads: 1, leftOut: { nobody: 1 } });
});

test('what is too old, too late or of an item that is not learnt is left out by name', async () => {
  const { items, report } = await learnt({
    feedback: [
      { item: 'A', atMs: nowMs + dayMs / 2 },
      { item: 'A', atMs: nowMs + 2 * dayMs },
      { item: 'A', atMs: nowMs - 11 * dayMs },
      { item: 'H' },
      { item: 'O' },
      { item: 'unknown', user: undefined },
      { item: 'Z' },
    ],
    items: [{ id: 'A' }, { id: 'H', hidden: true }, { id: 'O', publishedAtMs: nowMs - 40 * dayMs }],
    learning: { feedbackDays: 10, itemDays: 30 },
  });
  expect(items).toBe('ZA');
  expect(report.leftOut).toEqual({
    ...{ future: 1, old: 1, nobody: 1 },
    ...{ 'hidden-item': 1, 'old-item': 1 },
  });
  expect(describeLearning(report)).toMatch(/^2 events; 5 left out: \S+ 1, /);
});

test('hidden items are learnt where that is said', async () => {
  const shop = { feedback: [{ item: 'H' }], items: [{ id: 'H', hidden: true }] };
  expect((await learnt(shop)).items).toBe('');
  expect((await learnt({ ...shop, learning: { hidden: true } })).items).toBe('H');
});

test('an event with the same session, item, type and time as another counts once', async () => {
  const { items, report } = await learnt({
    feedback: [{ item: 'A' }, { item: 'B' }, { item: 'A' }, { item: 'A', type: 'cart' }],
  });
  expect(items).toBe('ABA');
  expect(report.leftOut).toEqual({ repeated: 1 });
});

test('weights are halved with age, and never reach 0', async () => {
  const { interactions } = await learnt({
    feedback: [0, 10, 20, 990].map((days) => ({ item: 'A', atMs: nowMs - days * dayMs })),
    learning: { halfLifeDays: 10 },
  });
  const weights = [...interactions.weights!].reverse();
  expect(weights.slice(0, 3)).toEqual([1, 0.5, 0.25]);
  expect(weights[3]).toBeGreaterThan(0);
});

test('of too many events the newest are kept, whatever order they come in, and nobody else is known', async () => {
  const feedback = Array.from({ length: 9000 }, (_, i) => ({
    item: `i${(i * 7919) % 9000}`,
    user: `u${(i * 7919) % 9000}`,
    atMs: nowMs - ((i * 7919) % 9000),
  }));
  const { interactions, report } = await learnt({ feedback, learning: { maxEvents: 3 } });
  expect(interactions.items).toEqual(['i0', 'i1', 'i2']);
  expect(interactions.users!.toSorted()).toEqual(['u0', 'u1', 'u2']);
  expect([...interactions.atMs]).toEqual([nowMs - 2, nowMs - 1, nowMs]);
  expect(report).toMatchObject({ seen: 9000, leftOut: { 'too-many': 8997 } });
});

test('sessions are cut off at the length that is said', async () => {
  const feedback = [...'ABCD'].map((item, i) => ({ item, session: 's', atMs: nowMs + i }));
  const { items, report } = await learnt({ feedback, learning: { maxSessionEvents: 3 } });
  expect(items).toBe('ABC');
  expect(report.leftOut).toEqual({ 'long-session': 1 });
});

test('attributes of items and users become labels and numbers, of items without events too', async () => {
  const store = createMemoryStore();
  const item = { catalog: 'c', hidden: false, publishedAtMs: 0 };
  await store.mset('items', [
    {
      ...{ ...item, id: 'A', categories: ['shoes/boots', 'winter'] },
      attributes: { brand: 'Acme', price: 12, sale: true, text: 'x'.repeat(200) },
    },
    { ...item, id: 'B', categories: ['winter'], attributes: {} },
    { ...item, id: 'C', hidden: true, categories: ['winter'], attributes: {} },
  ]);
  await store.mset('users', [{ id: 'u', segment: 'regulars', attributes: { country: 'CH' } }]);
  const { interactions } = await interactionsFromStore(store);
  const { itemAttributes, userAttributes } = interactions;
  const labelsOf = (row: number) =>
    [...itemAttributes!.codes]
      .slice(itemAttributes!.offsets[row], itemAttributes!.offsets[row + 1])
      .map((code) => itemAttributes!.labels[code]);
  expect(itemAttributes!.ids).toEqual(['A', 'B']);
  expect(labelsOf(0)).toEqual([
    'category=shoes/boots',
    'category=winter',
    'brand=Acme',
    'sale=true',
  ]);
  expect(labelsOf(1)).toEqual(['category=winter']);
  expect(Object.keys(itemAttributes!.numbers)).toEqual(['price']);
  expect([...itemAttributes!.numbers.price]).toEqual([12, Number.NaN]);
  expect(itemAttributes!.codes.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(userAttributes!.labels).toEqual(['segment=regulars', 'country=CH']);
  await store.close();
});

test('values and times that are no numbers are left out, should a store ever hold one', () => {
  const sift = createFeedbackSieve(learningSchema.parse(undefined), { excluded: new Map() });
  const event = { type: 'click', item: 'A', user: 'u', atMs: 5 };
  expect(sift(event)).toEqual({ as: 'positive', weight: 1 });
  expect(sift({ ...event, atMs: Number.NaN }).as).toBe('not-a-number');
  expect(sift({ ...event, value: Number.POSITIVE_INFINITY }).as).toBe('not-a-number');
});

test('an empty store is nothing, and no error', async () => {
  const { interactions, report } = await learnt({ feedback: [] });
  expect(interactions).toMatchObject({ items: [], codes: new Uint32Array(0) });
  expect(report).toEqual({ events: 0, reads: 0, seen: 0, leftOut: {} });
});
