import type { FeatureLookup } from '../../stores/features/feature-store.ts';
import { numberOf, pathOf } from './feature-path.ts';

/** Items whose numbers are kept; those behind them are read out of their values for each request. */
const maxKnownItems = 131_072;

/** Fields that are kept for one feature. */
const maxFields = 16;

/**
 * Keeps what numbers the values of a feature hold, item by item, for as long as a store answers with the same value: a
 * snapshot does, so that a request touches two lists in place of every value. 16 bytes an item and field;
 * what the snapshot has let go of since is held until the item is asked for again.
 */
export class KnownNumbers {
  readonly #fields = new Map<string, FieldNumbers>();

  /**
   * Writes the number at a path of each value into `numbers`, or `missing` where there is none; row r is of item
   * `items[r]`. O(rows).
   */
  read(
    field: string,
    lookups: readonly FeatureLookup[],
    into: { readonly items: Int32Array; readonly numbers: Float64Array; readonly missing: number },
  ): void {
    let known = this.#fields.get(field);
    if (known === undefined) {
      known = new FieldNumbers(field);
      if (this.#fields.size < maxFields) this.#fields.set(field, known);
    }
    known.read(lookups, into);
  }
}

/** The numbers of one field by dense item index. */
class FieldNumbers {
  readonly #path: readonly string[];
  /** The answers that the numbers were read out of. */
  #lookups: (FeatureLookup | undefined)[] = [];
  #numbers = new Float64Array(0);

  constructor(field: string) {
    this.#path = pathOf(field);
  }

  read(
    lookups: readonly FeatureLookup[],
    { items, numbers, missing }: Parameters<KnownNumbers['read']>[2],
  ): void {
    for (let row = 0; row < lookups.length; row++) {
      const item = items[row];
      if (item >= this.#lookups.length) this.#makeRoom(item);
      if (this.#lookups[item] !== lookups[row]) this.#learn(item, lookups[row]);
      const number =
        item < maxKnownItems ? this.#numbers[item] : numberOf(lookups[row], this.#path);
      numbers[row] = Number.isNaN(number) ? missing : number;
    }
  }

  #learn(item: number, lookup: FeatureLookup): void {
    if (item >= maxKnownItems) return;
    this.#lookups[item] = lookup;
    this.#numbers[item] = numberOf(lookup, this.#path);
  }

  #makeRoom(item: number): void {
    const size = Math.min(maxKnownItems, 2 * (item + 1));
    if (size <= this.#lookups.length) return;
    // A list that grows far ahead of its end becomes a slow one.
    const longer: (FeatureLookup | undefined)[] = new Array(size);
    for (let i = 0; i < this.#lookups.length; i++) longer[i] = this.#lookups[i];
    this.#lookups = longer;
    const numbers = new Float64Array(size);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}
