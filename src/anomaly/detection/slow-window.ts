const slotCount = 168;
/** Days that must have told of a time of day before it is expected to come back. */
const fewestDays = 3;

/**
 * A week of many series in hours: the mean of each hour of the last seven days, and from it what the time of day adds.
 * 4 bytes an hour of a series.
 */
export class SlowWindow {
  readonly #means: Float32Array;
  readonly #sums: Float32Array;
  readonly #counts: Uint16Array;
  /** What the time of day adds at the last half hour, and by how much more an hour later. */
  readonly #seasons: Float32Array;
  readonly #slopes: Float32Array;
  readonly #known: Uint8Array;

  constructor(series: number) {
    this.#means = new Float32Array(series * slotCount).fill(Number.NaN);
    this.#sums = new Float32Array(series);
    this.#counts = new Uint16Array(series);
    this.#seasons = new Float32Array(series);
    this.#slopes = new Float32Array(series);
    this.#known = new Uint8Array(series);
  }

  /** Bytes of all columns. */
  get bytes(): number {
    return (
      this.#means.byteLength +
      this.#sums.byteLength * 3 +
      this.#counts.byteLength +
      this.#known.byteLength
    );
  }

  /** A series that nothing is known of. */
  clear(series: number): void {
    this.#means.fill(Number.NaN, series * slotCount, (series + 1) * slotCount);
    this.#counts[series] = 0;
    this.#seasons[series] = 0;
    this.#slopes[series] = 0;
    this.#known[series] = 0;
  }

  /** Whether three days have told of this time of day. */
  isKnown(series: number): boolean {
    return this.#known[series] === 1;
  }

  /** Takes a value into the present hour. */
  add(series: number, value: number): void {
    this.#sums[series] += value;
    this.#counts[series]++;
  }

  /** Ends the hour `last`, and empties those up to `hour` that nothing was measured in. */
  turnHour(series: number, last: number, hour: number): void {
    const row = series * slotCount;
    const count = this.#counts[series];
    this.#means[row + (last % slotCount)] = count > 0 ? this.#sums[series] / count : Number.NaN;
    for (let h = last + 1; h < Math.min(hour, last + slotCount); h++)
      this.#means[row + (h % slotCount)] = Number.NaN;
    this.#sums[series] = 0;
    this.#counts[series] = 0;
  }

  /**
   * Looks up what the time of day adds over `level`; to be called once each half hour. Answers whether that is known
   * for the first time. O(days).
   */
  turnHalfHour(series: number, halfHour: number, level: number): boolean {
    // The mean of an hour stands for its middle, so odd half hours begin at the middle of their hour.
    const hour = (halfHour - 1) >> 1;
    const at = this.#usual(series, hour) - level;
    const next = this.#usual(series, hour + 1) - level;
    const known = Number.isFinite(at) && Number.isFinite(next);
    const isNew = known && this.#known[series] === 0;
    this.#known[series] = known ? 1 : 0;
    this.#slopes[series] = known ? next - at : 0;
    const middle = (halfHour & 1) === 1 ? 0 : 0.5;
    this.#seasons[series] = known ? at + middle * (next - at) : 0;
    return isNew;
  }

  /** What the time of day adds, `share` of an hour (0 to 0.5) after the half hour. */
  season(series: number, share: number): number {
    return this.#seasons[series] + share * this.#slopes[series];
  }

  /** What it adds from one tick to the next, ticks being `share` of an hour. */
  step(series: number, share: number): number {
    return share * this.#slopes[series];
  }

  /** Mean of the same hour on the days before; NaN where fewer than three of them are known. */
  #usual(series: number, hour: number): number {
    const row = series * slotCount;
    let [sum, days] = [0, 0];
    for (let back = 24; back <= slotCount; back += 24) {
      const mean = this.#means[row + ((hour - back + slotCount * 2) % slotCount)];
      if (!Number.isNaN(mean)) {
        sum += mean;
        days++;
      }
    }
    return days < fewestDays ? Number.NaN : sum / days;
  }
}
