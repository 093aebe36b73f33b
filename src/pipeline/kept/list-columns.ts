/** A number by its bits, one at a time. */
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The columns of a list, as they are read. */
export interface ListColumns {
  /** Dense item indices. */
  readonly items: Int32Array;
  readonly scores: Float32Array;
  /** Predicted clicks, NaN unknown. */
  readonly predicted: Float32Array;
}

/** Puts the first `count` rows of some columns into one array, 12 bytes a row; see `KeptList.columns`. */
export function packColumns({ items, scores, predicted }: ListColumns, count: number): Int32Array {
  const packed = new Int32Array(3 * count);
  for (let row = 0; row < count; row++) {
    packed[row] = items[row];
    float[0] = scores[row];
    packed[count + row] = bits[0];
    float[0] = predicted[row];
    packed[2 * count + row] = bits[0];
  }
  return packed;
}

/** The number whose bits stand at a place. */
export function floatAt(packed: Int32Array, place: number): number {
  bits[0] = packed[place];
  return float[0];
}
