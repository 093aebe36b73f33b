import { expect, test } from 'vitest';
import { sparseOf } from '../../../src/math/sparse.ts';
import { alikeItems, withShares } from '../../../src/models/graph/alike-items.ts';
import { createInterest } from '../../../src/models/graph/interest.ts';
import { itemFeatures, levelsOf } from '../../../src/models/graph/item-features.ts';
import { attentionShares, embedSequence } from '../../../src/models/graph/sequence-embedding.ts';

const attributes = {
  ids: ['a', 'b', 'c'],
  labels: ['category=shoes/boots', 'category=shoes/sandals', 'brand=Acme'],
  offsets: Uint32Array.of(0, 2, 3, 3),
  codes: Uint32Array.of(0, 2, 1),
  numbers: { price: Float32Array.of(1, 2, 3) },
};

test('a category is a feature a level, so that leaves share their parents', () => {
  expect(levelsOf('category=a//b/c')).toEqual(['category=a', 'category=a/b', 'category=a/b/c']);
  const { names, matrix } = itemFeatures(['a', 'b', 'c', 'unknown'], attributes);
  const namesOf = (row: number) =>
    Array.from(
      matrix.codes.subarray(matrix.offsets[row], matrix.offsets[row + 1]),
      (c) => names[c],
    );
  expect(namesOf(0)).toContain('category=shoes');
  expect(namesOf(1)).toContain('category=shoes');
  expect(namesOf(1)).not.toContain('category=shoes/boots');
  expect(namesOf(3)).toEqual([]);
});

test('the row of an item has unit length, and the schema says what counts', () => {
  const { names, matrix } = itemFeatures(['a'], attributes, {
    category: { role: 'tag' },
    brand: { weight: 3 },
    price: { role: 'ignore' },
  });
  expect(names).toEqual(['category=shoes/boots', 'brand=Acme']);
  expect(Math.hypot(...matrix.values)).toBeCloseTo(1, 6);
  expect(matrix.values[1] / matrix.values[0]).toBeCloseTo(3, 5);
});

test('a number lies between its two nearest places', () => {
  const { names, matrix } = itemFeatures(['a', 'b'], {
    ids: ['a', 'b', 'c'],
    labels: [],
    offsets: new Uint32Array(4),
    codes: new Uint32Array(0),
    numbers: { price: Float32Array.of(1, 2.5, 3) },
  });
  expect(names[matrix.codes[0]]).toBe('price#0');
  expect(matrix.values[0]).toBe(1);
});

test('items are alike by the power of their cosine, and only items with events are told', () => {
  const features = sparseOf(3, 2, [
    [0, 0, 1],
    [1, 0, 0.6],
    [1, 1, 0.8],
    [2, 0, 1],
  ]);
  const rows = alikeItems(features, { warm: 2, keep: 5, sharpness: 2 });
  expect([...rows.offsets]).toEqual([0, 1, 2, 4]);
  expect([...rows.codes]).toEqual([1, 0, 0, 1]);
  expect(rows.values[0]).toBeCloseTo(0.36, 6);
  expect(withShares(rows).values[2]).toBeCloseTo(1 / 1.36, 5);
});

const company = sparseOf(4, 4, [
  [0, 1, 1],
  [1, 2, 1],
  [2, 3, 1],
]);
const self = sparseOf(
  4,
  4,
  [0, 1, 2, 3].map((item) => [item, item, 1] as const),
);

test('interest goes as deep as it may, less with every step', () => {
  const reachOf = (depth: number) =>
    createInterest({ company, alike: self }, { depth, decay: 0.5 })(0);
  expect([...reachOf(1).codes]).toEqual([0]);
  expect([...reachOf(3).codes]).toEqual([0, 1, 2]);
  expect([...reachOf(3).weights]).toEqual([1, 0.5, 0.25]);
});

test('a reach is remembered while few others are asked for, and worked out anew after that', () => {
  const interest = createInterest({ company, alike: self }, { depth: 2, decay: 0.5, capacity: 2 });
  const first = interest(0);
  interest(1);
  expect(interest(0)).toBe(first);
  interest(2);
  interest(3);
  expect(interest(0)).not.toBe(first);
  expect(interest(0)).toEqual(first);
});

test('attention weighs what is like the newest item, none weighs all alike', () => {
  const vectors = Float32Array.of(1, 0, 0, 0.9, 0.1, 0, -1, 0, 0);
  const shares = new Float32Array(3);
  const codes = Int32Array.of(0, 1, 2);
  const known = { vectors, dimensions: 3 };
  attentionShares(known, codes, { count: 3, attention: 0, shares });
  for (const share of shares) expect(share).toBeCloseTo(1 / 3, 6);
  attentionShares(known, codes, { count: 3, attention: 3, shares });
  expect(shares[1]).toBeGreaterThan(3 * shares[2]);
  expect(shares[0] + shares[1] + shares[2]).toBeCloseTo(1, 6);
});

test('a sequence that cancels out has no direction', () => {
  const known = { vectors: Float32Array.of(1, 0, -1, 0), dimensions: 2 };
  const out = Float32Array.of(5, 5);
  const given = { count: 2, shares: Float32Array.of(0.5, 0.5), out };
  embedSequence(known, Int32Array.of(0, 1), given);
  expect([...out]).toEqual([0, 0]);
});
