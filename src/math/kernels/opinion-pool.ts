import { instantiateKernels } from './instantiate.ts';

/** What is pooled; row r is the same candidate in each column. */
export interface PoolColumns {
  readonly count: number;
  readonly weights: Float32Array;
  /** The score of 1 even share in units of the floor; see `OpinionPool`. */
  readonly room: number;
  readonly columns: readonly Float32Array[];
  readonly totals: Float32Array;
}

/**
 * Replaces the first `count` scores x of each column by weight · ln(1 + room · x / sum of the column), writes
 * their sums over the columns to `totals`, and returns how many scores were negative or not finite; those count
 * as 0. O(count · columns), no allocation but views.
 */
export type OpinionPool = (columns: PoolColumns) => number;

/** Scores that the kernel takes at once; longer columns go the scalar way. */
const capacity = 4096;

/**
 * The pool in WebAssembly SIMD, where there is some, else the scalar twin; both agree to 2e-6.
 *
 * @example createOpinionPool()({ count: 2, weights, room: 20, columns: [Float32Array.of(1, 3)], totals }) // 0
 */
export function createOpinionPool({ simd = true }: { simd?: boolean } = {}): OpinionPool {
  const columnAt = 64;
  const totalsAt = columnAt + capacity * 4;
  const instance = simd ? instantiateKernels(totalsAt + capacity * 4) : undefined;
  if (instance === undefined) return poolScalar;
  const { kernels, buffer } = instance;
  const columnIn = new Float32Array(buffer, columnAt, capacity);
  const totalsIn = new Float32Array(buffer, totalsAt, capacity);
  return (pool) => {
    const { count, weights, room, columns, totals } = pool;
    if (count > capacity) return poolScalar(pool);
    const filled = columnIn.subarray(0, count);
    let refused = 0;
    totalsIn.fill(0, 0, count);
    for (let s = 0; s < weights.length; s++) {
      const column = columns[s].length === count ? columns[s] : columns[s].subarray(0, count);
      filled.set(column);
      columnIn.fill(0, count, (count + 3) & ~3);
      refused += kernels.pool(columnAt, totalsAt, count, weights[s], room);
      column.set(filled);
    }
    totals.set(totalsIn.subarray(0, count));
    return refused;
  };
}

/** The slow clear twin. */
const poolScalar: OpinionPool = ({ count, weights, room, columns, totals }) => {
  let refused = 0;
  totals.fill(0, 0, count);
  for (let s = 0; s < weights.length; s++) {
    const column = columns[s];
    let sum = 0;
    for (let row = 0; row < count; row++) {
      // Also false for NaN.
      if (column[row] >= 0 && column[row] < Number.POSITIVE_INFINITY) sum += column[row];
      else {
        column[row] = 0;
        refused += 1;
      }
    }
    const scale = sum > 1e-33 ? room / sum : 0;
    for (let row = 0; row < count; row++) {
      column[row] = weights[s] * Math.log1p(scale * column[row]);
      totals[row] += column[row];
    }
  }
  return refused;
};
