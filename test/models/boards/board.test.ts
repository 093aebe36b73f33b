import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Feedback } from '../../../src/domain/feedback.ts';
import type { Item } from '../../../src/domain/item.ts';
import { board } from '../../../src/models/boards/board.ts';
import { modelKinds, needLedger } from '../../../src/models/index.ts';
import type { Interactions } from '../../../src/models/model.ts';
import { ItemTable } from '../../../src/stores/item-table.ts';
import { createMemoryStore } from '../../../src/stores/memory.ts';
import { splitLast } from '../../../src/training/dataset/dataset.ts';
import { hashInteractions } from '../../../src/training/dataset/hash-interactions.ts';
import { interactionsFromStore } from '../../../src/training/dataset/interactions-from-store.ts';
import { learningSchema } from '../../../src/training/dataset/learning-schema.ts';
import { createLedgerBuilder } from '../../../src/training/dataset/ledger-builder.ts';
import { splitAt, splitRatio } from '../../../src/training/dataset/split.ts';
import { modelContract } from '../../contracts/model.ts';
import { learn, queryAfter, retrieved, scored } from '../ask.ts';

const hourMs = 3_600_000;
const nowMs = Date.UTC(2024, 4, 15, 12);
const bare = { catalog: 'c', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };
const item = (id: string, more: Partial<Item> = {}): Item => ({ id, ...bare, ...more });

/** The contract gives sessions alone; here each event is a click on record too, and every letter is an item. */
function withLedger(interactions: Interactions): Interactions {
  const { items, offsets, codes, atMs } = interactions;
  const builder = createLedgerBuilder({ maxEvents: 1e6 });
  for (const id of new Set([...'abcdefgh', ...items])) builder.addItem(item(id));
  for (let session = 0; session + 1 < offsets.length; session++)
    for (let at = offsets[session]; at < offsets[session + 1]; at++)
      builder.addEvent({
        type: 'click',
        session: `${session}`,
        item: items[codes[at]],
        atMs: atMs[at],
      });
  return { ...interactions, ledger: builder.build() };
}

const onRecord: typeof board = {
  ...board,
  fit: (interactions, ...rest) => board.fit(withLedger(interactions), ...rest),
};
modelContract(onRecord, {});
modelContract(onRecord, { score: '-len(feedback) / 3', size: 20 });

interface Shop {
  readonly items: readonly Item[];
  readonly feedback?: readonly Partial<Feedback>[];
  readonly learning?: object;
}

/** What is learnt from a store with these items and events, all of user u, item a, and of now unless they say otherwise. */
async function learnt({ items, feedback = [], learning }: Shop): Promise<Interactions> {
  const store = createMemoryStore();
  await store.mset('items', items);
  const event = { type: 'star', item: 'a', user: 'u', atMs: nowMs };
  await store.appendFeedback(feedback.map((one, i) => ({ key: `k${i}`, ...event, ...one })));
  const parsed = learningSchema.parse(learning);
  const options = { learning: parsed, nowMs, withLedger: true };
  return (await interactionsFromStore(store, options)).interactions;
}

/** Ids and what the expression gave for them, best first. */
async function boardOf(shop: Shop, options: object, limit = 10): Promise<[string, number][]> {
  const table = new ItemTable();
  for (const one of shop.items) table.upsert(one);
  const model = learn(board, await learnt(shop), table, board.parseOptions(options));
  return retrieved(model, queryAfter(table, ''), { table, limit }).map(([id]) => [
    id,
    model.rawScore!(table.indexOf(id))!,
  ]);
}

const times = <T>(count: number, of: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => of(i));
const stars = (of: string, count: number, more: Partial<Feedback> = {}) =>
  times(count, (i) => ({ item: of, user: `u${i}`, ...more }));

