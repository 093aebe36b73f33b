/**
 * A mean whose values count less and less as they age.
 *
 * @example
 * const mean = new RecentMean();
 * mean.add(1);
 * mean.fade(0.5);
 * mean.add(0);
 * mean.value; // 1/3
 */
export class RecentMean {
  #sum = 0;
  #weight = 0;

  /** Takes a value in with weight 1; values that are not finite are left out. */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.#sum += value;
    this.#weight += 1;
  }

  /** Multiplies the weight of all values so far, 0 to 1. */
  fade(factor: number): void {
    this.#sum *= factor;
    this.#weight *= factor;
  }

  /** The weighted mean; null where less than half a value is left. */
  get value(): number | null {
    return this.#weight < 0.5 ? null : this.#sum / this.#weight;
  }

  /** How many values it is made of, rounded. */
  get samples(): number {
    return Math.round(this.#weight);
  }
}
