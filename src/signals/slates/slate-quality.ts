import type { BucketedValues } from '../../telemetry/fact-values.ts';
import { BucketCounts } from '../gathering/bucket-counts.ts';
import { RecentMean } from '../gathering/recent-mean.ts';
import type { Reading } from '../signal.ts';

/** What was measured of slates since the last time it was taken. */
export interface TakenQuality {
  readonly diversity: BucketedValues;
  readonly novelty: BucketedValues;
  /** Recent mean; undefined while no session had a slate before. */
  readonly repetition: number | undefined;
}

/** Gathers the measures of the slates of one strategy: in buckets for the series, as recent means for the readings. */
export class SlateQuality {
  readonly #diversity = new BucketCounts('slate_diversity_ratio');
  readonly #novelty = new BucketCounts('slate_novelty_bits');
  readonly #means = {
    slate_diversity_ratio: new RecentMean(),
    slate_novelty_bits: new RecentMean(),
    slate_repetition_ratio: new RecentMean(),
  };
  #isNew = false;
  #isKnown = false;

  /** Takes the measures of one slate in; NaN is no value. */
  add(diversity: number, noveltyBits: number, repetition: number): void {
    this.#diversity.add(diversity);
    this.#novelty.add(noveltyBits);
    this.#means.slate_diversity_ratio.add(diversity);
    this.#means.slate_novelty_bits.add(noveltyBits);
    this.#means.slate_repetition_ratio.add(repetition);
    this.#isNew = true;
    this.#isKnown = true;
  }

  /** What came since the last call; undefined for no slate. */
  take(): TakenQuality | undefined {
    if (!this.#isNew) return undefined;
    this.#isNew = false;
    const repetition = this.#means.slate_repetition_ratio.value ?? undefined;
    return { diversity: this.#diversity.take(), novelty: this.#novelty.take(), repetition };
  }

  /** Makes the recent means forget: what they are made of counts `factor` times as much from now on. */
  fade(factor: number): void {
    for (const mean of Object.values(this.#means)) mean.fade(factor);
  }

  /** The recent means; none before the first slate. */
  readings(strategy: string, windowSeconds: number): Reading[] {
    if (!this.#isKnown) return [];
    return Object.entries(this.#means).map(([measure, { value, samples }]) => ({
      measure,
      labels: { strategy },
      value,
      samples,
      windowSeconds,
    }));
  }
}
