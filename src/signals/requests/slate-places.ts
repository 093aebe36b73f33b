/**
 * The places of slates one after another, in rings that all slates share: nine bytes a place. A place is found by the
 * number that `next` was when it was added, also beyond the end of the rings.
 */
export class SlatePlaces {
  readonly #item: Int32Array;
  readonly #predicted: Float32Array;
  readonly #outcome: Uint8Array;
  readonly #capacity: number;
  readonly #mask: number;
  #next = 0;
  #used = 0;

  constructor(capacity: number) {
    const length = 2 ** Math.ceil(Math.log2(capacity));
    this.#item = new Int32Array(length);
    this.#predicted = new Float32Array(length);
    this.#outcome = new Uint8Array(length);
    this.#capacity = capacity;
    this.#mask = length - 1;
  }

  get isFull(): boolean {
    return this.#used === this.#capacity;
  }

  /** Where the next place will stand. */
  get next(): number {
    return this.#next;
  }

  /** Adds a place; there must be room. */
  add(item: number, predicted: number): void {
    this.#item[this.#next] = item;
    this.#predicted[this.#next] = predicted;
    this.#outcome[this.#next] = 0;
    this.#next = (this.#next + 1) & this.#mask;
    this.#used += 1;
  }

  /** Gives up the oldest places. */
  free(places: number): void {
    this.#used -= places;
  }

  item(place: number): number {
    return this.#item[place & this.#mask];
  }

  predicted(place: number): number {
    return this.#predicted[place & this.#mask];
  }

  outcome(place: number): number {
    return this.#outcome[place & this.#mask];
  }

  /** Adds bits to the outcome of a place. */
  mark(place: number, bits: number): void {
    this.#outcome[place & this.#mask] |= bits;
  }
}
