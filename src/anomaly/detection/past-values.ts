/** Intervals kept for a series. */
const capacity = 8;
const none = -2;

/**
 * Where the values of a series ever lay, as at most 8 intervals that cover all of them, for many series. A ninth
 * makes the two closest ones one, so that memory is bounded and a gap between groups of values that is wide for the
 * series stays a gap. 65 bytes a series.
 */
export class PastValues {
  /** Low and high end of each interval, in order. */
  readonly #ends: Float32Array;
  readonly #counts: Uint8Array;

  constructor(series: number) {
    this.#ends = new Float32Array(series * capacity * 2);
    this.#counts = new Uint8Array(series);
  }

  /** Bytes of all columns. */
  get bytes(): number {
    return this.#ends.byteLength + this.#counts.byteLength;
  }

  /** A series without a past. */
  clear(series: number): void {
    this.#counts[series] = 0;
  }

  /** The past value nearest to this one; the value itself where it lies in an interval, NaN without a past. O(8). */
  nearest(series: number, value: number): number {
    const from = series * capacity * 2;
    const to = from + this.#counts[series] * 2;
    let under = Number.NaN;
    for (let i = from; i < to; i += 2) {
      const low = this.#ends[i];
      if (value < low) return low - value < value - under || i === from ? low : under;
      under = this.#ends[i + 1];
      if (value <= under) return value;
    }
    return under;
  }

  /** Takes a value into the past. O(8). */
  add(series: number, value: number): void {
    const ends = this.#ends;
    const from = series * capacity * 2;
    const count = this.#counts[series];
    let at = from;
    const to = from + count * 2;
    while (at < to && value > ends[at + 1]) at += 2;
    if (at < to && value >= ends[at]) return;
    const closest = count === capacity ? this.#closest(from, to, at, value) : none;
    if (closest === at) ends[at] = value;
    else if (closest === at - 1) ends[at - 1] = value;
    else this.#insert(series, at, closest, value);
  }

  /**
   * Where the narrowest gap is once the value stands before the interval `at`: `at` between the value and that
   * interval, `at` - 1 between the one before and the value, else the high end that begins it.
   */
  #closest(from: number, to: number, at: number, value: number): number {
    const ends = this.#ends;
    let [best, width] = [none, Number.POSITIVE_INFINITY];
    if (at < to) [best, width] = [at, ends[at] - value];
    if (at > from && value - ends[at - 1] < width) [best, width] = [at - 1, value - ends[at - 1]];
    for (let i = from + 1; i < to - 1; i += 2)
      if (i !== at - 1 && ends[i + 1] - ends[i] < width) [best, width] = [i, ends[i + 1] - ends[i]];
    return best;
  }

  /** Puts an interval of one value before `at`, closing the gap after the high end `closed` where there is one. */
  #insert(series: number, at: number, closed: number, value: number): void {
    const ends = this.#ends;
    const to = (series * capacity + this.#counts[series]) * 2;
    if (closed === none) {
      ends.copyWithin(at + 2, at, to);
      this.#counts[series]++;
    } else if (closed < at) {
      ends.copyWithin(closed, closed + 2, at);
      at -= 2;
    } else {
      ends.copyWithin(at + 2, at, closed);
    }
    ends[at] = value;
    ends[at + 1] = value;
  }
}
