import { expect, test } from 'vitest';
import { createRng } from '../../../src/math/rng.ts';
import { sparseOf } from '../../../src/math/sparse.ts';
import { bpr } from '../../../src/models/factors/bpr.ts';
import { trainBpr } from '../../../src/models/factors/bpr-training.ts';
import { meanScale } from '../../../src/models/factors/mean-fold-in.ts';
import { createInteractionBuilder } from '../../../src/training/dataset/dataset.ts';
import { learn, queryAfter, scored } from '../ask.ts';
import { tableOf } from '../tiny-sessions.ts';

const small = { dimensions: 8, epochs: 60, negatives: 2 };

/** Two tastes: a to d, and e to h; each user has three of four. */
function tastes() {
  const builder = createInteractionBuilder();
  for (const items of ['abc', 'abd', 'acd', 'bcd', 'efg', 'efh', 'egh', 'fgh'])
    for (const item of items) builder.add({ item, user: `has ${items}`, atMs: 0 });
  return builder.build();
}

/** Share of pairs (had, not had) of a row that are in the right order. */
function orderedShare(epochs: number): number {
  const rng = createRng(3);
  const entries = Array.from({ length: 300 }, () => {
    const row = rng.below(40);
    return [row, rng.below(15) + 15 * (row % 2), 1] as const;
  });
  const matrix = sparseOf(40, 30, entries);
  const trained = trainBpr(matrix, { ...bpr.defaults, ...small, epochs });
  let [right, pairs] = [0, 0];
  const score = (row: number, item: number) =>
    trained.users
      .subarray(row * 8, row * 8 + 8)
      .reduce((sum, value, d) => sum + value * trained.items[item * 8 + d], 0);
  for (let row = 0; row < 40; row++) {
    const own = [...matrix.codes.subarray(matrix.offsets[row], matrix.offsets[row + 1])];
    for (let other = 0; other < 30; other++)
      for (const item of own.includes(other) ? [] : own) {
        right += score(row, item) > score(row, other) ? 1 : 0;
        pairs += 1;
      }
  }
  return right / pairs;
}

test('with every pass more pairs are in the right order', () => {
  const shares = [1, 5, 40].map(orderedShare);
  expect(shares[0]).toBeLessThan(shares[1]);
  expect(shares[1]).toBeLessThan(shares[2]);
  expect(shares[2]).toBeGreaterThan(0.9);
});

test('a user of the fit is known without a click; a stranger is known by the clicks', () => {
  const table = tableOf('abcdefgh');
  const model = learn(bpr, tastes(), table, small);
  const known = scored(model, queryAfter(table, '', { user: 'has abc' }), table);
  const stranger = scored(model, queryAfter(table, 'abc', { user: 'a stranger' }), table);
  for (const scores of [known, stranger])
    expect(Math.min(scores.a, scores.b, scores.c)).toBeGreaterThan(Math.max(scores.e, scores.h));
  expect(Object.values(scored(model, queryAfter(table, ''), table))).toEqual(Array(8).fill(0));
});

test('a stranger with the items of a mean user gets a vector as long as one', () => {
  const matrix = sparseOf(2, 2, [
    [0, 0, 1],
    [1, 1, 1],
  ]);
  const items = Float32Array.of(1, 0, 0, 2);
  const users = Float32Array.of(3, 0, 0, 6);
  expect(meanScale(matrix, { users, items }, 2)).toBe(3);
  expect(meanScale(matrix, { users, items: new Float32Array(4) }, 2)).toBe(1);
});

test('steps that run away fail by name, and say what to do', () => {
  const wild = { ...bpr.defaults, ...small, learningRate: 10, regularisation: 1 };
  expect(() => bpr.fit(tastes(), wild, () => {})).toThrow(/vectors hold .*lower learningRate/);
});

test('who has all there is teaches nothing, and harms nothing', () => {
  const builder = createInteractionBuilder();
  for (const item of 'ab') builder.add({ item, user: 'u', atMs: 0 });
  const table = tableOf('ab');
  const model = learn(bpr, builder.build(), table, small);
  const scores = scored(model, queryAfter(table, 'a', { user: 'u' }), table);
  expect(Object.values(scores).every((score) => score > 0 && Number.isFinite(score))).toBe(true);
});
