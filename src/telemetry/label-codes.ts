import type { EventCodes } from './event-codes.ts';

/**
 * Gives the values that callers choose their codes: the codes are for all names, and none may use them up. Values
 * beyond the bound share `__other__`, code 0; those that are `known` have their codes from the beginning.
 */
export class LabelCodes {
  readonly #codes: EventCodes;
  readonly #capacity: number;
  readonly #known = new Map<string, number>();

  constructor(
    codes: EventCodes,
    { capacity = 256, known = [] }: { capacity?: number; known?: readonly string[] } = {},
  ) {
    this.#codes = codes;
    this.#capacity = capacity + known.length;
    for (const value of known) this.codeOf(value);
  }

  /** The code of a value; 0 for none and for one too many. */
  codeOf(value: string): number {
    if (value === '') return 0;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#capacity) return 0;
    const code = this.#codes.codeOf(value);
    this.#known.set(value, code);
    return code;
  }
}
