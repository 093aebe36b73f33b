import { instantiateKernels } from './kernels/instantiate.ts';
import { selectRowsScalar, topRowsScalar } from './kernels/scalar-top.ts';

/** Scores that the kernels take at once; longer lists go the scalar way. */
const capacity = 4096;
const scoresAt = 64;
const rowsAt = scoresAt + capacity * 4;
const workAt = rowsAt + capacity * 4;

/** Finds rows; see `topRows` and `selectRows`. */
type FindRows = (scores: Float32Array, count: number, limit: number, rows: Int32Array) => number;

/** Both ways to find rows, in WebAssembly SIMD where there is some, else the scalar twins. */
export function createRowFinder({ simd = true }: { simd?: boolean } = {}): {
  readonly top: FindRows;
  readonly select: FindRows;
} {
  // Keys, a second list of rows and the counts of the sort.
  const instance = simd ? instantiateKernels(workAt + 2 * capacity * 4 + 1024) : undefined;
  if (instance === undefined) return { top: topRowsScalar, select: selectRowsScalar };
  const { kernels, buffer } = instance;
  const scoresIn = new Float32Array(buffer, scoresAt, capacity);
  const rowsOut = new Int32Array(buffer, rowsAt, capacity);
  const find =
    (kernel: typeof kernels.top, scalar: FindRows): FindRows =>
    (scores, count, limit, rows) => {
      const size = Math.min(limit, count);
      if (size <= 0) return 0;
      if (count > capacity) return scalar(scores, count, limit, rows);
      scoresIn.set(scores.length === count ? scores : scores.subarray(0, count));
      kernel(scoresAt, count, size, rowsAt, workAt);
      rows.set(rowsOut.subarray(0, size));
      return size;
    };
  return { top: find(kernels.top, topRowsScalar), select: find(kernels.select, selectRowsScalar) };
}

/** Made on first use, so that a thread that never looks for rows compiles nothing. */
let finder: ReturnType<typeof createRowFinder> | undefined;

/**
 * Writes the rows of the `limit` greatest scores into `rows`, greatest first; equal scores in row order.
 * Scores must be numbers. Bisection with SIMD counts, then a radix sort: O(count + limit), and no branch that
 * depends on the data. Returns how many were written.
 *
 * @example topRows(Float32Array.of(1, 3, 2), 3, 2, rows) // 2, rows = [1, 2]
 */
export function topRows(
  scores: Float32Array,
  count: number,
  limit: number,
  rows: Int32Array,
): number {
  finder ??= createRowFinder();
  return finder.top(scores, count, limit, rows);
}

/**
 * Writes the same rows as `topRows`, in row order: less work where the order does not matter.
 *
 * @example selectRows(Float32Array.of(1, 3, 2), 3, 2, rows) // 2, rows = [1, 2]
 */
export function selectRows(
  scores: Float32Array,
  count: number,
  limit: number,
  rows: Int32Array,
): number {
  finder ??= createRowFinder();
  return finder.select(scores, count, limit, rows);
}
