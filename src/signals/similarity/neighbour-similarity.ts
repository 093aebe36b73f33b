import { decayFactor } from '../../math/cosine.ts';
import { lengthened } from '../gathering/lengthened.ts';
import type { NearestItems, Neighbours } from './nearest-items.ts';

/** Bounds of the lists of neighbours. */
export interface NeighbourOptions {
  /** Nearest items of an item that its similarity is the mean over, at most 250. */
  readonly neighbours?: number;
  /** Items whose neighbours are to be found; others ask again at their next event. */
  readonly maxPending?: number;
  /** Multiplications spent on finding neighbours in one report; 50 million are some 5 ms. */
  readonly stepsPerReport?: number;
}

/** States of a list; from `listed` on it is known and has `state - listed` neighbours. */
const unknown = 0;
const waiting = 1;
const listed = 2;

/** What single precision may get wrong in a cosine. */
const tolerance = 1e-6;

const hourMs = 3_600_000;

/**
 * How alike items and their nearest neighbours still are: the mean of cosine · exp(-lambda · hours since the last event
 * of the neighbour). A neighbour without any event counts from the first event that is known of. Neighbours are found
 * once for each item, some in each report. 12 bytes a neighbour and 9 an item.
 */
export class NeighbourSimilarity {
  readonly #size: number;
  readonly #maxPending: number;
  readonly #stepsPerReport: number;
  #neighbours = new Int32Array(0);
  #cosines = new Float64Array(0);
  #states = new Uint8Array(0);
  /** Epoch milliseconds of the last event of each item, 0 for none. */
  #lastAtMs = new Float64Array(0);
  #firstAtMs: number | undefined;
  #waiting: number[] = [];
  #nearest: NearestItems | undefined;

  constructor({ neighbours = 5, maxPending = 1000, stepsPerReport = 2e7 }: NeighbourOptions = {}) {
    this.#size = neighbours;
    this.#maxPending = maxPending;
    this.#stepsPerReport = stepsPerReport;
  }

  /** Makes room for the items 0 to `items - 1`. */
  grow(items: number): void {
    this.#neighbours = lengthened(this.#neighbours, items * this.#size);
    this.#cosines = lengthened(this.#cosines, items * this.#size);
    this.#states = lengthened(this.#states, items);
    this.#lastAtMs = lengthened(this.#lastAtMs, items);
  }

  /** Takes an event of an item in, at epoch milliseconds. O(1). */
  see(item: number, atMs: number): void {
    this.#firstAtMs ??= atMs;
    if (atMs > this.#lastAtMs[item]) this.#lastAtMs[item] = atMs;
  }

  /** The mean at epoch milliseconds, after at least one event; NaN where no neighbours are known. O(neighbours). */
  mean(item: number, atMs: number, lambdaPerHour: number): number {
    const count = this.#states[item] - listed;
    if (count < 0) this.#want(item);
    if (count <= 0) return Number.NaN;
    const start = item * this.#size;
    let sum = 0;
    for (let i = start; i < start + count; i++) {
      const lastAtMs = this.#lastAtMs[this.#neighbours[i]] || this.#firstAtMs!;
      sum += this.#cosines[i] * decayFactor(lambdaPerHour, (atMs - lastAtMs) / hourMs);
    }
    return sum / count;
  }

  /** Finds the neighbours of some of the items that wait. O(stepsPerReport), at least one search. */
  find(): void {
    if (this.#nearest === undefined) return;
    const searches = Math.max(1, Math.floor(this.#stepsPerReport / this.#nearest.steps));
    for (const item of this.#waiting.splice(0, searches)) {
      const isThere = this.#nearest.has(item);
      this.#states[item] = isThere
        ? listed + this.#nearest.find(item, this.#listOf(item))
        : unknown;
    }
  }

  /** Forgets all lists and searches elsewhere from now on. O(items). */
  replace(nearest: NearestItems | undefined): void {
    this.#nearest = nearest;
    this.#states.fill(unknown);
    this.#waiting = [];
  }

  /**
   * Searches among these items from now on, where only the vectors of `moved` are others than before. Forgets the lists
   * that are not right any more, and answers whose they were. O(moved · steps).
   */
  amend(nearest: NearestItems, moved: readonly number[]): readonly number[] {
    this.#nearest = nearest;
    const isMoved = new Uint8Array(this.#states.length);
    for (const item of moved) isMoved[item] = 1;
    const stays = (item: number) => nearest.has(item) && isMoved[item] === 0;
    const stale: number[] = [];
    const forget = (item: number) => {
      this.#states[item] = unknown;
      stale.push(item);
    };
    for (let item = 0; item < this.#states.length; item++)
      if (this.#isListed(item) && !(stays(item) && this.#itemsOf(item).every(stays))) forget(item);
    for (const entrant of moved) {
      if (!nearest.has(entrant)) continue;
      const cosines = nearest.cosinesTo(entrant);
      for (let row = 0; row < cosines.length; row++) {
        const item = nearest.items[row];
        if (this.#isListed(item) && cosines[row] > this.#furthest(item) - tolerance) forget(item);
      }
    }
    return stale;
  }

  #want(item: number): void {
    if (this.#states[item] === waiting || this.#waiting.length >= this.#maxPending) return;
    this.#states[item] = waiting;
    this.#waiting.push(item);
  }

  #isListed(item: number): boolean {
    return this.#states[item] >= listed;
  }

  #itemsOf(item: number): Int32Array {
    const start = item * this.#size;
    return this.#neighbours.subarray(start, start + this.#states[item] - listed);
  }

  #listOf(item: number): Neighbours {
    const start = item * this.#size;
    return {
      items: this.#neighbours.subarray(start, start + this.#size),
      cosines: this.#cosines.subarray(start, start + this.#size),
    };
  }

  /** Cosine of the last neighbour; where there is room for more, anything is nearer. */
  #furthest(item: number): number {
    const count = this.#states[item] - listed;
    const last = this.#cosines[item * this.#size + count - 1];
    return count < this.#size ? Number.NEGATIVE_INFINITY : last;
  }
}
