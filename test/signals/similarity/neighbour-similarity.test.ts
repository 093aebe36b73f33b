import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ItemVectors } from '../../../src/signals/known/item-columns.ts';
import { movedItems } from '../../../src/signals/similarity/moved-items.ts';
import { createNearestItems } from '../../../src/signals/similarity/nearest-items.ts';
import { NeighbourSimilarity } from '../../../src/signals/similarity/neighbour-similarity.ts';

const count = 12;
const everyItem = Array.from({ length: count }, (_, item) => item);

/** Unit vectors in space; a zero one is of an item without a vector. */
function vectorsOf(version: string, rows: readonly (readonly number[])[]): ItemVectors {
  const norms = Float32Array.from(rows, (row) => Math.hypot(...row));
  const values = Float32Array.from(
    rows.flatMap((row, item) => row.map((value) => (norms[item] === 0 ? 0 : value / norms[item]))),
  );
  return { version, dimensions: 3, count: rows.length, values, norms };
}

/** What each item reads, each seen an hour after the one before; NaN where its neighbours are not known. */
const meansOf = (similarity: NeighbourSimilarity) =>
  everyItem.map((item) => similarity.mean(item, 1e8, 0.02));

function open(): NeighbourSimilarity {
  const similarity = new NeighbourSimilarity({ neighbours: 3 });
  similarity.grow(count);
  for (const item of everyItem) similarity.see(item, 3_600_000 * (item + 1));
  return similarity;
}

/** Has the neighbours of all items that have any found. */
function foundBy(similarity: NeighbourSimilarity): number[] {
  meansOf(similarity);
  similarity.find();
  return meansOf(similarity);
}

test('an item is no neighbour of its own, and one that is alone has none', () => {
  const nearest = createNearestItems(
    vectorsOf('a', [
      [1, 0, 0],
      [1, 0, 0],
      [0, 0, 0],
    ]),
    () => true,
  );
  const out = { items: new Int32Array(2), cosines: new Float64Array(2) };
  expect(nearest?.find(1, out)).toBe(1);
  expect([out.items[0], out.cosines[0]]).toEqual([0, 1]);
  const alone = createNearestItems(vectorsOf('a', [[1, 0, 0]]), () => true);
  expect(alone?.find(0, out)).toBe(0);
  expect(createNearestItems(vectorsOf('a', [[0, 0, 0]]), () => true)).toBeUndefined();
  expect(createNearestItems(vectorsOf('a', [[1, 0, 0]]), () => false)).toBeUndefined();
});

test('items have moved where their vector, its length or whether there is one is another', () => {
  const before = vectorsOf('a', [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 2],
    [0, 0, 0],
    [1, 1, 0],
  ]);
  const after = vectorsOf('b', [
    [1, 0, 0],
    [0, 1, 1],
    [0, 0, 1],
    [1, 0, 0],
    [0, 0, 0],
    [3, 0, 0],
  ]);
  expect(movedItems(before, after, 5)).toEqual([1, 2, 3, 4, 5]);
  expect(movedItems(before, after, 4)).toBeUndefined();
  expect(movedItems(before, before, 0)).toEqual([]);
  expect(movedItems(before, { ...after, dimensions: 2 }, 9)).toBeUndefined();
});

test('an item that has too few neighbours takes any new one', () => {
  const two = [
    [1, 0, 0],
    [0.9, 0.1, 0],
    [0, 0, 0],
  ];
  const three = [...two.slice(0, 2), [-1, 0, 0]];
  const similarity = open();
  similarity.replace(createNearestItems(vectorsOf('a', two), () => true));
  foundBy(similarity);
  const nearest = createNearestItems(vectorsOf('b', three), () => true);
  expect(similarity.amend(nearest!, [2])).toEqual([0, 1]);
});

test('an item that waited for its neighbours and has lost its vector since is passed over', () => {
  const similarity = open();
  const rows = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  similarity.replace(createNearestItems(vectorsOf('a', rows), () => true));
  meansOf(similarity);
  similarity.amend(createNearestItems(vectorsOf('b', rows.slice(0, 2)), () => true)!, [2]);
  similarity.find();
  expect(meansOf(similarity).map(Number.isFinite)).toEqual(everyItem.map((item) => item < 2));
});

test('whichever items are learnt anew, the neighbours are those of a search from scratch', () => {
  const row = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 });
  const rows = fc.array(row, { minLength: count, maxLength: count });
  const others = fc.dictionary(fc.constantFrom(...everyItem.map(String)), row, { maxKeys: 3 });
  const hidden = fc.subarray(everyItem, { maxLength: 3 });
  fc.assert(
    fc.property(rows, others, hidden, (rows, changes, hidden) => {
      const before = vectorsOf('a', rows);
      const after = vectorsOf(
        'b',
        rows.map((row, item) => changes[item] ?? row),
      );
      const nearest = createNearestItems(after, (item) => !hidden.includes(item));
      fc.pre(nearest !== undefined);
      const amended = open();
      amended.replace(createNearestItems(before, () => true));
      const found = foundBy(amended);
      const stale = amended.amend(nearest!, movedItems(before, after, count) ?? []);
      const known = meansOf(amended);
      for (const item of everyItem)
        if (!stale.includes(item)) expect(known[item]).toBe(found[item]);
      const fresh = open();
      fresh.replace(nearest);
      const again = foundBy(amended);
      for (const [item, mean] of foundBy(fresh).entries()) {
        // An item that is not searched is not read either.
        if (!nearest!.items.includes(item)) continue;
        if (Number.isNaN(mean)) expect(again[item]).toBeNaN();
        else expect(again[item]).toBeCloseTo(mean, 6);
      }
    }),
  );
});