// What Gorse's own tests of its non-personalized recommenders expect (logics/non_personalized_test.go).
describe('gives what Gorse gives', () => {
  const seconds = times(100, (i) => item(`${i}`, { publishedAtMs: nowMs - i * 1000 }));

  test('the latest', async () => {
    const found = await boardOf({ items: seconds }, { score: 'item.Timestamp.Unix()', size: 10 });
    expect(found).toEqual(times(10, (i) => [`${i}`, nowMs / 1000 - i]));
  });

  test('the popular', async () => {
    const items = times(40, (i) => item(`${i}`));
    const feedback = items.flatMap(({ id }, i) => stars(id, i));
    const found = await boardOf({ items, feedback }, { score: 'len(feedback)', size: 10 });
    expect(found).toEqual(times(10, (i) => [`${39 - i}`, 39 - i]));
  });

  test('what was published within a time, to the nanosecond', async () => {
    const items = [
      ...times(5, (i) => item(`${i}`, { publishedAtMs: nowMs + 1000 - hourMs })),
      ...times(2, (i) => item(`old ${i}`, { publishedAtMs: nowMs - hourMs })),
    ];
    const feedback = items.flatMap(({ id }, i) => stars(id, i));
    const filter = `(now() - item.Timestamp).Nanoseconds() < ${hourMs * 1e6}`;
    const found = await boardOf({ items, feedback }, { score: 'len(feedback)', filter });
    expect(found).toEqual(times(5, (i) => [`${4 - i}`, 4 - i]));
  });

  test.each([{ filter: '!item.IsHidden' }, {}])('hidden items are out: %o', async (options) => {
    const items = seconds.map((one, i) => ({ ...one, hidden: i < 10 }));
    const found = await boardOf({ items }, { score: 'item.Timestamp.Unix()', ...options });
    expect(found.map(([id]) => id)).toEqual(times(10, (i) => `${i + 10}`));
  });

  test('the most starred of a week: its configuration as it is shipped', async () => {
    const items = [
      ...times(12, (i) => item(`${i}`, { publishedAtMs: nowMs - 167 * hourMs })),
      ...times(3, (i) => item(`old ${i}`, { publishedAtMs: nowMs - 168 * hourMs })),
    ];
    const feedback = items.flatMap(({ id }, i) => [
      ...stars(id, i),
      ...stars(id, 30 - i, { type: 'like' }),
    ]);
    const found = await boardOf(
      { items, feedback },
      {
        score: "count(feedback, .FeedbackType == 'star')",
        filter: '(now() - item.Timestamp).Hours() < 168',
      },
    );
    expect(found).toEqual(times(10, (i) => [`${11 - i}`, 11 - i]));
  });
});

const abc = [item('a'), item('b'), item('c')];

test('feedback is a total for each type and user, from its first event to its last', async () => {
  const feedback = [
    { value: 2, atMs: nowMs - 3000 },
    { value: 0.1, atMs: nowMs - 1000 },
    { value: 5, user: 'v', atMs: nowMs - 2000 },
    { type: 'read', atMs: nowMs - 9000 },
    { user: undefined, session: 's', atMs: nowMs },
  ];
  const ask = async (score: string) =>
    (await boardOf({ items: [item('a')], feedback }, { score }))[0][1];
  expect(await ask('len(feedback)')).toBe(4);
  expect(await ask('sum(feedback, .Value)')).toBeCloseTo(7.1, 12);
  expect(await ask('max(map(feedback, (now() - .Timestamp).Seconds()))')).toBe(9);
  expect(
    await ask('find(feedback, .UserId == "u" and .FeedbackType == "star").Updated.UnixMilli()'),
  ).toBe(nowMs - 1000);
  expect(await ask('count(feedback, .UserId == "")')).toBe(1);
  expect(await ask('count(feedback, .ItemId == "a")')).toBe(4);
});

test('what has not happened yet does not count', async () => {
  const feedback = [{}, { user: 'v', atMs: nowMs + 1 }];
  expect(await boardOf({ items: abc, feedback }, { filter: 'len(feedback) > 0' })).toEqual([
    ['a', 1],
  ]);
});

test('strange feedback is left out: unknown items, nobody', async () => {
  const feedback = [
    { item: 'gone' },
    { user: undefined },
    { item: '__proto__' },
    { user: 'constructor', type: '7:u' },
  ];
  expect(await boardOf({ items: abc, feedback }, { filter: 'len(feedback) > 0' })).toEqual([
    ['a', 1],
  ]);
});

