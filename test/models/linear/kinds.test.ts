import { expect, test } from 'vitest';
import { ease } from '../../../src/models/linear/ease.ts';
import { graphFilter } from '../../../src/models/linear/graph-filter.ts';
import { itemGraph } from '../../../src/models/linear/item-graph.ts';
import { itemKnn } from '../../../src/models/linear/item-knn.ts';
import { userKnn } from '../../../src/models/linear/user-knn.ts';
import type { ModelKind } from '../../../src/models/model.ts';
import { createInteractionBuilder } from '../../../src/training/dataset/dataset.ts';
import { modelContract } from '../../contracts/model.ts';
import { learn, queryAfter, retrieved, scored } from '../ask.ts';
import { sessionsOf, tableOf } from '../tiny-sessions.ts';

modelContract(itemGraph, {});
modelContract(itemGraph, { power: 0.5, keep: 2, sessionDecay: 0.5 });
modelContract(ease, {});
modelContract(graphFilter, { rank: 16 });
modelContract(itemKnn, { weighting: 'tf-idf' });
modelContract(itemKnn, { weighting: 'user-idf' });
modelContract(userKnn, { neighbours: 3 });

/** a and b share two users, b and c one; users have 2, 3 and 2 items. */
const sessions = () => sessionsOf('ab', 'abc', 'cd');
const table = tableOf('abcd');
const after = (clicks: string, more = {}) => queryAfter(table, clicks, { anchor: -1, ...more });

test('a link of the item graph is the sum over users, each by its degree, over the degrees of both items', () => {
  const options = { gamma: 1, beta: 0.5, delta: 1 };
  const model = learn(itemGraph, sessions(), table, options);
  const [shared, alone] = [1 / 2 + 1 / 3, 1 / 3];
  const scores = scored(model, after('a'), table);
  expect(scores.b).toBeCloseTo(shared / (2 ** 0.5 * 2), 6);
  expect(scores.c).toBeCloseTo(alone / (2 ** 0.5 * 2), 6);
  expect(scores).toMatchObject({ a: 0, d: 0 });
});

test('a power of links changes their size and not their order', () => {
  const plain = scored(learn(itemGraph, sessions(), table), after('a'), table);
  const root = scored(learn(itemGraph, sessions(), table, { power: 0.5 }), after('a'), table);
  expect(root.b).toBeCloseTo(Math.sqrt(plain.b), 6);
});

test('a score is the sum of the rows of what was had, an item that comes twice counts once', () => {
  const model = learn(itemGraph, sessions(), table);
  const [b, d] = ['b', 'd'].map((click) => scored(model, after(click), table).c);
  expect(scored(model, after('bdb'), table).c).toBeCloseTo(b + d, 6);
});

test('with a decay the item before counts less', () => {
  const model = learn(itemGraph, sessions(), table, { sessionDecay: 0.5 });
  const [b, d] = ['b', 'd'].map((click) => scored(model, after(click), table).c);
  expect(scored(model, after('bd'), table).c).toBeCloseTo(d + b / 2, 6);
});

test('an explanation tells the share that each item had in a score', () => {
  const model = learn(itemGraph, sessions(), table);
  const [b, d] = ['b', 'd'].map((click) => scored(model, after(click), table).c);
  const paths = model.explain!(after('bd'), table.indexOf('c'), 5);
  const nodes = (from: string) => [
    { type: 'item', id: from },
    { type: 'item', id: 'c' },
  ];
  expect(paths).toEqual([
    { nodes: nodes('d'), share: expect.closeTo(d / (b + d), 6) },
    { nodes: nodes('b'), share: expect.closeTo(b / (b + d), 6) },
  ]);
  expect(model.explain!(after('bd'), table.indexOf('c'), 1)).toHaveLength(1);
});

test('old events make weaker links', () => {
  const builder = createInteractionBuilder();
  for (const [user, items, day] of [
    ['u', 'ab', 0],
    ['v', 'ac', 20],
  ] as const)
    for (const item of items) builder.add({ item, user, atMs: day * 86_400_000 });
  const model = learn(itemGraph, builder.build(), table, { halfLifeDays: 10, gamma: 0, delta: 0 });
  const scores = scored(model, after('a'), table);
  // Both ends of the old link have a weight of a quarter.
  expect(scores.c / scores.b).toBeCloseTo(16, 4);
});

test('EASE of two items that one user shares is what the two by two matrix gives', () => {
  // RᵀR = [[2, 1], [1, 1]], ridge 1: P = [[3, 1], [1, 2]]⁻¹ = [[.4, -.2], [-.2, .6]].
  const lambda = 1 / Math.sqrt(1.5);
  const model = learn(ease, sessionsOf('ab', 'a'), tableOf('ab'), { lambda });
  const two = tableOf('ab');
  const asked = (clicks: string) => scored(model, queryAfter(two, clicks, { anchor: -1 }), two);
  expect(asked('a').b).toBeCloseTo(0.2 / 0.6, 5);
  expect(asked('b').a).toBeCloseTo(0.2 / 0.4, 5);
});

