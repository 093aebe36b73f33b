/** Fewest values whose percentiles say anything. */
const fewest = 40;
/** Values are kept to a 512th, and those beyond ±64 as ±64. */
const [resolution, farthest] = [512, 32_767];

/**
 * The last standardised values of many series, with their percentiles of type 7 (Hyndman & Fan 1996: linear between the
 * order statistics, as NumPy and R have it), exact for values on a grid of 1/512. Nothing is kept sorted: the rank of
 * one value is a scan, which costs less than keeping an order, and no memory. 2 bytes a value.
 */
export class FastWindow {
  readonly size: number;
  readonly #values: Int16Array;
  readonly #next: Uint16Array;
  readonly #counts: Uint16Array;

  constructor(series: number, size: number) {
    this.size = size;
    this.#values = new Int16Array(series * size);
    this.#next = new Uint16Array(series);
    this.#counts = new Uint16Array(series);
  }

  /** Bytes of all columns. */
  get bytes(): number {
    return this.#values.byteLength + this.#next.byteLength + this.#counts.byteLength;
  }

  /** Empties the window of a series. */
  clear(series: number): void {
    this.#next[series] = 0;
    this.#counts[series] = 0;
  }

  /** Adds a value, in place of the oldest one where the window is full. */
  push(series: number, value: number): void {
    const next = this.#next[series];
    this.#values[series * this.size + next] = gridded(value);
    this.#next[series] = next + 1 === this.size ? 0 : next + 1;
    if (this.#counts[series] < this.size) this.#counts[series]++;
  }

  /** Whether there are values enough for their percentiles to say anything: 40. */
  isReady(series: number): boolean {
    return this.#counts[series] >= fewest;
  }

  /**
   * 1 where the value lies above the percentile 1 - `share` of the window, -1 where it lies below the percentile
   * `share`, else 0. O(size), and less for values that are not far out.
   */
  beyond(series: number, value: number, share: number): number {
    const rounded = gridded(value);
    if (this.#isAbove(series, rounded, share)) return 1;
    return this.#isBelow(series, rounded, share) ? -1 : 0;
  }

  #isAbove(series: number, value: number, share: number): boolean {
    const values = this.#values;
    const from = series * this.size;
    const to = from + this.#counts[series];
    const rest = Math.ceil(share * (to - from - 1));
    let [above, equal] = [0, 0];
    for (let i = from; i < to; i++) {
      if (values[i] < value) continue;
      if (values[i] > value) above++;
      else equal++;
      if (above + equal > rest) return false;
    }
    return above < rest || value > this.#between(from, to, value, 1 - share);
  }

  #isBelow(series: number, value: number, share: number): boolean {
    const values = this.#values;
    const from = series * this.size;
    const to = from + this.#counts[series];
    const rest = Math.ceil(share * (to - from - 1));
    let [below, equal] = [0, 0];
    for (let i = from; i < to; i++) {
      if (values[i] > value) continue;
      if (values[i] < value) below++;
      else equal++;
      if (below + equal > rest) return false;
    }
    // Where the percentile is one of the values, it is the first that does not lie below.
    const isValue = rest === share * (to - from - 1);
    return below < rest || isValue || value < this.#between(from, to, value, share);
  }

  /** The percentile `share` where the value lies between the two order statistics that make it. */
  #between(from: number, to: number, value: number, share: number): number {
    let [under, over] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let i = from; i < to; i++) {
      const kept = this.#values[i];
      if (kept < value) under = Math.max(under, kept);
      else over = Math.min(over, kept);
    }
    const position = share * (to - from - 1);
    const weight = position - Math.floor(position);
    return weight === 0 ? under : under + weight * (over - under);
  }
}

function gridded(value: number): number {
  return Math.min(Math.max(Math.round(value * resolution), -farthest), farthest);
}
