import { symmetricEigen } from './symmetric-eigen.ts';

/** The same things as vectors before and after, row-major; a row is one thing in both. */
export interface VectorPairs {
  readonly before: Float32Array;
  readonly after: Float32Array;
  readonly dimensions: number;
}

/**
 * How far vectors moved between two trainings, 0 to 1: the mean cosine distance after the rotation that brings them
 * closest. Trainings agree on vectors but for a rotation, which changes no dot product, so a plain distance would see
 * one where there is none. The best rotation of unit rows gives a sum of cosines that is the nuclear norm of
 * beforeᵀ · after (orthogonal Procrustes: Schönemann 1966), so nothing has to be rotated. Pairs with a zero row are left
 * out; 0 where no pair is left. Throws RangeError unless both have the same whole rows. O(rows · d² + d³).
 *
 * @example embeddingDrift({ before: Float32Array.of(1, 0, 0, 1), after: Float32Array.of(0, 1, 1, 0), dimensions: 2 }) // 0
 */
export function embeddingDrift({ before, after, dimensions }: VectorPairs): number {
  const rows = before.length / dimensions;
  if (before.length !== after.length || !Number.isInteger(rows))
    throw new RangeError(
      `vectors have ${before.length} and ${after.length} numbers, expected rows of ${dimensions}`,
    );
  const cross = new Float64Array(dimensions * dimensions);
  let pairs = 0;
  for (let at = 0; at < before.length; at += dimensions) {
    const [a, b] = [before, after].map((all) => unitOf(all.subarray(at, at + dimensions)));
    if (a === undefined || b === undefined) continue;
    pairs += 1;
    for (let i = 0; i < dimensions; i++)
      for (let j = 0; j < dimensions; j++) cross[i * dimensions + j] += a[i] * b[j];
  }
  return pairs === 0 ? 0 : Math.min(1, Math.max(0, 1 - nuclearNorm(cross, dimensions) / pairs));
}

function unitOf(row: Float32Array): Float64Array | undefined {
  const length = Math.hypot(...row);
  return length > 0 ? Float64Array.from(row, (value) => value / length) : undefined;
}

/** The sum of singular values. */
function nuclearNorm(matrix: Float64Array, size: number): number {
  const gram = new Float64Array(size * size);
  for (let k = 0; k < size; k++)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        gram[i * size + j] += matrix[k * size + i] * matrix[k * size + j];
  const { values } = symmetricEigen(gram, size);
  return values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}
