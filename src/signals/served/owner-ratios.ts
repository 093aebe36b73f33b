import { HashIndex } from '../gathering/hash-index.ts';

/** Groups are smaller than this. */
const groupSpan = 256;
/** What is left of the 53 bits of a hash beside a group. */
const hashSpan = 2 ** 45;

/**
 * The share of what each owner saw that it wanted, for the mean over owners within one pane. 24 to 32 bytes an owner and
 * group; what finds no room is left out.
 */
export class OwnerRatios {
  readonly #keys: Float64Array;
  readonly #seen: Uint32Array;
  readonly #positive: Uint32Array;
  readonly #index: HashIndex;
  #size = 0;

  constructor(maxOwners: number) {
    this.#keys = new Float64Array(maxOwners);
    this.#seen = new Uint32Array(maxOwners);
    this.#positive = new Uint32Array(maxOwners);
    this.#index = new HashIndex(this.#keys);
  }

  /** The place of an owner in a group, given on first sight with nothing seen; -1 where there is no room. O(1) expected. */
  placeOf(owner: number, group: number): number {
    const key = (owner % hashSpan) * groupSpan + group;
    const known = this.#index.find(key);
    if (known >= 0) return known;
    if (this.#size === this.#keys.length) return -1;
    const place = this.#size;
    this.#size += 1;
    this.#keys[place] = key;
    this.#seen[place] = 0;
    this.#positive[place] = 0;
    this.#index.set(place);
    return place;
  }

  /** The share of a place; 0 where nothing was seen. */
  ratio(place: number): number {
    return this.#seen[place] === 0 ? 0 : this.#positive[place] / this.#seen[place];
  }

  /** Whether anything was seen. */
  hasSeen(place: number): boolean {
    return this.#seen[place] > 0;
  }

  /** Adds what was seen, and what of it was positive. */
  add(place: number, seen: number, positive: number): void {
    this.#seen[place] += seen;
    this.#positive[place] += positive;
  }

  /** Forgets all owners. O(owners). */
  clear(): void {
    this.#index.clear();
    this.#size = 0;
  }
}
