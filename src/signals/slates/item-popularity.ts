const minSlots = 1024;
/** The weight of an event stays far from the greatest double. */
const greatestWeight = 2 ** 512;

/** How fast popularity fades and how many items have one. */
interface ItemPopularityOptions {
  /** After so many further events an event counts half. */
  readonly halfLifeEvents: number;
  /** Events of items of a higher index are not counted. */
  readonly maxItems: number;
}

/**
 * Popularity of items as counts of events that fade with every further event, not with time: imports of old events and
 * quiet nights leave it as it is. Later events weigh more instead of earlier ones less (forward decay, Cormode et al.
 * 2009), so an event costs O(1). 8 bytes per item.
 *
 * @example
 * const popularity = new ItemPopularity({ halfLifeEvents: 1e6, maxItems: 1000 });
 * popularity.add(3);
 * popularity.noveltyBits(Int32Array.of(3), 1, 7); // 2: one of its 1 + 1 of 1 + 7
 */
export class ItemPopularity {
  readonly #growth: number;
  readonly #maxItems: number;
  #weights = new Float64Array(0);
  #total = 0;
  /** Weight of an event of now. */
  #one = 1;

  constructor({ halfLifeEvents, maxItems }: ItemPopularityOptions) {
    this.#growth = 2 ** (1 / halfLifeEvents);
    this.#maxItems = maxItems;
  }

  /** Counts an event of an item. O(1), but for one pass over the items every 512 half-lives. */
  add(item: number): void {
    if (item < 0 || item >= this.#maxItems) return;
    if (item >= this.#weights.length) this.#grow(item);
    this.#one *= this.#growth;
    this.#weights[item] += this.#one;
    this.#total += this.#one;
    if (this.#one > greatestWeight) this.#rescale();
  }

  /**
   * Mean self-information -log2 p of the first `count` of `items`, in bits (Zhou et al. 2010), where p is the share of
   * an item in all events, as if each of `itemCount` items had one event more. NaN where either count is 0. O(count).
   */
  noveltyBits(items: Int32Array, count: number, itemCount: number): number {
    if (count === 0 || itemCount === 0) return Number.NaN;
    const weights = this.#weights;
    const one = this.#one;
    let sum = 0;
    for (let place = 0; place < count; place++) {
      const item = items[place];
      sum += Math.log2(item < weights.length ? weights[item] + one : one);
    }
    return Math.log2(this.#total + itemCount * one) - sum / count;
  }

  #grow(item: number): void {
    const doubled = Math.max(minSlots, 2 ** Math.ceil(Math.log2(item + 1)));
    const grown = new Float64Array(Math.min(doubled, this.#maxItems));
    grown.set(this.#weights);
    this.#weights = grown;
  }

  #rescale(): void {
    for (let item = 0; item < this.#weights.length; item++) this.#weights[item] /= this.#one;
    this.#total /= this.#one;
    this.#one = 1;
  }
}
