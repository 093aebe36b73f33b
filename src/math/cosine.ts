/**
 * Cosine of the angle between two vectors, -1 to 1; undefined where one of them is zero. Vectors whose squares leave
 * the range of a double are scaled first. Throws RangeError for unequal lengths and for values that are not finite.
 * O(n), no allocation for values of ordinary size.
 *
 * @example cosine([1, 0], [1, 1]) // 0.7071
 */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  if (a.length !== b.length)
    throw new RangeError(`vectors have ${a.length} and ${b.length} dimensions, expected as many`);
  let dot = 0;
  let squareA = 0;
  let squareB = 0;
  for (let d = 0; d < a.length; d++) {
    dot += a[d] * b[d];
    squareA += a[d] * a[d];
    squareB += b[d] * b[d];
  }
  if (isSafe(squareA) && isSafe(squareB))
    return Math.min(1, Math.max(-1, dot / Math.sqrt(squareA * squareB)));
  const [unitA, unitB] = [scaled(a), scaled(b)];
  return unitA && unitB && cosine(unitA, unitB);
}

/**
 * Cosine distance, 1 - cosine, 0 to 2; undefined where one of the vectors is zero. Throws as `cosine` does. O(n).
 *
 * @example cosineDistance([1, 0], [0, 1]) // 1
 */
export function cosineDistance(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  const similarity = cosine(a, b);
  return similarity === undefined ? undefined : 1 - similarity;
}

/**
 * What is left of a similarity after some hours, 0 to 1: exp(-lambda · hours), 1 for hours below 0. Throws RangeError
 * for a lambda that is negative or not finite and for hours that are not finite.
 *
 * @example decayFactor(0.01, 24) // 0.7866
 */
export function decayFactor(lambdaPerHour: number, hours: number): number {
  if (!(lambdaPerHour >= 0 && lambdaPerHour < Number.POSITIVE_INFINITY))
    throw new RangeError(
      `lambda is ${lambdaPerHour} per hour, expected a finite number of at least 0`,
    );
  if (!Number.isFinite(hours)) throw new RangeError(`hours is ${hours}, expected a finite number`);
  return Math.exp(-lambdaPerHour * Math.max(0, hours));
}

/**
 * Cosine that fades with time: cosine · exp(-lambda · hours); undefined where one of the vectors is zero. Throws as
 * `cosine` and `decayFactor` do. O(n).
 *
 * @example decayedCosine([1, 0], [2, 0], { lambdaPerHour: 0.05, hours: 24 }) // 0.3012
 */
export function decayedCosine(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { lambdaPerHour, hours }: { readonly lambdaPerHour: number; readonly hours: number },
): number | undefined {
  const factor = decayFactor(lambdaPerHour, hours);
  const similarity = cosine(a, b);
  return similarity === undefined ? undefined : similarity * factor;
}

/** Neither a square nor the product of two was lost to underflow or overflow. */
function isSafe(square: number): boolean {
  return square > 1e-150 && square < 1e150;
}

/** The vector with 1 as its greatest absolute value; undefined for a zero vector. */
function scaled(vector: ArrayLike<number>): Float64Array | undefined {
  let greatest = 0;
  for (let d = 0; d < vector.length; d++) {
    if (!Number.isFinite(vector[d]))
      throw new RangeError(`dimension ${d} is ${vector[d]}, expected a finite number`);
    greatest = Math.max(greatest, Math.abs(vector[d]));
  }
  return greatest === 0 ? undefined : Float64Array.from(vector, (value) => value / greatest);
}
