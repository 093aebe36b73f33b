/** Pivots below this share of the greatest are directions that are not there. */
const leastPivot = 1e-10;

/**
 * Of a symmetric positive semidefinite matrix G the inverse of the transposed Cholesky factor: W is upper triangular and
 * Wᵀ G W = 1, row-major. Directions that G does not have become 0 in W. O(size³).
 *
 * @example invertFactor(Float64Array.of(4, 0, 0, 9), 2) // 0.5, 0, 0, 0.333
 */
export function invertFactor(gram: Float64Array, size: number): Float64Array {
  const lower = gram.slice();
  const least = leastPivot * lower.reduce((most, value) => Math.max(most, value), 0);
  for (let r = 0; r < size; r++)
    for (let c = 0; c <= r; c++) {
      let sum = lower[r * size + c];
      for (let k = 0; k < c; k++) sum -= lower[r * size + k] * lower[c * size + k];
      if (c < r) lower[r * size + c] = lower[c * size + c] > 0 ? sum / lower[c * size + c] : 0;
      else lower[r * size + r] = sum > least ? Math.sqrt(sum) : 0;
    }
  const inverse = new Float64Array(size * size);
  for (let c = 0; c < size; c++) {
    if (lower[c * size + c] === 0) continue;
    // Column c of the inverse of the lower factor becomes row c of its transpose.
    inverse[c * size + c] = 1 / lower[c * size + c];
    for (let r = c + 1; r < size; r++) {
      if (lower[r * size + r] === 0) continue;
      let sum = 0;
      for (let k = c; k < r; k++) sum += lower[r * size + k] * inverse[c * size + k];
      inverse[c * size + r] = -sum / lower[r * size + r];
    }
  }
  return inverse;
}
