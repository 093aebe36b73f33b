import type { SeriesBank } from '../detection/series-bank.ts';
import type { SeriesValues, WatchedSeries } from '../watched-series.ts';

/** The series of one source and their places in the bank; those that found no room have none. */
export class SourceSlots {
  readonly #bank: SeriesBank;
  readonly #maxSeries: number;
  readonly #places: number[] = [];
  readonly #byPlace: (WatchedSeries | undefined)[];

  /** `byPlace` is shared by all sources of a bank. */
  constructor(
    bank: SeriesBank,
    { byPlace, maxSeries }: { byPlace: (WatchedSeries | undefined)[]; maxSeries: number },
  ) {
    this.#bank = bank;
    this.#maxSeries = maxSeries;
    this.#byPlace = byPlace;
  }

  /** Gives new series their places and writes what was read to all places. */
  take(
    { added, values, trials }: SeriesValues,
    into: { values: Float64Array; trials: Float64Array },
  ): void {
    for (const series of added) this.#places.push(this.#admit(series));
    for (const [position, place] of this.#places.entries()) {
      if (place < 0) continue;
      into.values[place] = values[position];
      into.trials[place] = trials[position];
    }
  }

  #admit(series: WatchedSeries): number {
    if (this.#bank.size >= this.#maxSeries) return -1;
    const place = this.#bank.add(series);
    this.#byPlace[place] = series;
    return place;
  }
}
