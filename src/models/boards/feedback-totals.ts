import { LazyList, Time } from '../../expressions/values.ts';
import type { Ledger } from '../ledger.ts';

/** What expressions see of the feedback of one item. */
export interface FeedbackTotals extends LazyList {
  /** Goes on to the item of this code. O(its events). */
  turnTo(item: number): void;
}

/**
 * Makes a list of the totals of one item after the other: one for each type and user, as Gorse keeps feedback. Its value
 * is the sum, its times are those of the first and the last event. Sessions of nobody known are a user each, with an empty
 * name. Entries are made when they are looked at; the columns are used again for the next item.
 */
export function createFeedbackTotals(ledger: Ledger): FeedbackTotals {
  return new Totals(ledger);
}

class Totals extends LazyList implements FeedbackTotals {
  readonly #ledger: Ledger;
  /** By deed: the item that it was met with last, as code + 1, and its place among the totals of that. */
  readonly #metWith: Uint32Array;
  readonly #placeOf: Uint32Array;
  readonly #deeds: number[] = [];
  readonly #values: number[] = [];
  readonly #firstAtMs: number[] = [];
  readonly #lastAtMs: number[] = [];
  #item = 0;
  #count = 0;

  constructor(ledger: Ledger) {
    super();
    this.#ledger = ledger;
    this.#metWith = new Uint32Array(ledger.types.length);
    this.#placeOf = new Uint32Array(ledger.types.length);
  }

  get length(): number {
    return this.#count;
  }

  turnTo(item: number): void {
    const { nowMs, offsets, deeds, values, atMs } = this.#ledger;
    this.#item = item;
    this.#count = 0;
    // Events are in order of time.
    for (let at = offsets[item]; at < offsets[item + 1] && atMs[at] <= nowMs; at++) {
      const deed = deeds[at];
      if (this.#metWith[deed] !== item + 1) this.#begin(deed, atMs[at]);
      const place = this.#placeOf[deed];
      this.#values[place] += values[at];
      this.#lastAtMs[place] = atMs[at];
    }
  }

  #begin(deed: number, atMs: number): void {
    const place = this.#count++;
    this.#metWith[deed] = this.#item + 1;
    this.#placeOf[deed] = place;
    this.#deeds[place] = deed;
    this.#values[place] = 0;
    this.#firstAtMs[place] = atMs;
  }

  at(index: number): unknown {
    const { types, users, items } = this.#ledger;
    const deed = this.#deeds[index];
    return {
      FeedbackType: types[deed],
      UserId: users[deed],
      ItemId: items[this.#item].id,
      Value: this.#values[index],
      Timestamp: new Time(this.#firstAtMs[index]),
      Updated: new Time(this.#lastAtMs[index]),
    };
  }
}