test('a ledger takes finite numbers alone, and any names', () => {
  const builder = createLedgerBuilder({ maxEvents: 10 });
  builder.addItem(item('a'));
  const event = { type: '3:s', user: 'u1:x', item: 'a', atMs: 5 };
  for (const wrong of [{ value: Number.NaN }, { atMs: Number.POSITIVE_INFINITY }])
    builder.addEvent({ ...event, ...wrong });
  builder.addEvent(event);
  const { types, users, nowMs: until, values } = builder.build();
  expect({ types, users, until, values: [...values] }).toEqual({
    ...{ types: ['3:s'], users: ['u1:x'], until: 5, values: [0] },
  });
});

test('only the newest events are kept', async () => {
  const feedback = times(5000, (i) => ({
    user: `u${i}`,
    item: i < 4990 ? 'a' : 'b',
    atMs: nowMs - 5000 + i,
  }));
  const shop = { items: abc, feedback, learning: { maxEvents: 20 } };
  expect(await boardOf(shop, {})).toEqual([
    ['a', 10],
    ['b', 10],
    ['c', 0],
  ]);
});

test('scores below 0 order as they are, equal ones by id', async () => {
  const items = times(5, (i) => item(`${i}`, { attributes: { price: [5, 30, 7, 30, 900][i] } }));
  const found = await boardOf({ items }, { score: '-item.Labels.price' });
  expect(found).toEqual([
    ['0', -5],
    ['2', -7],
    ['1', -30],
    ['3', -30],
    ['4', -900],
  ]);
});

test('labels are the nested ones over the attributes', async () => {
  const items = [
    item('a', {
      attributes: { price: 1, colour: 'red' },
      labels: { price: 2, brand: { rank: 3 } },
    }),
    item('b', { attributes: { price: 4, colour: 'red' } }),
    item('c', { labels: 'a word' }),
  ];
  const score = 'item.Labels.price + (item.Labels.brand?.rank ?? 0)';
  expect(await boardOf({ items }, { score, filter: 'item.Labels.colour == "red"' })).toEqual([
    ['a', 5],
    ['b', 4],
  ]);
});

test('items that cannot be scored are left out and counted, and the first reason is told', async () => {
  const items = [
    item('a', { attributes: { price: 3 } }),
    item('b'),
    item('c', { attributes: { price: 0 } }),
  ];
  const { ledger } = await learnt({ items });
  const notes: string[] = [];
  const tell = (options: object) =>
    board.fit({ ledger } as never, board.parseOptions(options), (_, note) => notes.push(note));
  tell({ score: '1 / item.Labels.price' });
  expect(notes.at(-1)).toBe(
    '1 items listed, 2 without a score: / takes number, number, got number, nil at character 1',
  );
  tell({ score: '1', filter: 'item.Labels.price > 0' });
  expect(notes.at(-1)).toContain('1 items listed, 1 without a score: > takes number, number');
});

test('an expression that looks at the feedback again and again leaves large items out', async () => {
  const feedback = stars('a', 1000);
  const score = 'count(feedback, count(feedback, .Value > 0) > 0)';
  const found = await boardOf({ items: abc, feedback }, { score });
  expect(found.map(([id]) => id)).toEqual(['b', 'c']);
});

test('as many of each category and of each catalogue are kept as of all', async () => {
  const items = times(60, (i) =>
    item(`${10 + i}`, {
      catalog: i < 50 ? 'big' : 'small',
      categories: [`k${i % 3}`, `k${i % 3}`],
    }),
  );
  const feedback = items.flatMap(({ id }, i) => stars(id, 60 - i));
  const table = new ItemTable();
  for (const one of items) table.upsert(one);
  const model = learn(board, await learnt({ items, feedback }), table, { size: 4 });
  const query = queryAfter(table, '');
  expect(retrieved(model, query, { table, limit: 50 }).map(([id]) => id)).toEqual([
    '10',
    '11',
    '12',
    '13',
  ]);
  const known = Object.entries(scored(model, query, table)).filter(([, score]) => score > 0);
  // The 4 best of k0, k1, k2 are the first 12; the small catalogue begins with the 51st.
  expect(known.map(([id]) => Number(id) - 10)).toEqual([...times(12, (i) => i), 50, 51, 52, 53]);
  expect(model.rawScore!(table.indexOf('10'))).toBe(60);
  expect(model.rawScore!(table.indexOf('30'))).toBeUndefined();
});

