import type { Block, Crew } from '../../math/kernels/crew/crew.ts';

/** Pivots that are swept at a time. */
const width = 128;
/** Strips of rows that are cut off at the diagonal: what is above it is not worked out. */
const strips = 8;

/** A square matrix in the memory of a crew. */
export interface SquareMatrix {
  /** Row-major, `size` rows of `stride` numbers. */
  readonly block: Block<Float32Array>;
  /** A multiple of `sizeStep`; what is beyond the matrix proper is a unit matrix. */
  readonly size: number;
}

/** Sizes that `invert` takes are multiples of this. */
export const sizeStep = width;

/** Bytes that `invert` takes beside the matrix. */
export function inverseBytes(size: number): number {
  return 4 * (3 * size * width + 2 * width * width) + 1024;
}

/**
 * Replaces a symmetric positive definite matrix by minus its inverse; of the matrix only what is on and below the diagonal
 * is read, and all of the inverse is written. Blocked sweep (Goodnight 1979): each block of pivots is inverted as it is,
 * and the rest reduced by a product, so that nearly all is `gemm`. About size³ multiply-adds, no more than Cholesky and
 * the inverse of its factor. Throws RangeError when it is not positive definite.
 */
export function invertNegated(crew: Crew, { block, size }: SquareMatrix): void {
  const { values } = block;
  const panel = crew.float32(size * width);
  const product = crew.float32(size * width);
  const turned = crew.float32(size * width);
  const pivots = crew.float32(width * width);
  for (let first = 0; first < size; first += width) {
    const small = readPivots(values, first, size);
    invertSmall(small, width);
    pivots.values.set(small);
    readPanel(values, panel.values, first, size);
    // product = panel · pivots, which is what takes the place of the panel.
    product.values.fill(0);
    crew.run('gemm', { count: size, chunk: 64 }, [
      panel.address,
      width * 4,
      4,
      pivots.address,
      width * 4,
      product.address,
      width * 4,
      width,
      width,
    ]);
    for (let r = 0; r < size; r++)
      for (let c = 0; c < width; c++) turned.values[c * size + r] = -panel.values[r * width + c];
    reduce(crew, { block, size }, product.address, turned.address);
    writePanel(values, product.values, { first, size, small });
  }
  mirror(values, size);
}

/** values -= product · panelᵀ on and below the diagonal; a few more are worked out above it. */
function reduce(crew: Crew, { block, size }: SquareMatrix, product: number, turned: number): void {
  const height = Math.ceil(size / strips / 8) * 8;
  for (let from = 0; from < size; from += height) {
    const rows = Math.min(height, size - from);
    crew.run('gemm', { count: rows, chunk: 64 }, [
      product + from * width * 4,
      width * 4,
      4,
      turned,
      size * 4,
      block.address + from * size * 4,
      size * 4,
      width,
      from + rows,
    ]);
  }
}

function readPivots(values: Float32Array, first: number, size: number): Float64Array {
  const small = new Float64Array(width * width);
  for (let r = 0; r < width; r++)
    for (let c = 0; c <= r; c++) {
      small[r * width + c] = values[(first + r) * size + first + c];
      small[c * width + r] = small[r * width + c];
    }
  return small;
}

/** The columns of the pivots, all rows; those above the pivots stand in their rows; the pivots themselves are 0. */
function readPanel(values: Float32Array, panel: Float32Array, first: number, size: number): void {
  for (let c = 0; c < width; c++)
    for (let r = 0; r < first; r++) panel[r * width + c] = values[(first + c) * size + r];
  panel.fill(0, first * width, (first + width) * width);
  for (let r = first + width; r < size; r++)
    panel.set(values.subarray(r * size + first, r * size + first + width), r * width);
}

function writePanel(
  values: Float32Array,
  product: Float32Array,
  { first, size, small }: { first: number; size: number; small: Float64Array },
): void {
  for (let c = 0; c < width; c++)
    for (let r = 0; r < first; r++) values[(first + c) * size + r] = product[r * width + c];
  for (let r = 0; r < width; r++)
    for (let c = 0; c < width; c++) values[(first + r) * size + first + c] = -small[r * width + c];
  for (let r = first + width; r < size; r++)
    values.set(product.subarray(r * width, (r + 1) * width), r * size + first);
}

function mirror(values: Float32Array, size: number): void {
  for (let r = 0; r < size; r++)
    for (let c = 0; c < r; c++) values[c * size + r] = values[r * size + c];
}

/** Gauss-Jordan in place, without a choice of pivots, as a positive definite matrix needs none. O(size³). */
function invertSmall(matrix: Float64Array, size: number): void {
  for (let k = 0; k < size; k++) {
    const pivot = matrix[k * size + k];
    if (!(pivot > 0)) throw new RangeError(`pivot is ${pivot}, expected more than 0`);
    matrix[k * size + k] = 1;
    for (let c = 0; c < size; c++) matrix[k * size + c] /= pivot;
    for (let r = 0; r < size; r++) {
      const factor = matrix[r * size + k];
      if (r === k || factor === 0) continue;
      matrix[r * size + k] = 0;
      for (let c = 0; c < size; c++) matrix[r * size + c] -= factor * matrix[k * size + c];
    }
  }
}
