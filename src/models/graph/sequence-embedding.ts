/** Vectors of items by code, unit length, row-major. */
export interface ItemVectors {
  readonly vectors: Float32Array;
  readonly dimensions: number;
}

/**
 * Writes the share that each of the first `count` items of a behaviour sequence, newest first, has in its embedding:
 * softmax of attention · LN(newest) · LN(item) / dimensions, where LN is layer normalisation without parameters (Ba et al.
 * 2016), so that the product is a correlation, -1 to 1. Attention 0 weighs all alike. There is nothing learnt in it: a
 * session is a few items long, and item vectors are learnt for their dot products already. O(count · dimensions).
 */
export function attentionShares(
  { vectors, dimensions }: ItemVectors,
  codes: Int32Array,
  {
    count,
    attention,
    shares,
  }: { readonly count: number; readonly attention: number; readonly shares: Float32Array },
): void {
  let total = 0;
  for (let i = 0; i < count; i++) {
    const correlation =
      attention === 0 ? 0 : correlationOf(vectors, dimensions, codes[0], codes[i]);
    shares[i] = Math.exp(attention * correlation);
    total += shares[i];
  }
  for (let i = 0; i < count; i++) shares[i] /= total;
}

/**
 * Writes the embedding of a behaviour sequence: the mean of its vectors by their shares, as a unit vector; zeros where they
 * cancel out. O(count · dimensions).
 */
export function embedSequence(
  { vectors, dimensions }: ItemVectors,
  codes: Int32Array,
  {
    count,
    shares,
    out,
  }: { readonly count: number; readonly shares: Float32Array; readonly out: Float32Array },
): void {
  out.fill(0);
  for (let i = 0; i < count; i++)
    for (let d = 0; d < dimensions; d++) out[d] += shares[i] * vectors[codes[i] * dimensions + d];
  let square = 0;
  for (let d = 0; d < dimensions; d++) square += out[d] * out[d];
  const factor = square > 1e-24 ? 1 / Math.sqrt(square) : 0;
  for (let d = 0; d < dimensions; d++) out[d] *= factor;
}

/** The dot product of two layer-normalised rows over their length; 0 where one has no variance. */
function correlationOf(vectors: Float32Array, dimensions: number, a: number, b: number): number {
  let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0];
  for (let d = 0; d < dimensions; d++) {
    const [x, y] = [vectors[a * dimensions + d], vectors[b * dimensions + d]];
    sumA += x;
    sumB += y;
    squareA += x * x;
    squareB += y * y;
    product += x * y;
  }
  const varianceA = squareA - (sumA * sumA) / dimensions;
  const varianceB = squareB - (sumB * sumB) / dimensions;
  const size = Math.sqrt(varianceA * varianceB);
  return size > 1e-12 ? (product - (sumA * sumB) / dimensions) / size : 0;
}
