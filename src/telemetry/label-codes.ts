import type { EventCodes } from './event-codes.ts';

/** Values a declared label may take; callers choose them, and the codes are for all names. */
const maxValues = 256;

/** Gives the values of one declared label their codes; values beyond the bound share `__other__`, code 0. */
export class LabelCodes {
  readonly #codes: EventCodes;
  readonly #known = new Map<string, number>();

  constructor(codes: EventCodes) {
    this.#codes = codes;
  }

  /** The code of a value; 0 for none and for one too many. */
  codeOf(value: string): number {
    if (value === '') return 0;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    if (this.#known.size >= maxValues) return 0;
    const code = this.#codes.codeOf(value);
    this.#known.set(value, code);
    return code;
  }
}
