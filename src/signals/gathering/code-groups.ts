/** Codes of `EventCodes` are smaller than this. */
const codeSpan = 65_536;

/**
 * A bounded number of groups for the codes of a label: the first codes to come get a group each, 1 to `maxGroups`, and
 * all others share group 0, as code 0 (`__other__`) does.
 *
 * @example
 * const groups = new CodeGroups(1);
 * groups.of(7); // 1
 * groups.of(9); // 0
 * groups.codes; // [0, 7]
 */
export class CodeGroups {
  /** The code behind each group. */
  readonly codes: readonly number[];
  /** Groups there can be, group 0 included. */
  readonly span: number;
  readonly #codes: number[] = [0];
  readonly #groups = new Uint16Array(codeSpan);

  constructor(maxGroups: number) {
    this.codes = this.#codes;
    this.span = maxGroups + 1;
  }

  /** The group of a code, given on first sight. O(1). */
  of(code: number): number {
    const group = this.#groups[code];
    return group > 0 || code === 0 ? group : this.#admit(code);
  }

  #admit(code: number): number {
    if (this.#codes.length === this.span) return 0;
    this.#groups[code] = this.#codes.length;
    return this.#codes.push(code) - 1;
  }
}
