import fc from 'fast-check';
import { expect, test } from 'vitest';
import { catalogueAuc } from '../../src/math/catalogue-auc.ts';

const aucOf = (scores: readonly number[], wanted: readonly number[]) =>
  catalogueAuc(Float32Array.from(scores), (row) => wanted.includes(row));

test('wanted items above all others are 1, below all 0, in the middle half', () => {
  expect(aucOf([4, 3, 2, 1], [0, 1])).toBe(1);
  expect(aucOf([4, 3, 2, 1], [2, 3])).toBe(0);
  expect(aucOf([3, 2, 1], [1])).toBe(0.5);
});

test('ties count half, by hand: one of three pairs won, two tied', () => {
  expect(aucOf([2, 2, 2, 1], [0])).toBeCloseTo(2 / 3, 12);
  expect(aucOf([0, 0, 0, 0], [1, 3])).toBe(0.5);
});

test('where nothing or everything is wanted there is no answer', () => {
  expect(aucOf([1, 2], [])).toBeNaN();
  expect(aucOf([1, 2], [0, 1])).toBeNaN();
});

test('it is the share of pairs in which the wanted item is above', () => {
  const row = fc.record({ score: fc.nat(5), wanted: fc.boolean() });
  const property = fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
    const pairs = rows
      .filter(({ wanted }) => wanted)
      .flatMap((one) => rows.filter(({ wanted }) => !wanted).map((other) => [one, other]));
    const won = pairs.reduce(
      (sum, [one, other]) =>
        sum + (one.score > other.score ? 1 : one.score === other.score ? 0.5 : 0),
      0,
    );
    const scores = rows.map(({ score }) => score);
    const found = catalogueAuc(scores, (at) => rows[at].wanted);
    if (pairs.length === 0) expect(found).toBeNaN();
    else expect(found).toBeCloseTo(won / pairs.length, 12);
  });
  fc.assert(property);
});
