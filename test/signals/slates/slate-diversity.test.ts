import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cosine } from '../../../src/math/cosine.ts';
import type { ItemVectors } from '../../../src/signals/known/item-columns.ts';
import { createSlateDiversity } from '../../../src/signals/slates/slate-diversity.ts';

/** Unit vectors of the given directions; a zero vector is an item that was never learnt. */
function vectorsOf(rows: readonly (readonly number[])[]): ItemVectors {
  const norms = rows.map((row) => Math.hypot(...row));
  const values = rows.flatMap((row, item) => row.map((value) => value / (norms[item] || 1)));
  return {
    version: 'v',
    dimensions: rows[0].length,
    count: rows.length,
    values: Float32Array.from(values),
    norms: Float32Array.from(norms),
  };
}
const diversityOf = (vectors: ItemVectors, items: readonly number[]) =>
  createSlateDiversity(20)(vectors, Int32Array.from(items), items.length);

/** The mean over all pairs, one by one. */
function slowDiversity(rows: readonly (readonly number[])[], items: readonly number[]): number {
  const distances = items.flatMap((a, place) =>
    items.slice(place + 1).flatMap((b) => {
      const similarity = a < rows.length && b < rows.length ? cosine(rows[a], rows[b]) : undefined;
      return similarity === undefined ? [] : [(1 - similarity) / 2];
    }),
  );
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
}

test('alike is 0, at right angles a half, opposite 1', () => {
  const vectors = vectorsOf([
    [2, 0],
    [5, 0],
    [0, 3],
    [-1, 0],
  ]);
  expect(diversityOf(vectors, [0, 1])).toBe(0);
  expect(diversityOf(vectors, [0, 2])).toBe(0.5);
  expect(diversityOf(vectors, [1, 3])).toBe(1);
  expect(diversityOf(vectors, [0, 1, 2, 3])).toBeCloseTo((0 + 0.5 + 1 + 0.5 + 1 + 0.5) / 6, 12);
});

test('items without a learnt vector are left out, and one item has no diversity', () => {
  const vectors = vectorsOf([
    [1, 0],
    [0, 1],
    [0, 0],
  ]);
  expect(diversityOf(vectors, [0, 2, 1, 9])).toBe(0.5);
  expect(diversityOf(vectors, [0, 2, 9])).toBeNaN();
  expect(diversityOf(vectors, [])).toBeNaN();
});

test('equals the mean over all pairs, whatever the slate', () => {
  const row = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 5, maxLength: 5 });
  const rows = fc.array(row, { minLength: 1, maxLength: 12 });
  const slate = fc.array(fc.nat(13), { maxLength: 20 });
  const property = fc.property(rows, slate, (directions, items) => {
    const found = diversityOf(vectorsOf(directions), items);
    const expected = slowDiversity(directions, items);
    if (Number.isNaN(expected)) {
      expect(found).toBeNaN();
    } else {
      expect(found).toBeCloseTo(expected, 6);
      expect(found >= 0 && found <= 1).toBe(true);
    }
  });
  fc.assert(property);
});
