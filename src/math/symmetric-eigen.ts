/** Eigenvalues in no order, and their unit eigenvectors as the rows of `vectors`. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Eigenvalues and eigenvectors of a symmetric matrix, size × size. O(size³). */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  // To the size of 1, so that no square in between underflows or overflows.
  const scale = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const scaled = matrix.map((value) => value / scale);
  const tridiagonal = tridiagonalise(scaled, size);
  diagonalise(tridiagonal);
  const { diagonal, rows } = tridiagonal;
  return { values: diagonal.map((value) => value * scale), vectors: rows };
}

/** A matrix as Qᵀ T Q: T has a diagonal and equal numbers above and below it, Q is orthogonal. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Above the diagonal; the last is 0. */
  readonly beside: Float64Array;
  /** Q, row-major. */
  readonly rows: Float64Array;
}

/** Householder's reduction (Golub & Van Loan, Matrix Computations, 8.3.1), in place. */
function tridiagonalise(matrix: Float64Array, size: number): Tridiagonal {
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(size);
  const mirrors: Float64Array[] = [];
  for (let k = 0; k < size; k++) {
    diagonal[k] = matrix[k * size + k];
    const mirror = matrix.slice(k * size + k + 1, (k + 1) * size);
    beside[k] = toMirror(mirror);
    mirrors.push(mirror);
    reflectBothSides(matrix, size, mirror);
  }
  const rows = new Float64Array(size * size);
  for (let k = size - 1; k >= 0; k--) {
    rows[k * size + k] = 1;
    reflectRows(rows, size, mirrors[k]);
  }
  return { diagonal, beside, rows };
}

/**
 * Turns the vector into the normal v of the mirror I - v vᵀ that takes it to the first axis; 0 takes nothing
 * anywhere. Returns where on that axis it lands.
 */
function toMirror(vector: Float64Array): number {
  const length = lengthOf(vector);
  // Beside a greatest entry of 1 this is nothing, and squares of less would lose their digits.
  if (length < 1e-100) {
    vector.fill(0);
    return 0;
  }
  // To the far end, so that nothing cancels out.
  const end = vector[0] > 0 ? -length : length;
  vector[0] -= end;
  const factor = Math.SQRT2 / lengthOf(vector);
  for (let i = 0; i < vector.length; i++) vector[i] *= factor;
  return end;
}

/** Mirrors the last rows and columns of a symmetric matrix, as many as the normal is long. */
function reflectBothSides(matrix: Float64Array, size: number, normal: Float64Array): void {
  const start = size - normal.length;
  const product = new Float64Array(normal.length);
  for (let i = 0; i < normal.length; i++)
    product[i] = dot(matrix, (start + i) * size + start, normal);
  const half = dot(product, 0, normal) / 2;
  for (let i = 0; i < normal.length; i++) product[i] -= half * normal[i];
  for (let i = 0; i < normal.length; i++) {
    const at = (start + i) * size + start;
    for (let j = 0; j < normal.length; j++)
      matrix[at + j] -= normal[i] * product[j] + product[i] * normal[j];
  }
}

/** Mirrors the last columns of the last rows, as many as the normal is long. */
function reflectRows(rows: Float64Array, size: number, normal: Float64Array): void {
  const start = size - normal.length;
  for (let i = start; i < size; i++) {
    const at = i * size + start;
    const factor = dot(rows, at, normal);
    for (let j = 0; j < normal.length; j++) rows[at + j] -= factor * normal[j];
  }
}

/** Implicit QL iteration with Wilkinson's shift (Dubrulle 1970, EISPACK imtql2), in place. */
function diagonalise(matrix: Tridiagonal): void {
  const { diagonal, beside } = matrix;
  const size = diagonal.length;
  const norm = diagonal.reduce(
    (most, d, i) => Math.max(most, Math.abs(d) + Math.abs(beside[i])),
    0,
  );
  for (let first = 0; first < size; first++)
    for (;;) {
      let last = first;
      while (Math.abs(beside[last]) > Number.EPSILON * norm) last += 1;
      if (last === first) break;
      chase(matrix, first, last);
    }
}

/** One QL step on the block from `first` to `last`: each rotation moves the bulge that the one before left up. */
function chase({ diagonal, beside, rows }: Tridiagonal, first: number, last: number): void {
  const size = diagonal.length;
  const slope = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first]);
  const root = Math.hypot(slope, 1);
  let g = diagonal[last] - diagonal[first] + beside[first] / (slope + (slope < 0 ? -root : root));
  let [sine, cosine, shift] = [1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const f = sine * beside[i];
    const b = cosine * beside[i];
    const r = Math.hypot(f, g);
    beside[i + 1] = r;
    sine = r === 0 ? 0 : f / r;
    cosine = r === 0 ? 1 : g / r;
    const moved = diagonal[i + 1] - shift;
    const t = (diagonal[i] - moved) * sine + 2 * cosine * b;
    shift = sine * t;
    diagonal[i + 1] = moved + shift;
    g = cosine * t - b;
    rotate(rows, i * size, { size, sine, cosine });
  }
  diagonal[first] -= shift;
  beside[first] = g;
  beside[last] = 0;
}

/** Rotates the row that starts at `at` and the one behind it. */
function rotate(
  rows: Float64Array,
  at: number,
  { size, sine, cosine }: { readonly size: number; readonly sine: number; readonly cosine: number },
): void {
  for (let a = at, b = at + size; a < at + size; a++, b++) {
    const upper = rows[a];
    const lower = rows[b];
    rows[a] = cosine * upper - sine * lower;
    rows[b] = sine * upper + cosine * lower;
  }
}

function dot(values: Float64Array, at: number, vector: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += values[at + i] * vector[i];
  return sum;
}

function lengthOf(vector: Float64Array): number {
  return Math.sqrt(dot(vector, 0, vector));
}
