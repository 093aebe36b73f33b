/** Below this, products of units could leave the range in which f32 is exact to 24 bits. */
const leastUnit = 1e-15;
/** Largest code of a row. */
const maxCode = 127;
/** What makes up for rounding a length to f32. */
const slack = 1 + 2 ** -20;

/** The numbers of a table of `rowCount` rows, `stride` numbers each, in a memory from byte `at` on. */
interface RowCodesShape {
  readonly at: number;
  readonly rowCount: number;
  readonly stride: number;
}

/**
 * Rows in codes of 8 bits, for the first stage of a search, each with what it can be off by. A number v of a row is held
 * as c = round(v / scale), |c| <= 127, with one scale a row; a query is held in 16 bits. Then
 * |row · query - scale · unit · (codes · codes)| <= |query| · margin: the length of what the row lost, which is known,
 * and a share of the length of the row for what the query lost and for the rounding of the products in f32.
 */
export class RowCodes {
  readonly codesAt: number;
  readonly scalesAt: number;
  readonly marginsAt: number;
  readonly queryAt: number;
  /** Room for what a search works out. */
  readonly workAt: number;
  readonly #stride: number;
  readonly #codes: Int8Array;
  readonly #scales: Float32Array;
  readonly #margins: Float32Array;
  readonly #query: Int16Array;
  readonly #maxQuery: number;
  readonly #share: number;
  #unit = 0;
  #length = 0;

  /** Bytes that the codes of a table take. */
  static bytes(rowCount: number, stride: number): number {
    return roundUp(rowCount) * (stride + 13) + stride * 2 + 64;
  }

  constructor(buffer: ArrayBuffer, { at, rowCount, stride }: RowCodesShape) {
    const rows = roundUp(rowCount);
    this.codesAt = at;
    this.scalesAt = at + rows * stride;
    this.marginsAt = this.scalesAt + rows * 4;
    this.workAt = this.marginsAt + rows * 4;
    // A number a row, one for each four rows, and four more.
    this.queryAt = this.workAt + rows * 5 + 16;
    this.#stride = stride;
    this.#codes = new Int8Array(buffer, this.codesAt, rows * stride);
    this.#scales = new Float32Array(buffer, this.scalesAt, rows);
    this.#margins = new Float32Array(buffer, this.marginsAt, rows);
    // No row has no product.
    this.#margins.fill(Number.POSITIVE_INFINITY, rowCount);
    this.#query = new Int16Array(buffer, this.queryAt, stride);
    // Sums of products stay within 32 bits.
    this.#maxQuery = Math.min(32_767, Math.floor((2 ** 31 - 1) / (maxCode * stride)));
    this.#share = Math.sqrt(stride) / (2 * this.#maxQuery) + (stride / 4 + 16) * 2 ** -24;
  }

  /** What one step of the query's codes is. */
  get unit(): number {
    return this.#unit;
  }

  /** Length of the query. */
  get length(): number {
    return this.#length;
  }

  /** Makes the codes of a row of finite numbers anew. O(stride), no allocation. */
  encode(row: number, values: Float32Array): void {
    const scale = Math.fround(greatest(values) / maxCode);
    const first = (row & ~15) * this.#stride + (row & 15) * 2;
    let [lost, square] = [0, 0];
    for (let d = 0; d < values.length; d++) {
      const code = codeOf(values[d], scale, maxCode);
      this.#codes[first + (d >> 1) * 32 + (d & 1)] = code;
      lost += (values[d] - scale * code) ** 2;
      square += values[d] ** 2;
    }
    const margin = Math.sqrt(lost) + this.#share * (Math.sqrt(square) + Math.sqrt(lost));
    this.#scales[row] = scale;
    this.#margins[row] =
      square > 0 && scale < leastUnit ? Number.POSITIVE_INFINITY : margin * slack;
  }

  /** Makes the codes of a query; false where its numbers are too small, or not finite, to vouch for a bound. */
  encodeQuery(query: Float32Array): boolean {
    const unit = Math.fround(greatest(query) / this.#maxQuery);
    let square = 0;
    for (let d = 0; d < query.length; d++) {
      this.#query[d] = codeOf(query[d], unit, this.#maxQuery);
      square += query[d] ** 2;
    }
    this.#unit = unit;
    this.#length = Math.sqrt(square) * slack;
    return unit > leastUnit && this.#length < Number.POSITIVE_INFINITY;
  }
}

/** Rows are looked at in sixteens. */
function roundUp(rowCount: number): number {
  return (rowCount + 15) & ~15;
}

function codeOf(value: number, unit: number, limit: number): number {
  return unit > 0 ? Math.max(-limit, Math.min(limit, Math.round(value / unit))) : 0;
}

function greatest(values: Float32Array): number {
  let most = 0;
  for (let d = 0; d < values.length; d++) most = Math.max(most, Math.abs(values[d]));
  return most;
}
