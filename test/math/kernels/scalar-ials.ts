import type { SparseMatrix } from '../../../src/math/sparse.ts';

/** What the rows of least squares are solved from, row-major. */
export interface LeastSquares {
  readonly matrix: SparseMatrix;
  readonly fixed: ArrayLike<number>;
  readonly dimensions: number;
  readonly diagonal: ArrayLike<number>;
  readonly penalties: ArrayLike<number>;
}

/** The twin of the `ials` kernel: the normal equations of each row in doubles, by Gauss's elimination. */
export function scalarIals(problem: LeastSquares): Float64Array {
  const { matrix, dimensions } = problem;
  const out = new Float64Array(matrix.rows * dimensions);
  for (let row = 0; row < matrix.rows; row++)
    if (matrix.offsets[row + 1] > matrix.offsets[row])
      out.set(solveRow(problem, row), row * dimensions);
  return out;
}

function solveRow(problem: LeastSquares, row: number): Float64Array {
  const { matrix, fixed, dimensions: size, diagonal, penalties } = problem;
  const left = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let j = 0; j < size; j++) left[j * size + j] = diagonal[j] + penalties[row];
  for (let at = matrix.offsets[row]; at < matrix.offsets[row + 1]; at++) {
    const start = matrix.codes[at] * size;
    for (let i = 0; i < size; i++) {
      const weighted = matrix.values[at] * fixed[start + i];
      right[i] += weighted;
      for (let j = 0; j < size; j++) left[i * size + j] += weighted * fixed[start + j];
    }
  }
  return eliminate(left, right);
}

/** Solves left · x = right for a positive definite matrix. */
function eliminate(left: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  for (let k = 0; k < size; k++)
    for (let i = k + 1; i < size; i++) {
      const factor = left[i * size + k] / left[k * size + k];
      for (let j = k; j < size; j++) left[i * size + j] -= factor * left[k * size + j];
      right[i] -= factor * right[k];
    }
  for (let i = size - 1; i >= 0; i--) {
    for (let j = i + 1; j < size; j++) right[i] -= left[i * size + j] * right[j];
    right[i] /= left[i * size + i];
  }
  return right;
}
