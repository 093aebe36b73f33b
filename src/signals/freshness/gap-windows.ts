import { freshnessOf, gapBin, gapBins } from '../../math/session-gaps.ts';
import { lengthened } from '../gathering/lengthened.ts';

/** What a window holds. */
export interface GapWindowsOptions {
  /** Up to 2^31. */
  readonly windowMs: number;
  /** Events kept in a window, the latest ones, 2 to 256. */
  readonly maxEvents: number;
}

/**
 * The events of many sessions, each in a slot of its own, in windows that end at the last event of the session: times
 * count in whole milliseconds, and of more than `maxEvents` the oldest leave. Equal to `sessionFreshness` over the same
 * events after any sequence, at any moment from the last of them on. About 300 bytes a slot with 64 events and 19 bins.
 *
 * @example
 * const windows = new GapWindows({ windowMs: 300_000, maxEvents: 64 });
 * windows.reserve(1);
 * for (const atMs of [0, 1000, 5000]) windows.add(0, atMs);
 * windows.entropyBits(0); // 1
 */
export class GapWindows {
  readonly windowMs: number;
  readonly #maxEvents: number;
  readonly #bins: number;
  readonly #maxEntropyBits: number;
  readonly #terms: Float64Array;
  /** Times modulo 2^32, a ring a slot: those of one window are always less than that apart. */
  #times = new Uint32Array(0);
  #first = new Uint8Array(0);
  #events = new Uint16Array(0);
  #lastAtMs = new Float64Array(0);
  /** Gaps in each bin, and the sum of c · log2 c over the bins. */
  #counts = new Uint8Array(0);
  #sums = new Float64Array(0);
  /** What `freshnessOf` is asked, made once. */
  readonly #parts: { normalisedEntropy: number; gaps: number; idleMs: number; windowMs: number };

  /** Throws RangeError for a window or a number of events out of range. */
  constructor({ windowMs, maxEvents }: GapWindowsOptions) {
    if (windowMs > 2 ** 31) throw new RangeError(`window is ${windowMs} ms, expected up to 2^31`);
    if (!(Number.isInteger(maxEvents) && maxEvents >= 2 && maxEvents <= 256))
      throw new RangeError(`events of a window are ${maxEvents}, expected 2 to 256`);
    this.windowMs = windowMs;
    this.#maxEvents = maxEvents;
    this.#bins = gapBins(windowMs);
    this.#maxEntropyBits = Math.log2(this.#bins);
    this.#terms = entropyTerms(maxEvents);
    this.#parts = { normalisedEntropy: 0, gaps: 0, idleMs: 0, windowMs };
  }

  /** Makes room for so many slots; those there are keep what they hold. */
  reserve(slots: number): void {
    this.#times = lengthened(this.#times, slots * this.#maxEvents);
    this.#first = lengthened(this.#first, slots);
    this.#events = lengthened(this.#events, slots);
    this.#lastAtMs = lengthened(this.#lastAtMs, slots);
    this.#counts = lengthened(this.#counts, slots * this.#bins);
    this.#sums = lengthened(this.#sums, slots);
  }

