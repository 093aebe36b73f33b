/** What a label value beyond the cap becomes. */
export const otherLabel = '__other__';

const maxLength = 120;

/**
 * Makes any text fit to be a label value: no control characters or outer blanks, well-formed, at most
 * 120 UTF-16 units.
 *
 * @example cleanLabel(' red\tshoes ') // 'red shoes'
 */
export function cleanLabel(value: unknown): string {
  return String(value ?? '')
    .slice(0, maxLength)
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .toWellFormed();
}

/**
 * Keeps the number of values per label under a cap. A value is let in while there is room, and keeps its
 * place until the last series that uses it is released.
 */
export class LabelGuard {
  readonly #maxValues: number;
  /** Per label: value to number of series that use it. */
  readonly #uses: Map<string, number>[];

  constructor(labelCount: number, maxValues: number) {
    this.#maxValues = maxValues;
    this.#uses = Array.from({ length: labelCount }, () => new Map());
  }

  /** The values as they may be used; later ones are `__other__`. */
  admit(values: readonly string[]): string[] {
    return values.map((value, l) => {
      const uses = this.#uses[l];
      return uses.has(value) || uses.size < this.#maxValues ? value : otherLabel;
    });
  }

  /** A series with these admitted values now exists. */
  hold(values: readonly string[]): void {
    values.forEach((value, l) => {
      if (value !== otherLabel) this.#uses[l].set(value, (this.#uses[l].get(value) ?? 0) + 1);
    });
  }

  /** A series with these values is gone. */
  release(values: readonly string[]): void {
    values.forEach((value, l) => {
      const uses = this.#uses[l].get(value) ?? 0;
      if (uses > 1) this.#uses[l].set(value, uses - 1);
      else this.#uses[l].delete(value);
    });
  }
}
