/** Codes of `EventCodes` are smaller than this. */
const codeSpan = 65_536;

/**
 * A bounded number of groups for pairs of codes: the first pairs to come get a group each, 1 to `maxGroups`, and all
 * others share group 0, as the pair of codes 0 (`__other__`) does.
 *
 * @example
 * const groups = new PairGroups(1);
 * groups.of(7, 8); // 1
 * groups.of(8, 7); // 0
 * groups.pairs; // [[0, 0], [7, 8]]
 */
export class PairGroups {
  /** The codes behind each group. */
  readonly pairs: readonly (readonly [number, number])[];
  /** Groups there can be, group 0 included. */
  readonly span: number;
  readonly #pairs: (readonly [number, number])[] = [[0, 0]];
  readonly #groups = new Map<number, number>([[0, 0]]);

  constructor(maxGroups: number) {
    this.pairs = this.#pairs;
    this.span = maxGroups + 1;
  }

  /** The group of a pair, given on first sight. O(1) expected. */
  of(first: number, second: number): number {
    const key = first * codeSpan + second;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#pairs.length === this.span) return 0;
    this.#groups.set(key, this.#pairs.length);
    return this.#pairs.push([first, second]) - 1;
  }
}