  /** Forgets the events of a slot. O(bins). */
  clear(slot: number): void {
    this.#events[slot] = 0;
    this.#sums[slot] = 0;
    const from = slot * this.#bins;
    for (let cell = from; cell < from + this.#bins; cell++) this.#counts[cell] = 0;
  }

  /**
   * Takes in an event. A late one is put in its place; false where it is older than all that the window has room for.
   * O(1) amortised, O(events after it) for a late one.
   */
  add(slot: number, atMs: number): boolean {
    const at = Math.floor(atMs);
    if (this.#events[slot] === 0 || at > this.#lastAtMs[slot]) this.#moveOn(slot, at);
    else if (at <= this.#lastAtMs[slot] - this.windowMs) return false;
    let place = this.#placeFor(slot, at);
    if (this.#events[slot] === this.#maxEvents) {
      if (place === 0) return false;
      this.#dropOldest(slot);
      place -= 1;
    }
    this.#insert(slot, place, at >>> 0);
    return true;
  }

  /** Events in the window that ends at the last one. */
  events(slot: number): number {
    return this.#events[slot];
  }

  /** Epoch milliseconds of the last event; minus infinity where there is none. */
  lastAtMs(slot: number): number {
    return this.#events[slot] === 0 ? Number.NEGATIVE_INFINITY : this.#lastAtMs[slot];
  }

  /** Entropy of the gaps in bits, 0 for fewer than two; see `sessionFreshness`. */
  entropyBits(slot: number): number {
    const gaps = this.#events[slot] - 1;
    // The term of all gaps, and not log2(gaps), so that gaps of one bin give 0 exactly.
    return gaps < 2 ? 0 : (this.#terms[gaps] - this.#sums[slot]) / gaps;
  }

  /** Entropy over its maximum, 0 to 1. */
  normalisedEntropy(slot: number): number {
    return Math.min(1, this.entropyBits(slot) / this.#maxEntropyBits);
  }

  /** Freshness at a moment in epoch milliseconds, 0 to 1; see `freshnessOf`. */
  freshness(slot: number, nowMs: number): number {
    const parts = this.#parts;
    parts.normalisedEntropy = this.normalisedEntropy(slot);
    parts.gaps = Math.max(0, this.#events[slot] - 1);
    parts.idleMs = nowMs - this.lastAtMs(slot);
    return freshnessOf(parts);
  }

  /** Ends the window at `at`, later than all events in it. */
  #moveOn(slot: number, at: number): void {
    // Not by their ages alone, which are modulo 2^32.
    if (at - this.#lastAtMs[slot] >= this.windowMs) this.clear(slot);
    while (this.#events[slot] > 0 && (at - this.#time(slot, 0)) >>> 0 >= this.windowMs)
      this.#dropOldest(slot);
    this.#lastAtMs[slot] = at;
  }

  /** How many events are at or before a time inside the window. */
  #placeFor(slot: number, at: number): number {
    const last = this.#lastAtMs[slot];
    const age = last - at;
    let place = this.#events[slot];
    while (place > 0 && (last - this.#time(slot, place - 1)) >>> 0 < age) place -= 1;
    return place;
  }

  #insert(slot: number, place: number, time: number): void {
    const events = this.#events[slot];
    const before = place > 0 ? this.#time(slot, place - 1) : time;
    const after = place < events ? this.#time(slot, place) : time;
    if (place > 0 && place < events) this.#count(slot, after - before, -1);
    if (place > 0) this.#count(slot, time - before, 1);
    if (place < events) this.#count(slot, after - time, 1);
    for (let i = events; i > place; i--) this.#times[this.#cell(slot, i)] = this.#time(slot, i - 1);
    this.#times[this.#cell(slot, place)] = time;
    this.#events[slot] = events + 1;
  }

  #dropOldest(slot: number): void {
    if (this.#events[slot] > 1) this.#count(slot, this.#time(slot, 1) - this.#time(slot, 0), -1);
    this.#first[slot] = (this.#first[slot] + 1) % this.#maxEvents;
    this.#events[slot] -= 1;
  }

  /** Counts a gap, modulo 2^32, in or out. */
  #count(slot: number, gap: number, by: 1 | -1): void {
    const cell = slot * this.#bins + gapBin(gap >>> 0, this.#bins);
    const count = this.#counts[cell];
    this.#counts[cell] = count + by;
    this.#sums[slot] += this.#terms[count + by] - this.#terms[count];
  }

  #time(slot: number, place: number): number {
    return this.#times[this.#cell(slot, place)];
  }

  #cell(slot: number, place: number): number {
    return slot * this.#maxEvents + ((this.#first[slot] + place) % this.#maxEvents);
  }
}

/** Rounded to this, sums of terms are exact in a double, so that a sum of many changes does not drift. */
const termUnit = 2 ** -40;

/** c · log2 c for 0 to `most`, to 2^-41. */
function entropyTerms(most: number): Float64Array {
  return Float64Array.from({ length: most + 1 }, (_, c) =>
    c < 2 ? 0 : Math.round((c * Math.log2(c)) / termUnit) * termUnit,
  );
}
