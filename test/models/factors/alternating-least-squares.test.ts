import { expect, test } from 'vitest';
import { createRng } from '../../../src/math/rng.ts';
import { type SparseMatrix, sparseOf } from '../../../src/math/sparse.ts';
import {
  alternatingLeastSquares,
  type Factors,
  type LeastSquaresOptions,
  meanWeight,
  penaltyOf,
} from '../../../src/models/factors/alternating-least-squares.ts';
import { scalarIals } from '../../math/kernels/scalar-ials.ts';

const options: LeastSquaresOptions = {
  dimensions: 8,
  unobserved: 3,
  regularisation: 0.05,
  exponent: 1,
  epochs: 5,
  seed: 1,
  threads: 1,
};

/** Some rows with fewer and some with more entries than there are dimensions. */
function matrixOf(rows: number, columns: number): SparseMatrix {
  const rng = createRng(4);
  const entries = Array.from({ length: rows * 5 }, () => {
    const row = Math.floor(rng.unit() ** 2 * rows);
    return [row, rng.below(columns), 0.5 + rng.unit()] as const;
  });
  return sparseOf(rows, columns, entries);
}

function penaltiesOf({ rows, offsets, values, ...rest }: SparseMatrix): Float64Array {
  const mean = meanWeight({ rows, offsets, values, ...rest });
  return Float64Array.from({ length: rows }, (_, row) => {
    const own = values.subarray(offsets[row], offsets[row + 1]);
    return penaltyOf(
      own.reduce((sum, value) => sum + value, 0),
      mean,
      options,
    );
  });
}

function transposed({ rows, columns, offsets, codes, values }: SparseMatrix): SparseMatrix {
  const entries = Array.from({ length: rows }, (_, row) =>
    Array.from(
      { length: offsets[row + 1] - offsets[row] },
      (_, k) => [codes[offsets[row] + k], row, values[offsets[row] + k]] as const,
    ),
  );
  return sparseOf(columns, rows, entries.flat());
}

/** What is minimised, place by place, in doubles. */
function lossOf(matrix: SparseMatrix, { rows: w, columns: v }: Factors): number {
  const { rows, columns, offsets, codes, values } = matrix;
  const total = values.reduce((sum, value) => sum + value, 0);
  const a0 = (options.unobserved * total) / (rows * columns);
  const d = options.dimensions;
  const dot = (row: number, column: number) => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += w[row * d + j] * v[column * d + j];
    return sum;
  };
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) loss += a0 * dot(row, column) ** 2;
    for (let at = offsets[row]; at < offsets[row + 1]; at++)
      loss += values[at] * (1 - dot(row, codes[at])) ** 2;
  }
  const ridges = (penalties: Float64Array, vectors: Float32Array) =>
    vectors.reduce((sum, value, i) => sum + penalties[Math.floor(i / d)] * value * value, 0);
  return loss + ridges(penaltiesOf(matrix), w) + ridges(penaltiesOf(transposed(matrix)), v);
}

test('every epoch lowers what is minimised', () => {
  const matrix = matrixOf(40, 30);
  const losses = [1, 2, 3, 4, 6, 10].map((epochs) =>
    lossOf(matrix, alternatingLeastSquares(matrix, { ...options, epochs })),
  );
  for (let i = 1; i < losses.length; i++) expect(losses[i]).toBeLessThan(losses[i - 1]);
});

test('the rows are the least squares of the columns, as worked out in doubles', () => {
  const matrix = matrixOf(40, 30);
  const { rows, columns, diagonal } = alternatingLeastSquares(matrix, options);
  const plain = scalarIals({
    matrix,
    fixed: columns,
    dimensions: 8,
    diagonal,
    penalties: penaltiesOf(matrix),
  });
  for (const [i, value] of plain.entries()) expect(rows[i]).toBeCloseTo(value, 4);
});

test('the axes are those of the Gram matrix: no two of them share anything', () => {
  const matrix = matrixOf(40, 30);
  const { columns, diagonal } = alternatingLeastSquares(matrix, options);
  const total = matrix.values.reduce((sum, value) => sum + value, 0);
  const a0 = (options.unobserved * total) / (matrix.rows * matrix.columns);
  for (let i = 0; i < 8; i++)
    for (let j = 0; j < 8; j++) {
      let product = 0;
      for (let row = 0; row < 30; row++) product += columns[row * 8 + i] * columns[row * 8 + j];
      expect(a0 * product).toBeCloseTo(i === j ? diagonal[i] : 0, 5);
    }
});

test('one user of one item comes to the fixed point that is solved by hand', () => {
  const matrix = sparseOf(1, 1, [[0, 0, 1]]);
  const given = { ...options, unobserved: 1, regularisation: 0.2, epochs: 60 };
  const { rows, columns } = alternatingLeastSquares(matrix, given);
  let product = 0;
  for (let d = 0; d < 8; d++) product += rows[d] * columns[d];
  // Least (1 - x)² + x² + 2 · 0.2 · |x| with x = w · v and |w| = |v|: -2 (1 - x) + 2 x + 0.4 = 0.
  expect(product).toBeCloseTo(0.4, 4);
});

test('what weighs more comes nearer to 1', () => {
  const matrix = sparseOf(2, 2, [
    [0, 0, 1],
    [0, 1, 9],
    [1, 0, 1],
  ]);
  const { rows, columns } = alternatingLeastSquares(matrix, options);
  const product = (column: number) => {
    let sum = 0;
    for (let d = 0; d < 8; d++) sum += rows[d] * columns[column * 8 + d];
    return sum;
  };
  expect(product(1)).toBeGreaterThan(product(0));
  expect(product(1)).toBeLessThan(1);
});

test('a ridge grows with the weight as far as the exponent says', () => {
  const ridge = { unobserved: 1, regularisation: 0.1 };
  expect(penaltyOf(4, 2, { ...ridge, exponent: 0 })).toBeCloseTo(0.2);
  expect(penaltyOf(4, 2, { ...ridge, exponent: 1 })).toBeCloseTo(0.3);
  expect(penaltyOf(0, 0, { ...ridge, exponent: 1 })).toBeCloseTo(0.1);
});
