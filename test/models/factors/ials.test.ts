import { expect, test } from 'vitest';
import { createRng } from '../../../src/math/rng.ts';
import { createUserFoldIn } from '../../../src/models/factors/fold-in-user.ts';
import { ials } from '../../../src/models/factors/ials.ts';
import { matchItems } from '../../../src/models/item-codes.ts';
import type { Interactions } from '../../../src/models/model.ts';
import { learn, queryAfter, retrieved, scored } from '../ask.ts';
import { sessionsOf, tableOf } from '../tiny-sessions.ts';

/** Two tastes: a to d, and e to h. */
const tastes = () => sessionsOf('abc', 'abd', 'acd', 'bcd', 'efg', 'efh', 'egh', 'fgh');
const small = { dimensions: 8, unobserved: 2, regularisation: 0.1 };

test('somebody nobody met is led to what goes with what was done, from then on', () => {
  const table = tableOf('abcdefgh');
  const model = learn(ials, tastes(), table, small);
  const scores = scored(model, queryAfter(table, 'ab', { user: 'a stranger' }), table);
  expect(Math.min(scores.c, scores.d)).toBeGreaterThan(10 * Math.max(scores.e, scores.h));
  expect(retrieved(model, queryAfter(table, 'ef'), { table }).map(([id]) => id)).toContain('g');
});

test('items of one taste are similar, those of two are not', () => {
  const table = tableOf('abcdefgh');
  const model = learn(ials, tastes(), table, small);
  const similar = retrieved(model, queryAfter(table, 'a', { purpose: 'similar' }), { table });
  expect(
    similar
      .slice(0, 3)
      .map(([id]) => id)
      .sort(),
  ).toEqual(['b', 'c', 'd']);
});

test('to have an item twice, or to be asked about twice, changes nothing', () => {
  const table = tableOf('abcdefgh');
  const model = learn(ials, tastes(), table, small);
  const once = scored(model, queryAfter(table, 'ab'), table);
  expect(scored(model, queryAfter(table, 'abab'), table)).toEqual(once);
  expect(scored(model, queryAfter(table, 'ab', { serial: 7 }), table)).toEqual(once);
  expect(scored(model, queryAfter(table, 'ab', { serial: 7 }), table)).toEqual(once);
  expect(scored(model, queryAfter(table, 'ef', { serial: 8 }), table)).not.toEqual(once);
});

test('the parts that items add up to are the product, and the weightiest is told first', () => {
  const rng = createRng(2);
  const random = (length: number) => Float32Array.from({ length }, () => rng.unit() - 0.3);
  const table = tableOf('abcdefgh');
  const [vectors, diagonal] = [random(64), random(8).map(Math.abs)];
  const foldIn = createUserFoldIn(
    { dimensions: 8, vectors, diagonal, confidence: 2, penalty: (items) => items / 10 },
    matchItems([...'abcdefgh'], table),
  );
  const user = new Float32Array(8);
  for (const clicks of ['a', 'abc', 'hgfedcba'.repeat(3)]) {
    foldIn.setUser(queryAfter(table, clicks), user);
    const parts = foldIn.contributions(queryAfter(table, clicks), 4);
    const product = user.reduce((sum, value, d) => sum + value * vectors[32 + d], 0);
    expect(parts.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(product, 4);
  }
});

test('an item is explained by the items of the user that lead to it', () => {
  const table = tableOf('abcdefgh');
  const model = learn(ials, tastes(), table, small);
  const paths = model.explain?.(queryAfter(table, 'abe'), table.indexOf('c'), 5) ?? [];
  expect(
    paths
      .slice(0, 2)
      .map(({ nodes }) => nodes[0].id)
      .sort(),
  ).toEqual(['a', 'b']);
  expect(paths.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
});

test('a history of ten thousand clicks is answered by its latest ones', () => {
  const table = tableOf('abcdefgh');
  const model = learn(ials, tastes(), table, small);
  const long = queryAfter(table, 'a'.repeat(10_000) + 'ef'.repeat(400));
  expect(scored(model, long, table)).toEqual(scored(model, queryAfter(table, 'ef'), table));
});

test('the default suits a catalogue of one user and one item', () => {
  const table = tableOf('a');
  const model = learn(ials, sessionsOf('a'), table);
  expect(scored(model, queryAfter(table, 'a'), table).a).toBeGreaterThan(0);
});

test('a weight that is no number fails by name, and says what to do', () => {
  const broken: Interactions = { ...tastes(), weights: new Float32Array(24).fill(Number.NaN) };
  expect(() => ials.fit(broken, { ...ials.defaults, ...small }, () => {})).toThrow(
    /vectors hold NaN.*raise regularisation/,
  );
});

test('tells what memory it takes, the more the larger the vectors', () => {
  const bytes = (dimensions: number) =>
    ials.memoryBytes?.(tastes(), { ...ials.defaults, dimensions }) ?? 0;
  expect(bytes(8)).toBeGreaterThan(0);
  expect(bytes(64)).toBeGreaterThan(2 * bytes(8));
});
