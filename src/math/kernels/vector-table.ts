import { createScalarRows } from './scalar-rows.ts';
import { createSimdRows, minCodedRows, poolCapacity } from './simd-rows.ts';

/**
 * A dense matrix of f32 rows with exact dot, nearest and diversity kernels. Made to be called for each request:
 * nothing is allocated per call but the view that `row` returns. Every result is the same on every machine.
 * Calls throw RangeError for a list too short for its count and for a query of the wrong length.
 */
export interface VectorTable {
  readonly rowCount: number;
  readonly dimensions: number;
  /** Replaces one row. Throws RangeError for an unknown row, a wrong length or a value that is not finite in f32. */
  setRow(row: number, values: ArrayLike<number>): void;
  /** A live view of one row, `dimensions` long, to be read only. Throws RangeError outside 0 to `rowCount - 1`. */
  row(row: number): Float32Array;
  /**
   * Writes query · row into `out` for each of the first `count` of `items`;
   * 0 for an item below 0 or not below `rowCount`. O(count · dimensions).
   */
  dot(query: Float32Array, items: Int32Array, count: number, out: Float32Array): void;
  /**
   * Exact top-K: writes the `limit` rows of greatest dot product with the query, best first, equal ones by
   * row number, and returns how many. Rows whose dot product is NaN or -Infinity are left out.
   * One scan with a bounded heap, O(rowCount · dimensions). Large tables are scanned in codes of 8 bits, and rows that
   * these cannot rule out get their exact product; the result is the same to the last bit.
   */
  nearest(
    query: Float32Array,
    limit: number,
    outItems: Int32Array,
    outScores: Float32Array,
  ): number;
  /**
   * Greedy maximal marginal relevance (Carbonell & Goldstein 1998): writes positions of the pool (0 to
   * `count - 1`) into `order`, best first, and returns how many, at most `wanted`. Each choice has the greatest
   * (1 - diversity) · relevance - diversity · (greatest cosine to those chosen before), equal ones by position.
   * Relevance is the score, min-max normalised over the pool; a score that is not finite counts as the lowest.
   * Rows are taken as unit vectors; a zero row or an item outside the table is similar to nothing (cosine 0).
   * Diversity 0 gives the order of the scores exactly. O(wanted · count · dimensions) at worst.
   */
  mmr(pool: MmrPool): number;
}

/** A list to diversify. */
export interface MmrPool {
  /** Row of each position. */
  readonly items: Int32Array;
  /** Score of each position, greater is better. */
  readonly scores: Float32Array;
  /** How many positions there are, at most 4096. */
  readonly count: number;
  /** How many to choose. */
  readonly wanted: number;
  /** 0 (scores only) to 1 (dissimilarity only). */
  readonly diversity: number;
  /** Receives the chosen positions. */
  readonly order: Int32Array;
}

/** How a table is scanned; the results are the same. */
export interface VectorTableOptions {
  /** `false` takes the plain kernels, as a machine without WebAssembly SIMD does. */
  readonly simd?: boolean;
  /** Whether codes of 8 bits go before the rows, a fourth of their bytes more; absent is where that pays. */
  readonly codes?: boolean;
}

/** The kernels over one matrix; whoever calls them has checked the arguments. */
export interface Rows extends Pick<VectorTable, 'dot' | 'nearest' | 'mmr'> {
  /** Row-major, `stride` numbers per row, zero behind `dimensions`. */
  readonly values: Float32Array;
  /** Told that the numbers of a row were replaced. */
  changed(row: number): void;
}

/**
 * Makes a table of zero rows. `simd: false`, and a machine without WebAssembly SIMD, take the plain kernels:
 * slower, and equal to the last bit. Throws RangeError when the shape is not positive or needs over 4 GB.
 *
 * @example
 * const table = createVectorTable(2, 2);
 * table.setRow(1, [3, 4]);
 * const out = new Float32Array(2);
 * table.dot(Float32Array.of(1, 1), Int32Array.of(1, -1), 2, out); // out is 7, 0
 */
export function createVectorTable(
  rowCount: number,
  dimensions: number,
  { simd = true, codes = rowCount >= minCodedRows }: VectorTableOptions = {},
): VectorTable {
  checkShape(rowCount, dimensions);
  const stride = (dimensions + 3) & ~3;
  const rows =
    (simd ? createSimdRows(rowCount, stride, codes) : undefined) ??
    createScalarRows(rowCount, stride);
  const startOf = (row: number): number => {
    if (!(Number.isInteger(row) && row >= 0 && row < rowCount))
      throw new RangeError(`row is ${row}, expected 0 to ${rowCount - 1}`);
    return row * stride;
  };
  const checkQuery = (query: Float32Array): void => {
    if (query.length !== dimensions)
      throw new RangeError(`query has ${query.length} dimensions, expected ${dimensions}`);
  };
  return {
    rowCount,
    dimensions,
    setRow(row, values) {
      const start = startOf(row);
      checkRow(values, dimensions);
      rows.values.set(values, start);
      rows.changed(row);
    },
    row(row) {
      const start = startOf(row);
      return rows.values.subarray(start, start + dimensions);
    },
    dot(query, items, count, out) {
      checkQuery(query);
      checkCount('count', count, Math.min(items.length, out.length));
      rows.dot(query, items, count, out);
    },
    nearest(query, limit, outItems, outScores) {
      checkQuery(query);
      checkCount('limit', limit, Math.min(outItems.length, outScores.length));
      return rows.nearest(query, Math.min(limit, rowCount), outItems, outScores);
    },
    mmr(pool) {
      const { items, scores, count, wanted, diversity, order } = pool;
      checkCount('count', count, Math.min(items.length, scores.length, poolCapacity));
      checkCount('wanted', Math.min(wanted, count), order.length);
      if (!(diversity >= 0 && diversity <= 1))
        throw new RangeError(`diversity is ${diversity}, expected 0 to 1`);
      return rows.mmr(pool);
    },
  };
}

function checkShape(rowCount: number, dimensions: number): void {
  const whole = Number.isInteger(rowCount) && Number.isInteger(dimensions);
  if (!(whole && rowCount > 0 && dimensions > 0))
    throw new RangeError(`table is ${rowCount} x ${dimensions}, expected two positive integers`);
}

function checkRow(values: ArrayLike<number>, dimensions: number): void {
  if (values.length !== dimensions)
    throw new RangeError(`row has ${values.length} dimensions, expected ${dimensions}`);
  for (let d = 0; d < dimensions; d++)
    if (!Number.isFinite(Math.fround(values[d])))
      throw new RangeError(`dimension ${d} of the row is ${values[d]}, expected a finite number`);
}

function checkCount(name: string, count: number, room: number): void {
  if (!(Number.isInteger(count) && count >= 0 && count <= room))
    throw new RangeError(`${name} is ${count}, expected 0 to ${room}`);
}