test('an item that is hidden later is not retrieved', async () => {
  const table = new ItemTable();
  for (const one of abc) table.upsert(one);
  const model = learn(board, await learnt({ items: abc }), table);
  table.upsert(item('a', { hidden: true }));
  table.remove('c');
  expect(retrieved(model, queryAfter(table, ''), { table }).map(([id]) => id)).toEqual(['b']);
});

test('a board of the past knows nothing of later', async () => {
  const feedback = times(10, (day) => ({
    item: 'abc'[day % 3],
    user: `u${day}`,
    atMs: nowMs - (10 - day) * 24 * hourMs,
  }));
  const whole = await learnt({ items: abc, feedback });
  const table = new ItemTable();
  for (const one of abc) table.upsert(one);
  const counts = (part: Interactions) => {
    const model = learn(board, part, table, { score: 'len(feedback)' });
    return abc.map(({ id }) => model.rawScore!(table.indexOf(id)));
  };
  expect(counts(whole)).toEqual([4, 3, 3]);
  expect(counts(splitAt(whole, nowMs - 6 * 24 * hourMs).before)).toEqual([2, 1, 1]);
  expect(counts(splitLast(whole, 0.5).before)).toEqual([2, 2, 1]);
  expect(() => counts(splitRatio(whole, 0.5).before)).toThrow(/data are to be split at an instant/);
});

test('the hash of the data tells ledgers apart, though not how late it is', async () => {
  const one = await learnt({ items: abc, feedback: [{}] });
  const other = await learnt({ items: abc, feedback: [{ value: 2 }] });
  expect(hashInteractions(other)).not.toBe(hashInteractions(one));
  const later = { ...one, ledger: { ...one.ledger!, nowMs: nowMs + 5 } };
  expect(hashInteractions(later)).toBe(hashInteractions(one));
});

test('the ledger is read only for boards', async () => {
  expect(needLedger({ hot: { kind: 'popular' }, week: { kind: 'board' } })).toBe(true);
  expect(needLedger({ hot: { kind: 'popular' } })).toBe(false);
  expect(Object.values(modelKinds).filter(({ readsLedger }) => readsLedger)).toEqual([board]);
  const { interactions } = await interactionsFromStore(createMemoryStore());
  expect(interactions.ledger).toBeUndefined();
});

test('mistakes of expressions are told with their place when the configuration is read', () => {
  const wrong = () =>
    board.parseOptions({ score: 'count(feedback, .Kind == 1)', filter: 'item.Timestamp.Unix()' });
  expect(wrong).toThrow(/options.score: field of feedback Kind is unknown.* at character 17/);
  expect(wrong).toThrow(/options.filter: result is number, expected bool at character 1/);
  expect(() => board.parseOptions({ score: 'item.ItemId' })).toThrow(
    /result is string, expected number/,
  );
});

test('the boards of the documentation are boards', async () => {
  const page = readFileSync(new URL('../../../docs/models.md', import.meta.url), 'utf8');
  const [, block] = /## Boards[\s\S]*?```yaml\n([\s\S]*?)```/.exec(page)!;
  const { models } = parse(block) as { models: Record<string, { options: object }> };
  const { options: week } = models['bought-this-week'];
  const weekMs = 168 * hourMs;
  const buy = (of: string, user: string, agoMs: number) => ({
    ...{ type: 'purchase', item: of, user, atMs: nowMs - agoMs },
  });
  const feedback = [
    ...[buy('a', 'u', 5), buy('a', 'v', weekMs), buy('b', 'u', 7), buy('b', 'v', weekMs - 1)],
    { type: 'view', item: 'c' },
  ];
  expect(await boardOf({ items: abc, feedback }, week)).toEqual([
    ['b', 2],
    ['a', 1],
  ]);
  const rated = times(20, (i) => ({
    type: 'rating',
    item: 'a',
    user: `u${i}`,
    value: 3 + (i % 2),
  }));
  const items = [item('a', { labels: { price: 20 } }), item('b', { labels: { price: 20 } })];
  expect(await boardOf({ items, feedback: rated }, models['well-rated'].options)).toEqual([
    ['a', 3.5],
  ]);
  const wanted = models['new-and-wanted'].options;
  const fresh = [item('a', { publishedAtMs: nowMs - 2 * hourMs })];
  expect(await boardOf({ items: fresh, feedback: [{}, { user: 'v' }] }, wanted)).toEqual([
    ['a', 2 / 8],
  ]);
});
