/**
 * Shannon entropy (Shannon 1948) in bits, 0 to log2(n), of weights that are normalised inside. Taken relative to the
 * greatest weight no term is negative, so nothing cancels: a single positive weight gives 0 exactly. Throws RangeError
 * as `weightSum` does. O(n).
 *
 * @example entropyBits([2, 1, 1]) // 1.5
 */
export function entropyBits(weights: ArrayLike<number>): number {
  weightSum(weights);
  let top = 0;
  for (let i = 1; i < weights.length; i++) if (weights[i] > weights[top]) top = i;
  let rest = 0;
  let surprise = 0;
  for (let i = 0; i < weights.length; i++) {
    const share = weights[i] / weights[top];
    if (i === top || share === 0) continue;
    rest += share;
    surprise -= share * Math.log(share);
  }
  return (Math.log1p(rest) + surprise / (1 + rest)) / Math.LN2;
}

/**
 * Sum of the weights of a distribution. Throws RangeError for a weight that is negative or not finite, and for a sum
 * that is not positive and finite, so for no weights too. O(n).
 *
 * @example weightSum([2, 1, 1]) // 4
 */
export function weightSum(weights: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i];
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError(`weight ${i} is ${weight}, expected a finite number of at least 0`);
    sum += weight;
  }
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY))
    throw new RangeError(
      `sum of ${weights.length} weights is ${sum}, expected positive and finite`,
    );
  return sum;
}

/**
 * Entropy of a histogram that changes by one count at a time: H = log2 N - (Σ c · log2 c) / N. The sum is kept in two
 * doubles (Knuth's exact addition), so that it does not drift over any number of changes: within 1e-9 of `entropyBits`
 * over the counts. O(1) a change and a reading.
 *
 * @example
 * const counter = new EntropyCounter(3);
 * counter.add(0);
 * counter.add(2);
 * counter.bits; // 1
 */
export class EntropyCounter {
  readonly #counts: Uint32Array;
  #total = 0;
  #occupied = 0;
  #sum = 0;
  /** What rounding took from the sum. */
  #rounded = 0;

  /** Throws RangeError unless `bins` is a positive integer. */
  constructor(bins: number) {
    if (!(Number.isInteger(bins) && bins > 0))
      throw new RangeError(`bins is ${bins}, expected a positive integer`);
    this.#counts = new Uint32Array(bins);
  }

  /** Counts one more in a bin. Throws RangeError for an unknown bin. */
  add(bin: number): void {
    const count = this.#counts[bin];
    if (count === undefined) throw this.#unknown(bin);
    this.#counts[bin] = count + 1;
    this.#total += 1;
    if (count === 0) this.#occupied += 1;
    this.#shift(count, count + 1);
  }

  /** Counts one less in a bin. Throws RangeError for an unknown bin and an empty one. */
  remove(bin: number): void {
    const count = this.#counts[bin];
    if (count === undefined) throw this.#unknown(bin);
    if (count === 0) throw new RangeError(`bin ${bin} holds 0, expected something to remove`);
    this.#counts[bin] = count - 1;
    this.#total -= 1;
    if (count === 1) this.#occupied -= 1;
    this.#shift(count, count - 1);
  }

  /** How many are counted, over all bins. */
  get total(): number {
    return this.#total;
  }

  /** Entropy in bits, 0 while fewer than two bins are occupied. */
  get bits(): number {
    if (this.#occupied < 2) return 0;
    return Math.max(0, Math.log2(this.#total) - (this.#sum + this.#rounded) / this.#total);
  }

  /** Empties every bin. O(bins). */
  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
    this.#occupied = 0;
    this.#sum = 0;
    this.#rounded = 0;
  }

  #shift(from: number, to: number): void {
    this.#accumulate(to > 1 ? to * Math.log2(to) : 0);
    this.#accumulate(from > 1 ? -from * Math.log2(from) : 0);
  }

  /** Knuth, The Art of Computer Programming 2, 4.2.2, theorem B: a sum and its rounding error, both exact. */
  #accumulate(term: number): void {
    const sum = this.#sum + term;
    const added = sum - this.#sum;
    this.#rounded += this.#sum - (sum - added) + (term - added);
    this.#sum = sum;
  }

  #unknown(bin: number): RangeError {
    return new RangeError(`bin is ${bin}, expected 0 to ${this.#counts.length - 1}`);
  }
}
