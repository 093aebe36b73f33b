import type { BucketedValues } from '../../telemetry/fact-values.ts';
import { type HistogramName, metricTable } from '../../telemetry/metrics.ts';

/** Gathers values for one series of a histogram between two reports. */
export class BucketCounts {
  readonly #bounds: readonly number[];
  #counts: number[];
  #sum = 0;

  constructor(metric: HistogramName) {
    this.#bounds = metricTable[metric].buckets;
    this.#counts = this.#none();
  }

  /** Counts a value; values that are not finite are left out. O(buckets). */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    let bucket = 0;
    while (bucket < this.#bounds.length && value > this.#bounds[bucket]) bucket += 1;
    this.#counts[bucket] += 1;
    this.#sum += value;
  }

  /** The counts since the last call. */
  take(): BucketedValues {
    const taken = { counts: this.#counts, sum: this.#sum };
    this.#counts = this.#none();
    this.#sum = 0;
    return taken;
  }

  #none(): number[] {
    return new Array<number>(this.#bounds.length + 1).fill(0);
  }
}
