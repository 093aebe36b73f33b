import type { Crew } from '../../math/kernels/crew/crew.ts';
import { createRng } from '../../math/rng.ts';
import { degrees, type SparseMatrix, transpose } from '../../math/sparse.ts';
import { symmetricEigen } from '../../math/symmetric-eigen.ts';

/**
 * What item vectors are learnt from: vectors of items with interactions, row-major, `dimensions` wide, any length. A row
 * of zeros teaches nothing. Deterministic for a seed, whatever the threads of the crew.
 */
export type Teacher = (
  userItems: SparseMatrix,
  dimensions: number,
  tools: { readonly crew: Crew; readonly seed: number },
) => Float32Array;

/** Directions found beside those that are wanted: they make these exact. */
const oversampling = 16;
const iterations = 4;

/** Bytes of a crew that `spectralTeacher` takes. */
export function spectralTeacherBytes(
  { rows, columns, codes }: SparseMatrix,
  dimensions: number,
): number {
  const width = dimensions + oversampling;
  return (
    16 * codes.length + 4 * (rows + columns) + 4 * width * (rows + 2 * columns + 3 * width) + 4096
  );
}

/**
 * The directions of items in which most of what users did lies: right singular vectors of Du^-1/2 R Di^-1/2, the
 * low-pass part of GF-CF (Shen et al. 2021), each times its singular value, by randomised subspace iteration (Halko et
 * al. 2011). O(iterations · (entries · d + items · d²)). `dimensions` is a multiple of 16.
 */
export const spectralTeacher: Teacher = (userItems, dimensions, { crew, seed }) => {
  const { rows, columns } = userItems;
  const width = dimensions + oversampling;
  const matrix = normalised(userItems);
  const [forth, back] = [matrix, transpose(matrix)].map((m) => ({
    rows: m.rows,
    addresses: [
      crew.copyCodes(m.offsets).address,
      crew.copyCodes(m.codes).address,
      crew.copy(m.values).address,
    ] as const,
  }));
  const ofUsers = crew.float32(rows * width);
  const [basis, spare] = [crew.float32(columns * width), crew.float32(columns * width)];
  const gram = crew.float32(width * width);
  const turn = crew.float32(width * width);
  const rng = createRng(seed);
  for (let i = 0; i < basis.values.length; i++) basis.values[i] = rng.unit() - 0.5;
  const multiply = (by: typeof forth, from: { address: number }, to: { address: number }): void =>
    crew.run('spmm', { count: by.rows }, [...by.addresses, from.address, to.address, 4 * width]);
  /** Turns the columns of the basis so that those of `seen` stand at right angles; answers the squared lengths. */
  const turnBy = (seen: typeof basis, count: number, isScaled: boolean): Float64Array => {
    gram.values.fill(0);
    crew.run('gemm', { count: width }, [
      ...[seen.address, 4, 4 * width, seen.address, 4 * width],
      ...[gram.address, 4 * width, count, width],
    ] as Parameters<typeof crew.run<'gemm'>>[2]);
    const { values, order, vectors } = sortedEigen(gram.values, width);
    for (let row = 0; row < width; row++)
      for (const [to, from] of order.entries()) {
        const scale = isScaled ? inverseRoot(values[from], values[order[0]]) : 1;
        turn.values[row * width + to] = vectors[from * width + row] * scale;
      }
    spare.values.fill(0);
    crew.run('gemm', { count: columns }, [
      ...[basis.address, 4 * width, 4, turn.address, 4 * width],
      ...[spare.address, 4 * width, width, width],
    ] as Parameters<typeof crew.run<'gemm'>>[2]);
    basis.values.set(spare.values);
    return Float64Array.from(order, (from) => Math.max(0, values[from]));
  };
  for (let i = 0; i < iterations; i++) {
    multiply(forth, basis, ofUsers);
    multiply(back, ofUsers, basis);
    turnBy(basis, columns, true);
  }
  multiply(forth, basis, ofUsers);
  const squares = turnBy(ofUsers, rows, false);
  const vectors = new Float32Array(columns * dimensions);
  const has = degrees(transpose(userItems));
  for (let item = 0; item < columns; item++)
    for (let d = 0; d < dimensions && has[item] > 0; d++)
      vectors[item * dimensions + d] = basis.values[item * width + d] * Math.sqrt(squares[d]);
  return vectors;
};

/** Du^-1/2 R Di^-1/2, degrees being sums of weights. */
function normalised(matrix: SparseMatrix): SparseMatrix {
  const ofRow = new Float64Array(matrix.rows);
  const ofColumn = new Float64Array(matrix.columns);
  const { offsets, codes } = matrix;
  for (let row = 0; row < matrix.rows; row++)
    for (let at = offsets[row]; at < offsets[row + 1]; at++) {
      ofRow[row] += matrix.values[at];
      ofColumn[codes[at]] += matrix.values[at];
    }
  const values = new Float32Array(matrix.values.length);
  for (let row = 0; row < matrix.rows; row++)
    for (let at = offsets[row]; at < offsets[row + 1]; at++)
      values[at] = matrix.values[at] / Math.sqrt(ofRow[row] * ofColumn[codes[at]]);
  return { ...matrix, values };
}

/** Eigenvectors as rows, and their order by falling value. */
function sortedEigen(
  matrix: Float32Array,
  size: number,
): { values: Float64Array; vectors: Float64Array; order: number[] } {
  const { values, vectors } = symmetricEigen(Float64Array.from(matrix), size);
  return { values, vectors, order: [...values.keys()].sort((a, b) => values[b] - values[a]) };
}

/** 0 for directions that hold nothing but rounding. */
function inverseRoot(value: number, greatest: number): number {
  return value > 1e-7 * greatest && value > 1e-30 ? 1 / Math.sqrt(value) : 0;
}
