import fc from 'fast-check';
import { expect, test } from 'vitest';
import { degrees, type SparseMatrix, sparseOf, transpose } from '../../src/math/sparse.ts';

const entry = fc.tuple(fc.nat(5), fc.nat(4), fc.integer({ min: 1, max: 9 }));

function dense({ rows, columns, offsets, codes, values }: SparseMatrix): number[][] {
  const table = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  for (let row = 0; row < rows; row++)
    for (let at = offsets[row]; at < offsets[row + 1]; at++) table[row][codes[at]] += values[at];
  return table;
}

test('values of the same place are added up, wherever they stand', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
      const expected = Array.from({ length: 6 }, () => new Array<number>(5).fill(0));
      for (const [row, column, value] of entries) expected[row][column] += value;
      const matrix = sparseOf(6, 5, entries);
      expect(dense(matrix)).toEqual(expected);
      expect(matrix.codes.length).toBe(expected.flat().filter((value) => value > 0).length);
    }),
  );
});

test('a transposed matrix has rows for columns, in rising order, and twice transposed is the same', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
      const matrix = sparseOf(6, 5, entries);
      const turned = transpose(matrix);
      const table = dense(matrix);
      expect(dense(turned)).toEqual(table[0].map((_, column) => table.map((row) => row[column])));
      expect(transpose(turned)).toEqual(matrix);
    }),
  );
});

test('the degree of a row is how many entries it has', () => {
  expect([
    ...degrees(
      sparseOf(3, 3, [
        [0, 1, 1],
        [2, 0, 4],
        [2, 2, 1],
      ]),
    ),
  ]).toEqual([1, 0, 2]);
});
