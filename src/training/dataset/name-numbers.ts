/** Numbers for names, in order of first sight. */
export interface NameNumbers {
  readonly size: number;
  /** The number of a name, given on first sight. */
  of(name: string): number;
  /** Names by number. */
  names(): string[];
  /** Forgets every name whose place in `used` is 0, and numbers the rest anew; answers the new number of each old one. */
  keep(used: Uint8Array): Uint32Array;
}

/**
 * Makes a dictionary without names.
 *
 * @example createNameNumbers().of('a') // 0
 */
export function createNameNumbers(): NameNumbers {
  let numbers = new Map<string, number>();
  return {
    get size() {
      return numbers.size;
    },
    of(name) {
      const known = numbers.get(name);
      if (known !== undefined) return known;
      numbers.set(name, numbers.size);
      return numbers.size - 1;
    },
    names: () => [...numbers.keys()],
    keep(used) {
      const renumbered = new Uint32Array(numbers.size);
      const kept = new Map<string, number>();
      for (const [name, number] of numbers) {
        if (used[number] === 0) continue;
        renumbered[number] = kept.size;
        kept.set(name, kept.size);
      }
      numbers = kept;
      return renumbered;
    },
  };
}
