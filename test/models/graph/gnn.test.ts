import { expect, test } from 'vitest';
import type { AttributeTable } from '../../../src/models/attribute-table.ts';
import { gnn } from '../../../src/models/graph/gnn.ts';
import type { Interactions, Model } from '../../../src/models/model.ts';
import { createInteractionBuilder } from '../../../src/training/dataset/dataset.ts';
import { learn, queryAfter, retrieved, scored } from '../ask.ts';
import { sessionsOf, tableOf } from '../tiny-sessions.ts';

const small = { dimensions: 16, hidden: [16], epochs: 4, stepsPerEpoch: 10, batch: 16, walks: 20 };

/** Attributes as `item: label label`. */
function attributesOf(rows: Readonly<Record<string, string>>): AttributeTable {
  const lists = Object.values(rows).map((text) => text.split(' ').filter((word) => word !== ''));
  const labels = [...new Set(lists.flat())];
  return {
    ids: Object.keys(rows),
    labels,
    offsets: Uint32Array.from([0, ...lists.map((_, i) => lists.slice(0, i + 1).flat().length)]),
    codes: Uint32Array.from(lists.flat(), (label) => labels.indexOf(label)),
    numbers: {},
  };
}

/** Some have a to d, boots, others e to h, hats; x and y are new. */
const shop: Interactions = {
  ...sessionsOf(...Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 'abcd' : 'efgh'))),
  itemAttributes: attributesOf({
    ...Object.fromEntries([...'abcd'].map((id) => [id, 'category=shoes/boots brand=Acme'])),
    ...Object.fromEntries([...'efgh'].map((id) => [id, 'category=head/hats brand=Other'])),
    x: 'category=shoes/boots brand=Acme',
    y: 'category=head/hats brand=Other',
  }),
};
const table = tableOf('abcdefghxyz');
const model = learn(gnn, shop, table, small);

test('an item that nobody had yet is told to those who had the like of it', () => {
  const [boots, hats] = ['ab', 'ef'].map((had) => scored(model, queryAfter(table, had), table));
  expect(boots.x).toBeGreaterThan(10 * boots.y);
  expect(hats.y).toBeGreaterThan(10 * hats.x);
});

test('a new item has a vector like those of its kind, with and without what comes over the graph', () => {
  const alone = learn(gnn, shop, table, { ...small, interestWeight: 0 });
  for (const each of [model, alone]) {
    const similar = scored(each, queryAfter(table, 'a', { purpose: 'similar' }), table);
    expect(similar.x).toBeGreaterThan(similar.y + 0.5);
  }
  const boots = scored(alone, queryAfter(table, 'ab'), table);
  expect(boots.x).toBeGreaterThan(2 * boots.y);
});

test('new items with the same attributes get the same vector', () => {
  const twins = { ...shop, itemAttributes: attributesOf({ x: 'tag=a', y: 'tag=a', a: 'tag=a' }) };
  const { vectors } = learn(gnn, twins, table, small);
  expect(vectors!.row(table.indexOf('x'))).toEqual(vectors!.row(table.indexOf('y')));
});

test('of a new item nothing is used but its attributes: its id changes no vector', () => {
  const vectorOf = (id: string): number[] => {
    const interactions = {
      ...shop,
      itemAttributes: attributesOf({ a: 'tag=p', e: 'tag=q', [id]: 'tag=p' }),
    };
    const own = tableOf(`abcdefgh${id}`);
    return [...learn(gnn, interactions, own, small).vectors!.row(own.indexOf(id))];
  };
  expect(vectorOf('x')).toEqual(vectorOf('y'));
});

test('with all ids left out in training, attributes alone still tell kinds apart', () => {
  const blind = learn(gnn, shop, table, { ...small, idDropout: 1, interestWeight: 0 });
  const boots = scored(blind, queryAfter(table, 'ab'), table);
  expect(boots.x).toBeGreaterThan(boots.y);
});

test('an item without events and attributes gets no opinion', () => {
  expect(scored(model, queryAfter(table, 'ab'), table).z).toBe(0);
});

test('explanations lead over what items share, and their shares sum to 1', () => {
  const paths = model.explain!(queryAfter(table, 'ab'), table.indexOf('x'), 100);
  const ways = paths.map(({ nodes }) => nodes.map(({ type, id }) => `${type} ${id}`).join(' > '));
  expect(ways).toContain('item a > category shoes/boots > item x');
  expect(ways).toContain('item b > brand Acme > item x');
  expect(paths.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
});

test('a user whom both items have in common is on the way', () => {
  const builder = createInteractionBuilder();
  for (const [atMs, [user, item]] of [...'uaubvcvd'].join('').match(/../g)!.entries())
    builder.add({ user, item, atMs });
  const own = tableOf('abcd');
  const known = learn(gnn, builder.build(), own, small);
  const [path] = known.explain!(queryAfter(own, 'a'), own.indexOf('b'), 1);
  expect(path?.nodes.slice(1)).toEqual([
    { type: 'user', id: 'u' },
    { type: 'item', id: 'b' },
  ]);
});

test('it tells how much of the graph the training saw', () => {
  expect(model.graph!.sampledEdgesRatio).toBeGreaterThan(0.9);
  // The two new items hear of others, but are reached by nobody.
  expect(model.graph!.coverageRatio).toBeCloseTo(8 / 10, 6);
});

const askAll = (asked: Model, own: ReturnType<typeof tableOf>) =>
  [...own.ids].flatMap((id) => Object.values(scored(asked, queryAfter(own, id), own)));

test.each<[string, Interactions]>([
  ['one item of one user', sessionsOf('a')],
  ['one item many times', sessionsOf('aaaa', 'a')],
  [
    'attributes of nothing that was sold',
    { ...sessionsOf('ab'), itemAttributes: attributesOf({ x: 'tag=a' }) },
  ],
  [
    'attributes without labels',
    { ...sessionsOf('ab'), itemAttributes: attributesOf({ a: '', x: '' }) },
  ],
  [
    'strange labels and the same item twice',
    {
      ...sessionsOf('ab', 'ba'),
      itemAttributes: {
        ...attributesOf({ a: 'category=/// = category= tag', x: '__proto__=1 category=a//b' }),
        ids: ['x', 'x'],
      },
    },
  ],
  [
    'numbers that are none',
    {
      ...sessionsOf('ab', 'ba'),
      itemAttributes: {
        ...attributesOf({ a: '', b: '', x: '' }),
        numbers: {
          price: Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -1e38),
          none: Float32Array.of(Number.NaN, Number.NaN, Number.NaN),
        },
      },
    },
  ],
])('%s gives a model that answers in numbers', (_, interactions) => {
  const own = tableOf('abx');
  const asked = learn(gnn, interactions, own, small);
  expect(askAll(asked, own).every((score) => Number.isFinite(score) && score >= 0)).toBe(true);
  expect(retrieved(asked, queryAfter(own, 'a'), { table: own })).not.toEqual([]);
});

test('attributes without events teach nothing', () => {
  const own = tableOf('ax');
  const asked = learn(
    gnn,
    { ...sessionsOf(), itemAttributes: attributesOf({ x: 'tag=a' }) },
    own,
    small,
  );
  expect(askAll(asked, own)).toEqual([0, 0, 0, 0]);
});

test('events that are very old, or in the future, still count', () => {
  const own = tableOf('ab');
  const atMs = Float64Array.of(0, 1, 4e12, 9e12);
  const asked = learn(gnn, { ...sessionsOf('ab', 'ab'), atMs }, own, { ...small, tauDays: 1 });
  expect(askAll(asked, own).every(Number.isFinite)).toBe(true);
});
