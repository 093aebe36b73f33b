const binWidth = 0.1;
const binCount = 160;
/** Peaks that the tail is read from: enough to say where it falls, few enough to lie far out. */
const wanted = 100;
/** How far beyond the first of them a peak is told from others. */
const widest = 1.5;
const blockDays = 1 / 24;
/** Peaks of one height in an hour that count, beside twice the usual number. */
const mostAtOnce = 3;
const memoryDays = 14;

/**
 * The peaks of surprise of a whole fleet, and the surprise that so many a day exceed. Where the own tail of each series
 * were exact, a surprise of s would come once in 10^s ticks; how often it does come is counted over all series, and
 * continued by an exponential tail fitted to the farthest hundred peaks, censored so that a few real changes do not
 * move it. An hour with far more peaks of a height than usual is one event that befell many series, and counts as
 * little more than twice a usual one. O(1) a peak.
 */
export class FleetTail {
  readonly #counts = new Float64Array(binCount);
  readonly #block = new Float64Array(binCount);
  #days = 0;
  #blockDays = 0;

  /** Lets `days` go by; answers whether the peaks of another hour were taken in. */
  pass(days: number): boolean {
    this.#blockDays += days;
    if (this.#blockDays < blockDays) return false;
    const usual = this.#days === 0 ? 0 : this.#blockDays / this.#days;
    const kept = this.#days < memoryDays ? 1 : 1 - this.#blockDays / memoryDays;
    for (let b = 0; b < binCount; b++) {
      const most = mostAtOnce + 2 * usual * this.#counts[b];
      this.#counts[b] = this.#counts[b] * kept + Math.min(this.#block[b], most);
    }
    this.#days = this.#days * kept + this.#blockDays;
    this.#block.fill(0);
    this.#blockDays = 0;
    return true;
  }

  /** Takes a peak; Infinity for one that an alarm cut off. */
  add(peak: number): void {
    this.#block[Math.min(Math.floor(peak / binWidth), binCount - 1)]++;
  }

  /** The surprise that `perDay` peaks a day exceed; 0 while fewer than a hundred peaks are known. O(bins). */
  exceededBy(perDay: number): number {
    let bin = binCount;
    let count = 0;
    while (bin > 0 && count < wanted) count += this.#counts[--bin];
    if (count < wanted) return 0;
    const far = Math.min(bin + Math.round(widest / binWidth), binCount);
    let [sum, ended] = [0, 0];
    for (let b = bin; b < binCount; b++) {
      sum += this.#counts[b] * (b < far ? (b - bin + 0.5) * binWidth : widest);
      if (b < far) ended += this.#counts[b];
    }
    const excess = sum / Math.max(ended, 1);
    return bin * binWidth + excess * Math.max(0, Math.log(count / (perDay * this.#days)));
  }
}