test('EASE refuses a catalogue that is too large for its memory, and says what to do', () => {
  const builder = createInteractionBuilder();
  for (let i = 0; i < 2000; i++) builder.add({ item: `i${i}`, user: `u${i % 7}`, atMs: i });
  const fit = () => ease.fit(builder.build(), { ...ease.defaults, maxMemoryMb: 16 }, () => {});
  expect(fit).toThrow(/ease needs \d+ MB to learn, expected at most 16: raise maxMemoryMb/);
});

test('item neighbours are by cosine of their users, held back by the shrink', () => {
  const plain = learn(itemKnn, sessions(), table, { shrink: 0 });
  expect(scored(plain, after('a'), table)).toMatchObject({
    b: expect.closeTo(1, 6),
    c: expect.closeTo(0.5, 6),
  });
  const shrunk = learn(itemKnn, sessions(), table, { shrink: 2 });
  expect(scored(shrunk, after('a'), table).b).toBeCloseTo(2 / (2 + 2), 6);
});

test('rare items of a user say more about others with tf-idf', () => {
  const many = () => sessionsOf('ab', 'ac', 'ad', 'bd', 'ae', 'af');
  const six = tableOf('abcdef');
  const asked = (weighting: 'none' | 'tf-idf') =>
    scored(
      learn(itemKnn, many(), six, { weighting, shrink: 10 }),
      queryAfter(six, 'd', { anchor: -1 }),
      six,
    );
  const ratio = ({ a, b }: Record<string, number>) => b / a;
  expect(ratio(asked('tf-idf'))).toBeGreaterThan(ratio(asked('none')));
});

test('users with few items say more about items with user-idf', () => {
  // b shares a busy user with a, c one who has nothing else; beside it all have one user each.
  const data = () => sessionsOf('abdef', 'ac', 'b', 'c');
  const six = tableOf('abcdef');
  const query = queryAfter(six, 'a', { purpose: 'similar' });
  const asked = (weighting: 'none' | 'user-idf') =>
    scored(learn(itemKnn, data(), six, { weighting, shrink: 0 }), query, six);
  expect(asked('none').b).toBeCloseTo(asked('none').c, 6);
  const [busy, rare, alone] = [5, 2, 1].map((items) => Math.log(1 + 6 / items));
  const { b, c } = asked('user-idf');
  expect(b).toBeCloseTo(busy / Math.sqrt((busy + rare) * (busy + alone)), 6);
  expect(c).toBeCloseTo(rare / Math.sqrt((busy + rare) * (rare + alone)), 6);
});

test('user neighbours vote with their cosine for what they had', () => {
  const model = learn(userKnn, sessions(), table, { shrink: 0 });
  const scores = scored(model, after('ab'), table);
  const alike = 2 / Math.sqrt(2 * 3);
  expect(scores.c).toBeCloseTo(alike, 6);
  expect(scores.a).toBeCloseTo(1 + alike, 6);
  expect(scores.d).toBe(0);
});

test('only so many neighbours vote, and no more of the matrix is looked at than may be', () => {
  const nearest = learn(userKnn, sessions(), table, { shrink: 0, neighbours: 1 });
  expect(scored(nearest, after('ab'), table).c).toBe(0);
  const crowd = sessionsOf(...Array.from({ length: 1500 }, () => 'ab'), 'cd');
  const busy = learn(userKnn, crowd, table, { shrink: 0, neighbours: 2000, work: 1000 });
  const scores = scored(busy, after('a'), table);
  expect(scores.b).toBeCloseTo(1000 / Math.sqrt(2), 1);
});

const oddData: Readonly<Record<string, readonly [user: string, item: string][]>> = {
  'one user': [...'abc'].map((item) => ['u', item]),
  'one item': [...'uvw'].map((user) => [user, 'a']),
  'one event': [['u', 'a']],
  'the same event again and again': Array.from({ length: 9 }, () => ['u', 'a']),
  'strange ids': [
    ['u', '__proto__'],
    ['u', '\u0000'],
    ['constructor', '__proto__'],
    ['constructor', '🛒'],
  ],
};
const kinds = [itemGraph, ease, graphFilter, itemKnn, userKnn] as readonly ModelKind[];

test.each(kinds.flatMap((kind) => Object.keys(oddData).map((name) => ({ kind, name }))))(
  '$kind.kind learns from $name',
  ({ kind, name }) => {
    const builder = createInteractionBuilder();
    for (const [user, item] of oddData[name]) builder.add({ item, user, atMs: 9e15 });
    const interactions = builder.build();
    const odd = tableOf('');
    for (const id of interactions.items)
      odd.upsert({
        id,
        catalog: 'c',
        categories: [],
        attributes: {},
        hidden: false,
        publishedAtMs: 0,
      });
    const model = learn(kind, interactions, odd);
    const all = Int32Array.from(interactions.items, (id) => odd.indexOf(id));
    const query = { anchor: -1, recent: all, nowMs: 0, purpose: 'next' as const };
    expect(Object.values(scored(model, query, odd)).every(Number.isFinite)).toBe(true);
    expect(retrieved(model, query, { table: odd }).length).toBeLessThanOrEqual(all.length);
  },
);
