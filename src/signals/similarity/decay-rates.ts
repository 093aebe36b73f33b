import type { BucketedValues } from '../../telemetry/fact-values.ts';
import { BucketCounts } from '../gathering/bucket-counts.ts';
import { RecentMean } from '../gathering/recent-mean.ts';

/** Gathers the decay rates of the items of one catalogue: in buckets for the series, as a recent mean for the readings. */
export class DecayRates {
  /** How fast similarity fades in the catalogue. */
  lambdaPerHour: number;
  readonly #buckets = new BucketCounts('item_similarity_decay_rate');
  readonly #mean = new RecentMean();
  #isNew = false;

  constructor(lambdaPerHour: number) {
    this.lambdaPerHour = lambdaPerHour;
  }

  /** Takes the slope of an item's readings in; a similarity that rises decays at rate 0. */
  add(slope: number): void {
    const rate = Math.max(0, -slope);
    this.#buckets.add(rate);
    this.#mean.add(rate);
    this.#isNew = true;
  }

  /** What came since the last call; undefined for nothing. */
  take(): BucketedValues | undefined {
    if (!this.#isNew) return undefined;
    this.#isNew = false;
    return this.#buckets.take();
  }

  /** What the mean is made of counts `factor` times as much from now on. */
  fade(factor: number): void {
    this.#mean.fade(factor);
  }

  /** The recent mean, and of how many rates it is made. */
  get recent(): { readonly value: number | null; readonly samples: number } {
    const { value, samples } = this.#mean;
    return { value, samples };
  }
}
