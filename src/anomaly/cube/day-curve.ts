import { medianSorted } from 'simple-statistics';
import { plainMark } from './marks.ts';

const dayMs = 86_400_000;
const slotMs = 900_000;
const slotsADay = dayMs / slotMs;
const days = 7;
/** Days that must have seen both times before they are believed. */
const fewestDays = 3;

/** A tick as far as the curve knows it. */
export interface CurveTick {
  readonly atMs: number;
  readonly seconds: number;
  readonly mark: Uint16Array;
  readonly count: ArrayLike<number>;
}

/** All requests of the last week by quarters of an hour: how much of a change the time of day explains. 16 KB. */
export class DayCurve {
  readonly #slot = new Float64Array((days + 1) * slotsADay).fill(-1);
  readonly #requests = new Float64Array(this.#slot.length);
  readonly #seconds = new Float64Array(this.#slot.length);

  /** Takes a tick in. O(cells). */
  add({ atMs, seconds, mark, count }: CurveTick): void {
    const slot = Math.floor(atMs / slotMs);
    const place = placeOf(slot);
    if (this.#slot[place] !== slot) {
      this.#slot[place] = slot;
      this.#requests[place] = 0;
      this.#seconds[place] = 0;
    }
    for (let i = 0; i < mark.length; i++) {
      if (mark[i] === plainMark.requests) this.#requests[place] += count[i];
    }
    this.#seconds[place] += seconds;
  }

  /**
   * Requests a second at the time of day of some ticks divided by those at the time of others: the median of the last
   * seven days, 1 where fewer than three have seen both. O(ticks).
   */
  ratio(present: readonly CurveTick[], past: readonly CurveTick[]): number {
    const ratios: number[] = [];
    for (let day = 1; day <= days; day++) {
      const ratio = this.#rate(present, day) / this.#rate(past, day);
      if (ratio > 0 && ratio < Number.POSITIVE_INFINITY) ratios.push(ratio);
    }
    return ratios.length < fewestDays ? 1 : medianSorted(ratios.sort((a, b) => a - b));
  }

  /** Mean requests a second some days before the ticks; NaN where a part of that time was not seen. */
  #rate(ticks: readonly CurveTick[], daysBefore: number): number {
    let requests = 0;
    let seconds = 0;
    for (const tick of ticks) {
      const slot = Math.floor(tick.atMs / slotMs) - daysBefore * slotsADay;
      const place = placeOf(slot);
      if (this.#slot[place] !== slot) return Number.NaN;
      requests += (this.#requests[place] / this.#seconds[place]) * tick.seconds;
      seconds += tick.seconds;
    }
    return requests / seconds;
  }
}

function placeOf(slot: number): number {
  const slots = (days + 1) * slotsADay;
  return ((slot % slots) + slots) % slots;
}
